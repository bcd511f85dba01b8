#include "av1enc_frames.h"

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

namespace tessera::gst {
namespace {

constexpr guint kAlignment = 64;  // bytes: a cache line, and the widest vector
constexpr guint kBlock = 8;       // pixels: planes are padded to whole blocks
constexpr guint kTailBytes = 64;  // a vector load may start at the last sample

guint padding_to(guint size, guint unit) {
  return (unit - size % unit) % unit;
}

/// True when the buffer may stay with us for many frames without starving whoever made it: plain system
/// memory, and not out of a pool that runs dry.
bool may_keep(GstBuffer* buffer) {
  for (guint i = 0; i < gst_buffer_n_memory(buffer); i++)
    if (!gst_memory_is_type(gst_buffer_peek_memory(buffer, i), GST_ALLOCATOR_SYSMEM)) return false;
  if (!buffer->pool) return true;
  guint max_buffers = 0;
  GstStructure* config = gst_buffer_pool_get_config(buffer->pool);
  const bool known = gst_buffer_pool_config_get_params(config, nullptr, nullptr, nullptr, &max_buffers);
  gst_structure_free(config);
  return known && max_buffers == 0;
}

/// A picture on loan. Formats the core does not read lie unpacked in `samples`.
struct Loan {
  GstVideoFrame frame;
  bool mapped = false;
  std::vector<uint16_t> samples;

  ~Loan() { unmap(); }
  void unmap() {
    if (mapped) gst_video_frame_unmap(&frame);
    mapped = false;
  }
};

void release_loan(void* loan) {
  delete static_cast<Loan*>(loan);
}

/// A GstVideoMeta may say anything of strides and offsets: all rows must lie inside the memory that was mapped.
Status check_planes(const GstVideoFrame& frame) {
  for (guint p = 0; p < GST_VIDEO_FRAME_N_PLANES(&frame); p++) {
    const GstMapInfo& map = frame.map[frame.meta ? p : 0];
    const gint stride = GST_VIDEO_FRAME_PLANE_STRIDE(&frame, p);
    gint components[GST_VIDEO_MAX_COMPONENTS];
    gst_video_format_info_component(frame.info.finfo, p, components);
    const int first = components[0];
    const gint height = GST_VIDEO_FRAME_COMP_HEIGHT(&frame, first);
    // GRAY10_LE32 has no pixel stride: three samples to four bytes.
    const gint row = GST_VIDEO_FRAME_FORMAT(&frame) == GST_VIDEO_FORMAT_GRAY10_LE32
                         ? (GST_VIDEO_FRAME_WIDTH(&frame) + 2) / 3 * 4
                         : GST_VIDEO_FRAME_COMP_WIDTH(&frame, first) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, first);
    if (height > 1 && std::abs(stride) < row)
      return Status::invalid("the stride of plane " + std::to_string(p) + " is " + std::to_string(stride) + " bytes, a row has " +
                             std::to_string(row));
    const ptrdiff_t start = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, p)) - map.data;
    const ptrdiff_t last = start + ptrdiff_t(height - 1) * stride;
    if (std::min(start, last) < 0 || std::max(start, last) + row > ptrdiff_t(map.size))
      return Status::invalid("plane " + std::to_string(p) + " with a stride of " + std::to_string(stride) + " bytes and " +
                             std::to_string(height) + " rows does not lie inside its memory of " + std::to_string(map.size) + " bytes");
  }
  return {};
}

/// GRAY10_LE32: three samples in the low 30 bits of each little-endian word.
void unpack_gray10(const GstVideoFrame& frame, std::vector<uint16_t>* samples) {
  const int width = GST_VIDEO_FRAME_WIDTH(&frame), height = GST_VIDEO_FRAME_HEIGHT(&frame);
  samples->resize(size_t(width) * size_t(height));
  for (int y = 0; y < height; y++) {
    const auto* row = static_cast<const guint8*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                      ptrdiff_t(y) * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
    uint16_t* out = samples->data() + ptrdiff_t(y) * width;
    for (int x = 0; x < width; x++) out[x] = uint16_t(GST_READ_UINT32_LE(row + x / 3 * 4) >> (x % 3 * 10) & 1023);
  }
}

}  // namespace

