// How pictures come in: the buffers upstream is asked to use, and GstBuffers lent to the encoder as
// InputFrames.
#pragma once

#include <gst/video/gstvideoencoder.h>

#include "api/packet.h"
#include "av1enc_caps.h"

namespace tessera::gst {

/// Offers upstream a pool with aligned and padded planes, described by GstVideoMeta.
bool offer_pool(GstQuery* allocation_query);

/// Maps `frame`'s buffer and describes it in `out`, whose release() unmaps and unrefs it. False: it cannot be
/// mapped.
bool lend_frame(const GstVideoInfo& info, const FrameFormat& format, GstVideoCodecFrame* frame,
                InputFrame* out);

}  // namespace tessera::gst
