#include "frame/tile_layout.h"

#include <algorithm>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Fills `starts` with every `step_sb` superblocks and closes with `mi_end`; returns the number of tiles.
template <size_t N>
uint8_t fill_starts(Array<int, N>& starts, int sbs, int step_sb, int sb_shift, int mi_end) {
  int n = 0;
  for (int sb = 0; sb < sbs; sb += step_sb) starts[n++] = sb << sb_shift;
  starts[n] = mi_end;
  return static_cast<uint8_t>(n);
}

}  // namespace

/// spec 5.9.15: tile info syntax, the limits.
TileLimits tile_limits(int mi_cols, int mi_rows, bool use_128x128_superblock) {
  TileLimits l;
  l.sb_shift = use_128x128_superblock ? 5 : 4;
  const int sb_size_log2 = l.sb_shift + MI_SIZE_LOG2;
  l.sb_cols = div_ceil(mi_cols, 1 << l.sb_shift);
  l.sb_rows = div_ceil(mi_rows, 1 << l.sb_shift);
  l.max_tile_width_sb = MAX_TILE_WIDTH >> sb_size_log2;
  l.max_tile_area_sb = MAX_TILE_AREA >> (2 * sb_size_log2);
  l.min_log2_tile_cols = tile_log2(l.max_tile_width_sb, l.sb_cols);
  l.max_log2_tile_cols = tile_log2(1, std::min(l.sb_cols, MAX_TILE_COLS));
  l.max_log2_tile_rows = tile_log2(1, std::min(l.sb_rows, MAX_TILE_ROWS));
  l.min_log2_tiles = std::max(l.min_log2_tile_cols, tile_log2(l.max_tile_area_sb, l.sb_rows * l.sb_cols));
  return l;
}

/// spec 5.9.15: tile info syntax, uniform_tile_spacing_flag = 1.
TileInfo uniform_tile_layout(int mi_cols, int mi_rows, bool use_128x128_superblock, int tile_cols_log2,
                             int tile_rows_log2) {
  const TileLimits l = tile_limits(mi_cols, mi_rows, use_128x128_superblock);
  const int cols_log2 = clip3(l.min_log2_tile_cols, l.max_log2_tile_cols, tile_cols_log2);
  const int min_rows_log2 = std::min(l.min_log2_tile_rows(cols_log2), l.max_log2_tile_rows);
  int rows_log2 = clip3(min_rows_log2, l.max_log2_tile_rows, tile_rows_log2);
  const int width_sb = (l.sb_cols + (1 << cols_log2) - 1) >> cols_log2;
  // The syntax bounds the number of tiles; rounding up can still leave one above the area that annex A.3
  // allows.
  const auto height_sb = [&] { return (l.sb_rows + (1 << rows_log2) - 1) >> rows_log2; };
  while (width_sb * height_sb() > l.max_tile_area_sb && rows_log2 < l.max_log2_tile_rows) rows_log2++;

  TileInfo info;
  info.tile_cols_log2 = static_cast<uint8_t>(cols_log2);
  info.tile_rows_log2 = static_cast<uint8_t>(rows_log2);
  info.tile_cols = fill_starts(info.mi_col_starts, l.sb_cols, width_sb, l.sb_shift, mi_cols);
  info.tile_rows = fill_starts(info.mi_row_starts, l.sb_rows, height_sb(), l.sb_shift, mi_rows);
  info.context_update_tile_id = static_cast<uint16_t>(largest_tile(info));
  return info;
}

int largest_tile(const TileInfo& info) {
  int best = 0, best_area = 0;
  for (int i = 0; i < info.num_tiles(); i++) {
    const TileRect r = tile_rect(info, i);
    const int area = r.mi_rows() * r.mi_cols();
    if (area > best_area) {
      best = i;
      best_area = area;
    }
  }
  return best;
}

}  // namespace tessera
