// What the element takes and makes, in GStreamer's words and in the core's: formats, colour, HDR, stream
// caps.
#pragma once

#include <gst/video/video.h>

#include "api/config.h"
#include "api/encoder.h"
#include "api/packet.h"

namespace tessera::gst {

struct FrameFormat {
  GstVideoFormat format;
  ChromaFormat chroma;
  int bit_depth;
  PixelLayout layout;
};

/// Null when the element does not take `format`.
const FrameFormat* find_format(GstVideoFormat format);

/// What one buffer holds.
enum class Alignment : uint8_t {
  kTemporalUnit,  ///< "tu": a temporal unit, hidden frames and all
  kFrame,         ///< "frame": one frame with the headers in front of it
};

GstCaps* sink_template_caps();
GstCaps* src_template_caps();
/// Sink caps with those formats alone whose stream goes into `downstream` (null: anything).
GstCaps* sink_caps_for(const GstCaps* downstream);
/// Whole temporal units unless downstream (its caps, in its order of preference) takes single frames alone, or rather.
Alignment alignment_for(GstCaps* downstream);
/// video/x-av1 with all the stream says about itself; size, rate, colour and codec_data come from the base
/// class.
GstCaps* stream_caps(const StreamInfo& info, const FrameFormat& format, Alignment alignment);

/// seq_level_idx of the lowest level, from the stream's own on, whose name downstream takes; the stream's own where there is none.
int level_for(const StreamInfo& info, const FrameFormat& format, GstCaps* downstream);

struct HdrFields {
  bool has_mastering = false, has_light = false;
  GstVideoMasteringDisplayInfo mastering;
  GstVideoContentLightLevel light;

  static HdrFields from_caps(const GstCaps* caps);
  bool operator==(const HdrFields& other) const;
};

/// Picture format, frame rate, colour and HDR of `config`.
void fill_picture_format(const GstVideoInfo& info, const HdrFields& hdr, EncoderConfig* config);

}  // namespace tessera::gst
