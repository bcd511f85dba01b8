// Overlapped prediction: the neighbours and their rectangles, against the text of section 7.11.3.9.
#include <gtest/gtest.h>

#include <random>

#include "block/predict_overlap.h"
#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

struct Expected {
  int cand_row, cand_col, pred_x, pred_y, pred_w, pred_h, pass;
};

/// The process as the specification has it, up to predict_overlap( ).
std::vector<Expected> spec_overlaps(const BlockInfoGrid& grid, const TileRect& tile, const PictureFormat& format, const BlockInfo& b, int plane) {
  std::vector<Expected> out;
  const bool AvailU = b.mi_row > tile.mi_row_start, AvailL = b.mi_col > tile.mi_col_start;
  const int subX = plane ? format.subsampling_x : 0, subY = plane ? format.subsampling_y : 0;
  const int MiRow = b.mi_row, MiCol = b.mi_col, MiSize = b.size, w = block_width(b.size) >> subX, h = block_height(b.size) >> subY;
  if (AvailU && get_plane_residual_size(b.size, subX, subY) >= BLOCK_8X8) {
    const int w4 = Num_4x4_Blocks_Wide[MiSize], y4 = MiRow, nLimit = std::min<int>(4, Mi_Width_Log2[MiSize]);
    int x4 = MiCol, nCount = 0;
    while (nCount < nLimit && x4 < std::min(grid.mi_cols(), MiCol + w4)) {
      const int candRow = MiRow - 1, candCol = x4 | 1;
      const int step4 = clip3<int>(2, 16, Num_4x4_Blocks_Wide[grid.at(candRow, candCol).size]);
      if (grid.at(candRow, candCol).ref_frame[0] > INTRA_FRAME) {
        nCount += 1;
        out.push_back({candRow, candCol, (x4 * 4) >> subX, (y4 * 4) >> subY, std::min(w, (step4 * MI_SIZE) >> subX), std::min(h >> 1, 32 >> subY), 0});
      }
      x4 += step4;
    }
  }
  if (AvailL) {
    const int h4 = Num_4x4_Blocks_High[MiSize], x4 = MiCol, nLimit = std::min<int>(4, Mi_Height_Log2[MiSize]);
    int y4 = MiRow, nCount = 0;
    while (nCount < nLimit && y4 < std::min(grid.mi_rows(), MiRow + h4)) {
      const int candCol = MiCol - 1, candRow = y4 | 1;
      const int step4 = clip3<int>(2, 16, Num_4x4_Blocks_High[grid.at(candRow, candCol).size]);
      if (grid.at(candRow, candCol).ref_frame[0] > INTRA_FRAME) {
        nCount += 1;
        out.push_back({candRow, candCol, (x4 * 4) >> subX, (y4 * 4) >> subY, std::min(w >> 1, 32 >> subX), std::min(h, (step4 * MI_SIZE) >> subY), 1});
      }
      y4 += step4;
    }
  }
  return out;
}

/// Random squares, now and then cut in four, halves or strips; every third block is intra.
class RandomGrid {
 public:
  RandomGrid(int rows, int cols, unsigned seed) : grid(rows, cols), rng_(seed) {
    for (int r = 0; r < rows; r += 16)
      for (int c = 0; c < cols; c += 16) fill(r, c, BLOCK_64X64);
  }
  BlockInfoGrid grid;
  std::vector<BlockInfo> blocks;

