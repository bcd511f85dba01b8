// A frame as one unit: header and all its tiles.
#pragma once

#include "bitstream/frame_header_writer.h"

namespace tessera {

/// The smallest TileSizeBytes that can say every size but the last (which is not coded).
uint8_t choose_tile_size_bytes(Span<const Span<const uint8_t>> tiles);

/// spec 5.10, 5.11.1: frame_obu( ) holding every tile of the frame in raster order.
/// hdr.tile_info.tile_size_bytes must hold the sizes (choose_tile_size_bytes).
void write_frame_obu(ByteVector& out, const FrameHeader& hdr, const FrameHeaderContext& ctx,
                     Span<const Span<const uint8_t>> tiles);

}  // namespace tessera