bool offer_pool(GstQuery* query) {
  GstCaps* caps = nullptr;
  GstVideoInfo info;
  gst_query_parse_allocation(query, &caps, nullptr);
  if (!caps || !gst_video_info_from_caps(&info, caps)) return false;

  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  alignment.padding_right = padding_to(guint(GST_VIDEO_INFO_WIDTH(&info)), kBlock);
  alignment.padding_bottom = padding_to(guint(GST_VIDEO_INFO_HEIGHT(&info)), kBlock);
  for (guint& stride_align : alignment.stride_align) stride_align = kAlignment - 1;
  GstVideoInfo aligned = info;
  if (!gst_video_info_align(&aligned, &alignment)) return false;
  const guint size = guint(GST_VIDEO_INFO_SIZE(&aligned));

  GstAllocationParams params;
  gst_allocation_params_init(&params);
  params.align = kAlignment - 1;
  params.padding = kTailBytes;

  GstBufferPool* pool = gst_video_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, caps, size, 0, 0);
  gst_buffer_pool_config_set_allocator(config, nullptr, &params);
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option(config, GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment(config, &alignment);
  const bool usable = gst_buffer_pool_set_config(pool, config);
  if (usable) {
    gst_query_add_allocation_param(query, nullptr, &params);
    gst_query_add_allocation_pool(query, pool, size, 0, 0);
    gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  }
  gst_object_unref(pool);
  return usable;
}

Status lend_frame(const GstVideoInfo& info, const FrameFormat& format, GstVideoCodecFrame* frame, InputFrame* out) {
  const GstVideoMeta* meta = gst_buffer_get_video_meta(frame->input_buffer);
  const guint width = guint(GST_VIDEO_INFO_WIDTH(&info)), height = guint(GST_VIDEO_INFO_HEIGHT(&info));
  if (meta && (meta->format != GST_VIDEO_INFO_FORMAT(&info) || meta->width < width || meta->height < height))
    return Status::invalid(std::string("its GstVideoMeta speaks of ") + gst_video_format_to_string(meta->format) + " with a size of " +
                           std::to_string(meta->width) + "x" + std::to_string(meta->height) + ", the caps of " +
                           gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(&info)) + " with " + std::to_string(width) + "x" +
                           std::to_string(height));
  auto loan = std::make_unique<Loan>();
  loan->mapped = gst_video_frame_map(&loan->frame, &info, frame->input_buffer, GST_MAP_READ);
  if (!loan->mapped)
    return Status::invalid("its buffer of " + std::to_string(gst_buffer_get_size(frame->input_buffer)) +
                           " bytes cannot be mapped as a picture of " + std::to_string(GST_VIDEO_INFO_SIZE(&info)));
  const GstVideoFrame& mapped = loan->frame;
  if (Status status = check_planes(mapped); !status.ok()) return status;

  out->may_hold = may_keep(frame->input_buffer);
  if (format.format == GST_VIDEO_FORMAT_GRAY10_LE32) {
    unpack_gray10(mapped, &loan->samples);
    loan->unmap();
    out->plane[0] = loan->samples.data();
    out->stride_bytes[0] = ptrdiff_t(GST_VIDEO_INFO_WIDTH(&info)) * 2;
    out->may_hold = true;
  } else {
    // Planes by component, so that YV12's V before U needs no further thought.
    const int planes = format.chroma == ChromaFormat::kMonochrome ? 1 : format.layout == PixelLayout::kPlanar ? 3 : 2;
    for (int i = 0; i < planes; i++) {
      // Component 0 of P010 starts where the plane does, as component 1 (U) of NV12 and P010 does.
      out->plane[i] = GST_VIDEO_FRAME_COMP_DATA(&mapped, i);
      out->stride_bytes[i] = GST_VIDEO_FRAME_COMP_STRIDE(&mapped, i);
      if (out->stride_bytes[i] < 0) out->may_hold = false;
    }
  }
  out->layout = format.layout;
  out->frame_id = frame->system_frame_number;
  out->pts_ns = GST_CLOCK_TIME_IS_VALID(frame->pts) ? int64_t(frame->pts) : -1;
  out->duration_ns = GST_CLOCK_TIME_IS_VALID(frame->duration) ? int64_t(frame->duration) : -1;
  out->force_key_frame = GST_VIDEO_CODEC_FRAME_IS_FORCE_KEYFRAME(frame);
  out->lease = loan.release();
  out->release = release_loan;
  return {};
}

void forget_pixels(GstVideoCodecFrame* frame) {
  GstBuffer* metadata = gst_buffer_new();
  gst_buffer_copy_into(metadata, frame->input_buffer, GST_BUFFER_COPY_METADATA, 0, 0);
  gst_buffer_unref(frame->input_buffer);
  frame->input_buffer = metadata;
}

}  // namespace tessera::gst
