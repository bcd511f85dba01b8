// From the core's packets to buffers downstream.
#pragma once

#include <gst/video/gstvideoencoder.h>

namespace tessera::gst {

/// Finishes without a buffer what the encoder has passed over (frame dropping), up to but not with `next` (null: all).
void drop_frames_before(GstVideoEncoder* self, GstVideoCodecFrame* next);

/// Pushes every packet there is without another picture.
GstFlowReturn push_packets(GstVideoEncoder* self);

}  // namespace tessera::gst
