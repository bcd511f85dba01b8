#include "av1enc_caps.h"

#include <algorithm>
#include <string>

namespace tessera::gst {
namespace {

constexpr int kMaxSize =
    65536;  // spec 5.5.1: frame_width_bits_minus_1 and frame_height_bits_minus_1 have 4 bits

// Preferred first.
constexpr FrameFormat kFormats[] = {
    {GST_VIDEO_FORMAT_I420, ChromaFormat::k420, 8, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_NV12, ChromaFormat::k420, 8, PixelLayout::kSemiPlanar},
    {GST_VIDEO_FORMAT_YV12, ChromaFormat::k420, 8, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_I420_10LE, ChromaFormat::k420, 10, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_P010_10LE, ChromaFormat::k420, 10, PixelLayout::kSemiPlanarHigh},
    {GST_VIDEO_FORMAT_I420_12LE, ChromaFormat::k420, 12, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_P012_LE, ChromaFormat::k420, 12, PixelLayout::kSemiPlanarHigh},
    {GST_VIDEO_FORMAT_Y42B, ChromaFormat::k422, 8, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_NV16, ChromaFormat::k422, 8, PixelLayout::kSemiPlanar},
    {GST_VIDEO_FORMAT_I422_10LE, ChromaFormat::k422, 10, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_I422_12LE, ChromaFormat::k422, 12, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_Y444, ChromaFormat::k444, 8, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_NV24, ChromaFormat::k444, 8, PixelLayout::kSemiPlanar},
    {GST_VIDEO_FORMAT_Y444_10LE, ChromaFormat::k444, 10, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_Y444_12LE, ChromaFormat::k444, 12, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_GRAY8, ChromaFormat::kMonochrome, 8, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_GRAY10_LE32, ChromaFormat::kMonochrome, 10, PixelLayout::kPlanar},
    {GST_VIDEO_FORMAT_GRAY16_LE, ChromaFormat::kMonochrome, 10, PixelLayout::kSemiPlanarHigh},  // its 10 high bits
};

const char* const kProfileNames[] = {"main", "high", "professional"};

const char* chroma_name(ChromaFormat chroma) {
  switch (chroma) {
    case ChromaFormat::kMonochrome:
      return "4:0:0";
    case ChromaFormat::k420:
      return "4:2:0";
    case ChromaFormat::k422:
      return "4:2:2";
    case ChromaFormat::k444:
      return "4:4:4";
  }
  return nullptr;
}

constexpr char kTuName[] = "tu", kFrameName[] = "frame";

GstCaps* base_stream_caps() {
  GstCaps* caps = gst_caps_new_simple("video/x-av1", "stream-format", G_TYPE_STRING, "obu-stream", nullptr);
  GValue alignments = G_VALUE_INIT;
  g_value_init(&alignments, GST_TYPE_LIST);
  for (const char* name : {kTuName, kFrameName}) {
    GValue value = G_VALUE_INIT;
    g_value_init(&value, G_TYPE_STRING);
    g_value_set_static_string(&value, name);
    gst_value_list_append_and_take_value(&alignments, &value);
  }
  gst_caps_set_value(caps, "alignment", &alignments);
  g_value_unset(&alignments);
  return caps;
}

void add_format_fields(GstCaps* caps, int profile, const FrameFormat& format) {
  gst_caps_set_simple(caps, "profile", G_TYPE_STRING, kProfileNames[profile], "chroma-format", G_TYPE_STRING,
                      chroma_name(format.chroma), "bit-depth-luma", G_TYPE_UINT, guint(format.bit_depth),
                      "bit-depth-chroma", G_TYPE_UINT, guint(format.bit_depth), nullptr);
}

/// v * numerator / denominator rounded to nearest, clamped to `maximum`.
uint32_t scaled(uint64_t v, uint64_t numerator, uint64_t denominator, uint64_t maximum) {
  return uint32_t(std::min((v * numerator + denominator / 2) / denominator, maximum));
}

ColorDescription color_of(const GstVideoInfo& info, ChromaFormat chroma) {
  const GstVideoColorimetry& colorimetry = info.colorimetry;
  ColorDescription color;
  color.color_primaries = uint8_t(gst_video_color_primaries_to_iso(colorimetry.primaries));
  color.transfer_characteristics = uint8_t(gst_video_transfer_function_to_iso(colorimetry.transfer));
  color.matrix_coefficients = uint8_t(gst_video_color_matrix_to_iso(colorimetry.matrix));
  // spec 6.4.2: MC_IDENTITY (0) is for 4:4:4 alone; anywhere else 2, "unspecified".
  if (color.matrix_coefficients == 0 && chroma != ChromaFormat::k444) color.matrix_coefficients = 2;
  color.full_range = colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
  // spec 6.4.2: CSP_VERTICAL is sited with luma horizontally and between two luma rows vertically.
  if (chroma == ChromaFormat::k420) {
    if (info.chroma_site == GST_VIDEO_CHROMA_SITE_H_COSITED) color.chroma_sample_position = 1;
    if (info.chroma_site == GST_VIDEO_CHROMA_SITE_COSITED) color.chroma_sample_position = 2;
  }
  return color;
}

/// GStreamer counts chromaticity in 1/50000 and luminance in 1/10000 cd/m2 (as HEVC does).
MasteringDisplay mastering_of(const GstVideoMasteringDisplayInfo& from) {
  MasteringDisplay to;
  to.present = true;
  const auto chromaticity = [](uint16_t v) { return uint16_t(scaled(v, 65536, 50000, UINT16_MAX)); };
  for (int i = 0; i < 3; i++) {
    to.primary_x[i] = chromaticity(from.display_primaries[i].x);
    to.primary_y[i] = chromaticity(from.display_primaries[i].y);
  }
  to.white_point_x = chromaticity(from.white_point.x);
  to.white_point_y = chromaticity(from.white_point.y);
  to.luminance_max = scaled(from.max_display_mastering_luminance, 1 << 8, 10000, UINT32_MAX);
  to.luminance_min = scaled(from.min_display_mastering_luminance, 1 << 14, 10000, UINT32_MAX);
  return to;
}

}  // namespace

const FrameFormat* find_format(GstVideoFormat format) {
  const auto* found = std::find_if(std::begin(kFormats), std::end(kFormats),
                                   [=](const FrameFormat& f) { return f.format == format; });
  return found == std::end(kFormats) ? nullptr : found;
}

GstCaps* sink_caps_for(const GstCaps* downstream) {
  GValue names = G_VALUE_INIT;
  g_value_init(&names, GST_TYPE_LIST);
  for (const FrameFormat& format : kFormats) {
    GstCaps* stream = base_stream_caps();
    add_format_fields(stream, profile_of(format.chroma, format.bit_depth), format);
    if (!downstream || gst_caps_can_intersect(stream, downstream)) {
      GValue name = G_VALUE_INIT;
      g_value_init(&name, G_TYPE_STRING);
      g_value_set_static_string(&name, gst_video_format_to_string(format.format));
      gst_value_list_append_and_take_value(&names, &name);
    }
    gst_caps_unref(stream);
  }
  GstCaps* caps = gst_caps_new_empty();
  if (gst_value_list_get_size(&names) > 0) {
    gst_caps_append_structure(caps, gst_structure_new("video/x-raw", "width", GST_TYPE_INT_RANGE, 1, kMaxSize,
                                                      "height", GST_TYPE_INT_RANGE, 1, kMaxSize, "framerate",
                                                      GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, nullptr));
    gst_caps_set_value(caps, "format", &names);
  }
  g_value_unset(&names);
  return caps;
}

GstCaps* sink_template_caps() {
  return sink_caps_for(nullptr);
}

GstCaps* src_template_caps() {
  GstCaps* caps = base_stream_caps();
  gst_caps_set_simple(caps, "width", GST_TYPE_INT_RANGE, 1, kMaxSize, "height", GST_TYPE_INT_RANGE, 1,
                      kMaxSize, "framerate", GST_TYPE_FRACTION_RANGE, 0, 1, G_MAXINT, 1, nullptr);
  return caps;
}

Alignment alignment_for(GstCaps* downstream) {
  GstCaps* ours = base_stream_caps();
  GstCaps* both = gst_caps_intersect_full(downstream, ours, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref(ours);
  if (gst_caps_is_empty(both)) {
    gst_caps_unref(both);
    return Alignment::kTemporalUnit;
  }
  both = gst_caps_fixate(gst_caps_truncate(both));
  const bool frame = g_strcmp0(gst_structure_get_string(gst_caps_get_structure(both, 0), "alignment"), kFrameName) == 0;
  gst_caps_unref(both);
  return frame ? Alignment::kFrame : Alignment::kTemporalUnit;
}

GstCaps* stream_caps(const StreamInfo& info, const FrameFormat& format, Alignment alignment) {
  GstCaps* caps = base_stream_caps();
  gst_caps_set_simple(caps, "alignment", G_TYPE_STRING, alignment == Alignment::kFrame ? kFrameName : kTuName, nullptr);
  add_format_fields(caps, std::clamp(info.profile, 0, 2), format);
  // Annex A.3: seq_level_idx is 4 * (X - 2) + Y for level X.Y; 31 stands for no level at all.
  if (info.level_idx < 31) {
    const std::string level =
        std::to_string(2 + info.level_idx / 4) + "." + std::to_string(info.level_idx % 4);
    gst_caps_set_simple(caps, "level", G_TYPE_STRING, level.c_str(), nullptr);
  }
  gst_caps_set_simple(caps, "tier", G_TYPE_STRING, info.tier ? "high" : "main", nullptr);
  return caps;
}

int level_for(const StreamInfo& info, const FrameFormat& format, GstCaps* downstream) {
  constexpr int kHighest = 19;  // 6.3; above 4.1 there are four to a number, below two
  StreamInfo named = info;
  for (; named.level_idx <= kHighest; named.level_idx++) {
    if (named.level_idx < 12 && named.level_idx % 4 > 1) continue;
    GstCaps* caps = stream_caps(named, format, alignment_for(downstream));
    const bool fits = gst_caps_can_intersect(caps, downstream);
    gst_caps_unref(caps);
    if (fits) return named.level_idx;
  }
  return info.level_idx;
}

HdrFields HdrFields::from_caps(const GstCaps* caps) {
  HdrFields hdr;
  hdr.has_mastering = gst_video_mastering_display_info_from_caps(&hdr.mastering, caps);
  hdr.has_light = gst_video_content_light_level_from_caps(&hdr.light, caps);
  return hdr;
}

bool HdrFields::operator==(const HdrFields& other) const {
  return has_mastering == other.has_mastering && has_light == other.has_light &&
         (!has_mastering || gst_video_mastering_display_info_is_equal(&mastering, &other.mastering)) &&
         (!has_light || gst_video_content_light_level_is_equal(&light, &other.light));
}

void fill_picture_format(const GstVideoInfo& info, const HdrFields& hdr, EncoderConfig* config) {
  const FrameFormat& format = *find_format(GST_VIDEO_INFO_FORMAT(&info));
  config->width = GST_VIDEO_INFO_WIDTH(&info);
  config->height = GST_VIDEO_INFO_HEIGHT(&info);
  config->bit_depth = format.bit_depth;
  config->chroma = format.chroma;
  config->fps_numerator = GST_VIDEO_INFO_FPS_N(&info);
  config->fps_denominator = std::max(GST_VIDEO_INFO_FPS_D(&info), 1);
  config->color = color_of(info, format.chroma);
  config->mastering_display = hdr.has_mastering ? mastering_of(hdr.mastering) : MasteringDisplay{};
  config->content_light = {hdr.has_light, hdr.has_light ? hdr.light.max_content_light_level : uint16_t(0),
                           hdr.has_light ? hdr.light.max_frame_average_light_level : uint16_t(0)};
}

}  // namespace tessera::gst
