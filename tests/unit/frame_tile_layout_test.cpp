#include "frame/tile_layout.h"

#include <gtest/gtest.h>

#include "base/int_math.h"

namespace tessera {
namespace {

TileInfo layout(int width, int height, int cols_log2, int rows_log2) {
  const FrameSize size = make_frame_size(width, height);
  return uniform_tile_layout(size.mi_cols, size.mi_rows, false, cols_log2, rows_log2);
}

TEST(TileLayout, SmallFrameIsOneTile) {
  const TileInfo t = layout(176, 144, 0, 0);
  EXPECT_EQ(t.num_tiles(), 1);
  EXPECT_EQ(tile_rect(t, 0), (TileRect{0, 36, 0, 44}));
}

TEST(TileLayout, UniformSpacingRoundsUp) {
  // 1280x720: 20 x 12 superblocks. 4 columns of 5; 8 rows asked for give 6 tiles of 2.
  const TileInfo t = layout(1280, 720, 2, 3);
  EXPECT_EQ(t.tile_cols, 4);
  EXPECT_EQ(t.tile_rows, 6);
  EXPECT_EQ(t.tile_cols_log2, 2);
  EXPECT_EQ(t.tile_rows_log2, 3);
  EXPECT_EQ(t.mi_col_starts[1], 80);
  EXPECT_EQ(tile_rect(t, 23), (TileRect{160, 180, 240, 320}));
}

TEST(TileLayout, RequestsAreClamped) {
  const TileInfo one_sb = layout(64, 64, 6, 6);
  EXPECT_EQ(one_sb.num_tiles(), 1);
  EXPECT_EQ(one_sb.tile_cols_log2, 0);
  // 7680 luma columns are more than a tile may have.
  const TileInfo wide = layout(7680, 4320, 0, 0);
  EXPECT_GE(wide.tile_cols_log2, 1);
}

TEST(TileLayout, LimitsHoldForManySizes) {
  for (int width = 8; width <= 16384; width += 331)
    for (int height = 8; height <= 8704; height += 467)
      for (bool sb128 : {false, true})
        for (int log2 = 0; log2 < 7; log2 += 2) {
          const FrameSize size = make_frame_size(width, height);
          const TileInfo t = uniform_tile_layout(size.mi_cols, size.mi_rows, sb128, log2, log2);
          int covered = 0, largest = 0;
          for (int i = 0; i < t.num_tiles(); i++) {
            const TileRect r = tile_rect(t, i);
            ASSERT_GT(r.mi_rows(), 0);
            ASSERT_GT(r.mi_cols(), 0);
            ASSERT_LE(r.mi_cols() * MI_SIZE, MAX_TILE_WIDTH);
            ASSERT_LE(r.mi_cols() * r.mi_rows() * MI_SIZE * MI_SIZE, MAX_TILE_AREA);
            covered += r.mi_cols() * r.mi_rows();
            largest = std::max(largest, r.mi_cols() * r.mi_rows());
          }
          ASSERT_EQ(covered, size.mi_cols * size.mi_rows);
          ASSERT_LE(t.tile_cols, MAX_TILE_COLS);
          ASSERT_LE(t.tile_rows, MAX_TILE_ROWS);
          const TileRect update = tile_rect(t, t.context_update_tile_id);
          ASSERT_EQ(update.mi_cols() * update.mi_rows(), largest);
        }
}

}  // namespace
}  // namespace tessera
