// How a frame divides into tiles: the limits of the standard and the uniform spacing.
#pragma once

#include "spec/frame_header.h"
#include "spec/sequence_header.h"

namespace tessera {

/// spec 5.9.16: tile_log2( ): the smallest k with blk_size << k >= target.
constexpr int tile_log2(int blk_size, int target) {
  int k = 0;
  while ((blk_size << k) < target) k++;
  return k;
}

/// spec 5.9.15: what bounds the tiles of a frame, in superblocks.
struct TileLimits {
  int sb_cols = 0, sb_rows = 0;
  int sb_shift = 4;  ///< log2 of a superblock in mode-info units
  int max_tile_width_sb = 0;
  int max_tile_area_sb = 0;
  int min_log2_tile_cols = 0;
  int max_log2_tile_cols = 0;
  int max_log2_tile_rows = 0;
  int min_log2_tiles = 0;

  int min_log2_tile_rows(int tile_cols_log2) const {
    return min_log2_tiles > tile_cols_log2 ? min_log2_tiles - tile_cols_log2 : 0;
  }
};

TileLimits tile_limits(int mi_cols, int mi_rows, bool use_128x128_superblock);

/// spec 5.9.15: uniform spacing. The logarithms asked for are clamped to what the standard allows for this
/// size; tile_cols and tile_rows may come out smaller than 1 << log2.
TileInfo uniform_tile_layout(int mi_cols, int mi_rows, bool use_128x128_superblock, int tile_cols_log2,
                             int tile_rows_log2);

/// A rectangle of mode-info units.
struct TileRect {
  int mi_row_start = 0, mi_row_end = 0;
  int mi_col_start = 0, mi_col_end = 0;

  int mi_rows() const { return mi_row_end - mi_row_start; }
  int mi_cols() const { return mi_col_end - mi_col_start; }
  bool operator==(const TileRect&) const = default;
};

/// Tile number `tile_num` in raster order.
inline TileRect tile_rect(const TileInfo& info, int tile_num) {
  const int row = tile_num / info.tile_cols, col = tile_num % info.tile_cols;
  return {info.mi_row_starts[row], info.mi_row_starts[row + 1], info.mi_col_starts[col],
          info.mi_col_starts[col + 1]};
}

/// The tile of the largest area, first in raster order: the best source of the CDFs that a frame leaves
/// behind (context_update_tile_id).
int largest_tile(const TileInfo& info);

}  // namespace tessera
