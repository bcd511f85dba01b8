// What an intra block copy may take from.
#pragma once

#include "frame/block_info.h"
#include "frame/tile_layout.h"

namespace tessera {

/// A rectangle of luma samples, at least 8x8.
struct CopyTarget {
  int x = 0, y = 0, w = 0, h = 0;
};

/// spec 5.11.26: is_mv_valid( ) of a block with use_intrabc, for a vector in whole samples. The source is also completely
/// decided where superblock rows are searched side by side, each two superblocks behind the one above.
constexpr bool may_copy(const TileRect& tile, const CopyTarget& to, int dx, int dy) {
  constexpr int kDelay = INTRABC_DELAY_PIXELS / kSbSize, kReach = (1 << 11) - 1;
  if (dx > kReach || dx < -kReach || dy > kReach || dy < -kReach) return false;
  const int left = to.x + dx, top = to.y + dy, right = left + to.w - 1, bottom = top + to.h - 1;
  if (left < tile.mi_col_start * MI_SIZE || right >= tile.mi_col_end * MI_SIZE) return false;
  if (top < tile.mi_row_start * MI_SIZE || bottom >= tile.mi_row_end * MI_SIZE) return false;
  const int rows = to.y / kSbSize - bottom / kSbSize, cols = right / kSbSize - to.x / kSbSize;
  const int tile_cols = (tile.mi_cols() + kSbMi - 1) / kSbMi;
  if (rows < 0 || cols - rows * tile_cols >= -kDelay) return false;
  return rows == 0 || cols <= 2 * (rows - 1);
}

/// What a vector of whole samples comes to.
constexpr Mv copy_vector(int dx, int dy) { return {static_cast<int16_t>(8 * dy), static_cast<int16_t>(8 * dx)}; }

}  // namespace tessera