 private:
  int pick(int n) { return static_cast<int>(rng_() % static_cast<unsigned>(n)); }
  void fill(int r, int c, BlockSize size) {
    if (r >= grid.mi_rows() || c >= grid.mi_cols()) return;
    const int half = Num_4x4_Blocks_Wide[size] / 2;
    if (size > BLOCK_8X8 && pick(3) > 0) {
      for (int i = 0; i < 4; i++) fill(r + (i >> 1) * half, c + (i & 1) * half, Partition_Subsize[PARTITION_SPLIT][size]);
      return;
    }
    constexpr Partition kParts[] = {PARTITION_NONE, PARTITION_HORZ, PARTITION_VERT, PARTITION_HORZ_4, PARTITION_VERT_4};
    const Partition part = kParts[pick(size >= BLOCK_16X16 ? 5 : 3)];
    const BlockSize sub = Partition_Subsize[part][size];
    for (int y = r; y < r + 2 * half; y += Num_4x4_Blocks_High[sub])
      for (int x = c; x < c + 2 * half; x += Num_4x4_Blocks_Wide[sub]) {
        if (y >= grid.mi_rows() || x >= grid.mi_cols()) continue;
        BlockInfo info;
        info.mi_row = static_cast<uint16_t>(y);
        info.mi_col = static_cast<uint16_t>(x);
        info.size = sub;
        info.partition = part;
        info.ref_frame = {pick(3) ? LAST_FRAME : INTRA_FRAME, NONE};
        grid.place(info);
        blocks.push_back(info);
      }
  }
  std::mt19937 rng_;
};

TEST(PredictOverlap, NeighboursMatchTheSpecification) {
  int seen = 0;
  for (unsigned seed = 0; seed < 40; seed++) {
    RandomGrid random(40 + 2 * (seed % 5), 44 + 2 * (seed % 7), seed);
    PictureFormat format;
    format.width = random.grid.mi_cols() * 4;
    format.height = random.grid.mi_rows() * 4;
    format.subsampling_x = seed % 3 != 2;
    format.subsampling_y = seed % 3 == 0;
    const TileRect tile = {.mi_row_start = 16, .mi_row_end = random.grid.mi_rows(), .mi_col_start = 16, .mi_col_end = random.grid.mi_cols()};
    for (const BlockInfo& b : random.blocks) {
      if (b.mi_row < 16 || b.mi_col < 16 || std::min(block_width(b.size), block_height(b.size)) < 8) continue;
      for (int plane = 0; plane < 2; plane++) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " block " << b.mi_row << "," << b.mi_col << " size " << int(b.size) << " plane " << plane);
        const std::vector<Expected> want = spec_overlaps(random.grid, tile, format, b, plane);
        Overlaps got;
        find_overlaps(random.grid, tile, format, b, plane, got);
        ASSERT_EQ(static_cast<size_t>(got.size()), want.size());
        for (int i = 0; i < got.size(); i++) {
          const Expected& e = want[static_cast<size_t>(i)];
          EXPECT_EQ(got[i].neighbour, &std::as_const(random.grid).at(e.cand_row, e.cand_col));
          EXPECT_EQ(got[i].rect.x, e.pred_x);
          EXPECT_EQ(got[i].rect.y, e.pred_y);
          EXPECT_EQ(got[i].rect.w, e.pred_w);
          EXPECT_EQ(got[i].rect.h, e.pred_h);
          EXPECT_EQ(got[i].above, e.pass == 0);
          seen++;
        }
      }
    }
  }
  EXPECT_GT(seen, 1000);
}

/// A mask for each side and length: nothing of the neighbour where it weighs 0.
TEST(PredictOverlap, BlendsFromTheEdge) {
  CompoundBlendTable<uint8_t> table;
  bind_compound_blend_scalar(table);
  for (bool above : {true, false})
    for (int length : {2, 4, 8, 16, 32}) {
      const Overlap overlap = {.neighbour = nullptr,
                               .rect = {0, 0, above ? 16 : length, above ? length : 16, 0, 0, 8},
                               .above = above};
      std::vector<uint8_t> own(32 * 32, 200), other(32 * 32, 100);
      blend_overlap(table, overlap, own.data(), 32, other.data());
      for (int y = 0; y < overlap.rect.h; y++)
        for (int x = 0; x < overlap.rect.w; x++) {
          const int m = obmc_mask(length)[above ? y : x];
          EXPECT_EQ(own[static_cast<size_t>(y * 32 + x)], (m * 200 + (64 - m) * 100 + 32) >> 6);
        }
      EXPECT_EQ(own[static_cast<size_t>(overlap.rect.h * 32 % 1024)], overlap.rect.h == 32 ? own[0] : 200);
    }
}

}  // namespace
}  // namespace tessera
