// The symbol trace an encoder writes and `desync` reads: a magic number, then records of 16 bytes,
// little-endian, in any order of tiles, in coding order within a tile.
#pragma once

#include <cstdint>

namespace tessera {

inline constexpr char kTraceMagic[8] = {'T', 'S', 'T', 'R', 'A', 'C', 'E', '1'};
/// TraceRecord::cdf_offset of a boolean without a CDF in the context: literal bits, split_or_horz,
/// split_or_vert.
inline constexpr uint16_t kTraceNoCdf = 0xffff;

struct TraceRecord {
  uint32_t frame;  ///< frames with tile data before this one in coding order
  uint16_t tile;
  uint16_t mi_row, mi_col;  ///< top-left of the block being written, or anything coarser
  uint16_t range;           ///< SymbolRange before the symbol
  uint16_t cdf_offset;      ///< the encoder's own; only kTraceNoCdf is compared
  uint8_t symbols;          ///< N
  uint8_t value;
};
static_assert(sizeof(TraceRecord) == 16);

}  // namespace tessera
