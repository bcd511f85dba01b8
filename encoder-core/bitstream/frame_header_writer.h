// The frame header: uncompressed_header( ) for everything a FrameHeader can say.
#pragma once

#include "bitstream/obu.h"
#include "spec/frame_header.h"

namespace tessera {

/// Where the decoder gets what the header leaves out.
struct FrameHeaderContext {
  const SequenceHeader& seq;
  /// Saved with the slot of the primary reference; ignored without one (setup_past_independence( )).
  const PreviousFrameParams& previous;
  ObuExtension ext = {};
};

/// spec 5.9.2: uncompressed_header( ), unaligned at its end.
void write_uncompressed_header(BitWriter& w, const FrameHeader& hdr, const FrameHeaderContext& ctx);

/// spec 5.9.1: frame_header_obu( ) as its own OBU. The only way to say show_existing_frame.
void write_frame_header_obu(ByteVector& out, const FrameHeader& hdr, const FrameHeaderContext& ctx);

}  // namespace tessera
