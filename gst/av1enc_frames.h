// How pictures come in: the buffers upstream is asked to use, and GstBuffers lent to the encoder as
// InputFrames.
#pragma once

#include <gst/video/gstvideoencoder.h>

#include "api/packet.h"
#include "av1enc_caps.h"
#include "base/status.h"

namespace tessera::gst {

/// Offers upstream a pool with aligned and padded planes, described by GstVideoMeta.
bool offer_pool(GstQuery* allocation_query);

/// Maps `frame`'s buffer and describes it in `out`, whose release() unmaps and unrefs it. An error says what is wrong
/// with the buffer: it cannot be mapped, or its planes do not lie inside its memory.
Status lend_frame(const GstVideoInfo& info, const FrameFormat& format, GstVideoCodecFrame* frame,
                InputFrame* out);

/// Puts a buffer with the metadata alone in the place of `frame`'s picture. The base class keeps a frame's input buffer
/// until its packet comes out, which with look-ahead would use up a small pool, and the memory twice.
void forget_pixels(GstVideoCodecFrame* frame);

}  // namespace tessera::gst
