#include "bitstream/tile_group_writer.h"

namespace tessera {

uint8_t choose_tile_size_bytes(Span<const Span<const uint8_t>> tiles) {
  ptrdiff_t largest = 1;
  for (ptrdiff_t i = 0; i + 1 < tiles.size(); i++) largest = std::max(largest, tiles[i].size());
  uint8_t bytes = 1;
  while (bytes < 4 && (largest - 1) >> 8 * bytes != 0) bytes++;
  return bytes;
}

/// spec 5.10, 5.11.1: frame OBU and tile group OBU syntax.
void write_frame_obu(ByteVector& out, const FrameHeader& hdr, const FrameHeaderContext& ctx,
                     Span<const Span<const uint8_t>> tiles) {
  check(tiles.size() == hdr.tile_info.num_tiles() && !hdr.show_existing_frame,
        "one run of bytes for each tile");
  SizedObu obu(out, OBU_FRAME, ctx.ext);
  BitWriter& w = obu.bits();
  write_uncompressed_header(w, hdr, ctx);
  w.byte_alignment();
  if (tiles.size() > 1) w.flag(false);  // tile_start_and_end_present_flag
  w.byte_alignment();
  for (ptrdiff_t i = 0; i < tiles.size(); i++) {
    if (i + 1 < tiles.size()) w.le(hdr.tile_info.tile_size_bytes, static_cast<uint32_t>(tiles[i].size() - 1));
    w.bytes(tiles[i]);
  }
}

}  // namespace tessera
