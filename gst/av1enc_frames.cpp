#include "av1enc_frames.h"

#include <memory>

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

void release_lease(void* lease) {
  std::unique_ptr<GstVideoFrame> frame(static_cast<GstVideoFrame*>(lease));
  gst_video_frame_unmap(frame.get());
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

bool lend_frame(const GstVideoInfo& info, const FrameFormat& format, GstVideoCodecFrame* frame,
                InputFrame* out) {
  auto lease = std::make_unique<GstVideoFrame>();
  if (!gst_video_frame_map(lease.get(), &info, frame->input_buffer, GST_MAP_READ)) return false;

  // Planes by component, so that YV12's V before U needs no further thought.
  const int planes = format.chroma == ChromaFormat::kMonochrome ? 1
                     : format.layout == PixelLayout::kPlanar    ? 3
                                                                : 2;
  for (int i = 0; i < planes; i++) {
    out->plane[i] = GST_VIDEO_FRAME_COMP_DATA(lease.get(), i);
    out->stride_bytes[i] = GST_VIDEO_FRAME_COMP_STRIDE(lease.get(), i);
  }
  // Component 0 of P010 starts where the plane does, as component 1 (U) of NV12 and P010 does.
  out->layout = format.layout;
  out->frame_id = frame->system_frame_number;
  out->pts_ns = GST_CLOCK_TIME_IS_VALID(frame->pts) ? int64_t(frame->pts) : -1;
  out->force_key_frame = GST_VIDEO_CODEC_FRAME_IS_FORCE_KEYFRAME(frame);
  out->may_hold = may_keep(frame->input_buffer);
  out->lease = lease.release();
  out->release = release_lease;
  return true;
}

void forget_pixels(GstVideoCodecFrame* frame) {
  GstBuffer* metadata = gst_buffer_new();
  gst_buffer_copy_into(metadata, frame->input_buffer, GST_BUFFER_COPY_METADATA, 0, 0);
  gst_buffer_unref(frame->input_buffer);
  frame->input_buffer = metadata;
}

}  // namespace tessera::gst
