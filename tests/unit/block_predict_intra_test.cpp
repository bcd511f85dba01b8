// The intra prediction process against a literal transcription of section 7.11.2, and the availability rules
// against those of sections 5.11.3 and 7.11.2.8.
#include "block/predict_intra.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <vector>

#include "base/int_math.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// Section 7.11.2 with its own names. Edges are maps, so that reading a sample that was never set is an
/// error.
struct SpecIntra {
  std::vector<std::vector<int>> CurrFrame;  // [ y ][ x ]
  int BitDepth = 8;
  std::map<int, int> AboveRow, LeftCol;

  int clip1(int v) const { return clip3(0, (1 << BitDepth) - 1, v); }

  void prepare(const IntraPlace& p) {
    const int x = p.x, y = p.y, w = p.w, h = p.h;
    AboveRow.clear(), LeftCol.clear();
    for (int i = 0; i < w + h; i++) {
      if (!p.have_above && p.have_left)
        AboveRow[i] = CurrFrame[y][x - 1];
      else if (!p.have_above)
        AboveRow[i] = (1 << (BitDepth - 1)) - 1;
      else
        AboveRow[i] =
            CurrFrame[y - 1][std::min(std::min(p.max_x, x + (p.have_above_right ? 2 * w : w) - 1), x + i)];
      if (!p.have_left && p.have_above)
        LeftCol[i] = CurrFrame[y - 1][x];
      else if (!p.have_left)
        LeftCol[i] = (1 << (BitDepth - 1)) + 1;
      else
        LeftCol[i] =
            CurrFrame[std::min(std::min(p.max_y, y + (p.have_below_left ? 2 * h : h) - 1), y + i)][x - 1];
    }
    AboveRow[-1] = p.have_above && p.have_left ? CurrFrame[y - 1][x - 1]
                   : p.have_above              ? CurrFrame[y - 1][x]
                   : p.have_left               ? CurrFrame[y][x - 1]
                                               : 1 << (BitDepth - 1);
    LeftCol[-1] = AboveRow[-1];
  }

  static int strength_of(int w, int h, int filterType, int delta) {
    const int d = std::abs(delta), blkWh = w + h;
    int strength = 0;
    if (filterType == 0) {
      if (blkWh <= 8) {
        if (d >= 56) strength = 1;
      } else if (blkWh <= 12) {
        if (d >= 40) strength = 1;
      } else if (blkWh <= 16) {
        if (d >= 40) strength = 1;
      } else if (blkWh <= 24) {
        if (d >= 8) strength = 1;
        if (d >= 16) strength = 2;
        if (d >= 32) strength = 3;
      } else if (blkWh <= 32) {
        strength = 1;
        if (d >= 4) strength = 2;
        if (d >= 32) strength = 3;
      } else {
        strength = 3;
      }
    } else {
      if (blkWh <= 8) {
        if (d >= 40) strength = 1;
        if (d >= 64) strength = 2;
      } else if (blkWh <= 16) {
        if (d >= 20) strength = 1;
        if (d >= 48) strength = 2;
      } else if (blkWh <= 24) {
        if (d >= 4) strength = 3;
      } else {
        strength = 3;
      }
    }
    return strength;
  }
  static bool upsample_of(int w, int h, int filterType, int delta) {
    const int d = std::abs(delta), blkWh = w + h;
    if (d <= 0 || d >= 40) return false;
    return filterType == 0 ? blkWh <= 16 : blkWh <= 8;
  }
  void filter_edge(int sz, int strength, bool is_left) {
    if (strength == 0) return;
    std::map<int, int>& row = is_left ? LeftCol : AboveRow;
    const int kernel[3][5] = {{0, 4, 8, 4, 0}, {0, 5, 6, 5, 0}, {2, 4, 4, 4, 2}};
    std::vector<int> edge(sz);
    for (int i = 0; i < sz; i++) edge[i] = row.at(i - 1);
    for (int i = 1; i < sz; i++) {
      int s = 0;
      for (int j = 0; j < 5; j++) s += kernel[strength - 1][j] * edge[clip3(0, sz - 1, i - 2 + j)];
      row[i - 1] = (s + 8) >> 4;
    }
  }
  void upsample_edge(int numPx, bool is_left) {
    std::map<int, int>& buf = is_left ? LeftCol : AboveRow;
    std::vector<int> dup(numPx + 3);
    dup[0] = buf.at(-1);
    for (int i = -1; i < numPx; i++) dup[i + 2] = buf.at(i);
    dup[numPx + 2] = buf.at(numPx - 1);
    buf.clear();
    buf[-2] = dup[0];
    for (int i = 0; i < numPx; i++) {
      buf[2 * i - 1] = clip1(round2(-dup[i] + 9 * dup[i + 1] + 9 * dup[i + 2] - dup[i + 3], 4));
      buf[2 * i] = dup[i + 2];
    }
  }

  std::vector<int> directional(const IntraPlace& p, int pAngle) {
    const int w = p.w, h = p.h;
    int upsampleAbove = 0, upsampleLeft = 0;
    if (p.edge_filter) {
      if (pAngle != 90 && pAngle != 180) {
        if (pAngle > 90 && pAngle < 180 && w + h >= 24)
          LeftCol[-1] = AboveRow[-1] =
              round2(LeftCol.at(0) * 5 + AboveRow.at(-1) * 6 + AboveRow.at(0) * 5, 4);
        if (p.have_above)
          filter_edge(std::min(w, p.max_x - p.x + 1) + (pAngle < 90 ? h : 0) + 1,
                      strength_of(w, h, p.filter_type, pAngle - 90), false);
        if (p.have_left)
          filter_edge(std::min(h, p.max_y - p.y + 1) + (pAngle > 180 ? w : 0) + 1,
                      strength_of(w, h, p.filter_type, pAngle - 180), true);
      }
      upsampleAbove = upsample_of(w, h, p.filter_type, pAngle - 90);
      if (upsampleAbove) upsample_edge(w + (pAngle < 90 ? h : 0), false);
      upsampleLeft = upsample_of(w, h, p.filter_type, pAngle - 180);
      if (upsampleLeft) upsample_edge(h + (pAngle > 180 ? w : 0), true);
    }
    const int dx = pAngle < 90                   ? Dr_Intra_Derivative[pAngle]
                   : pAngle > 90 && pAngle < 180 ? Dr_Intra_Derivative[180 - pAngle]
                                                 : 0;
    const int dy = pAngle > 90 && pAngle < 180 ? Dr_Intra_Derivative[pAngle - 90]
                   : pAngle > 180              ? Dr_Intra_Derivative[270 - pAngle]
                                               : 0;
    const auto between = [](const std::map<int, int>& row, int base, int shift) {
      // A weight of zero needs no sample: the last one of an edge may stand alone.
      const int next = shift ? row.at(base + 1) : 0;
      return round2(row.at(base) * (32 - shift) + next * shift, 5);
    };
    std::vector<int> pred(w * h);
    for (int i = 0; i < h; i++)
      for (int j = 0; j < w; j++) {
        int& out = pred[i * w + j];
        if (pAngle < 90) {
          const int idx = (i + 1) * dx;
          const int base = (idx >> (6 - upsampleAbove)) + (j << upsampleAbove);
          const int shift = ((idx << upsampleAbove) >> 1) & 0x1F;
          const int maxBaseX = (w + h - 1) << upsampleAbove;
          out = base < maxBaseX ? between(AboveRow, base, shift) : AboveRow.at(maxBaseX);
        } else if (pAngle > 90 && pAngle < 180) {
          int idx = (j << 6) - (i + 1) * dx;
          int base = idx >> (6 - upsampleAbove);
          if (base >= -(1 << upsampleAbove)) {
            out = between(AboveRow, base, ((idx << upsampleAbove) >> 1) & 0x1F);
          } else {
            idx = (i << 6) - (j + 1) * dy;
            base = idx >> (6 - upsampleLeft);
            out = between(LeftCol, base, ((idx << upsampleLeft) >> 1) & 0x1F);
          }
        } else if (pAngle > 180) {
          const int idx = (j + 1) * dy;
          const int base = (idx >> (6 - upsampleLeft)) + (i << upsampleLeft);
          out = between(LeftCol, base, ((idx << upsampleLeft) >> 1) & 0x1F);
        } else {
          out = pAngle == 90 ? AboveRow.at(j) : LeftCol.at(i);
        }
      }
    return pred;
  }
};

constexpr int kFrameSize = 160;

template <Pixel P>
class IntraHarness {
 public:
  IntraHarness(int bit_depth, unsigned seed) : rng_(seed), frame_(kFrameSize * kFrameSize) {
    bind_intra_scalar(table_);
    spec_.BitDepth = bit_depth;
    spec_.CurrFrame.assign(kFrameSize, std::vector<int>(kFrameSize));
  }
  void fill(int kind) {
    const int top = (1 << spec_.BitDepth) - 1;
    for (int y = 0; y < kFrameSize; y++)
      for (int x = 0; x < kFrameSize; x++) {
        const int v = kind == 0   ? rng_() & top
                      : kind == 1 ? (rng_() & 1) * top
                                  : (x * 3 + y * 5 + rng_() % 9) & top;
        frame_[y * kFrameSize + x] = static_cast<P>(v);
        spec_.CurrFrame[y][x] = v;
      }
  }
  void check(const IntraPlace& place) {
    const PlaneView<const P> view(frame_.data(), kFrameSize, kFrameSize, kFrameSize);
    IntraEdges<P> edges;
    prepare_intra_edges(edges, view, place, spec_.BitDepth);
    spec_.prepare(place);
    for (int i = -1; i < place.w + place.h; i++) {
      ASSERT_EQ(edges.above()[i], spec_.AboveRow.at(i)) << describe(place) << " above " << i;
      ASSERT_EQ(edges.left()[i], spec_.LeftCol.at(i)) << describe(place) << " left " << i;
    }
    std::vector<P> dst(place.w * place.h);
    for (int mode = V_PRED; mode <= D67_PRED; mode++)
      for (int delta = -3; delta <= 3; delta++) {
        spec_.prepare(place);
        const auto want = spec_.directional(place, Mode_To_Angle[mode] + delta * 3);
        predict_from_edges(table_, edges, static_cast<PredictionMode>(mode), delta, dst.data(), place.w);
        for (int i = 0; i < place.w * place.h; i++)
          ASSERT_EQ(dst[i], want[i]) << describe(place) << " mode " << mode << " delta " << delta << " at "
                                     << i;
      }
  }
  std::mt19937& rng() { return rng_; }
  const IntraTable<P>& table() const { return table_; }

 private:
  static std::string describe(const IntraPlace& p) {
    return std::to_string(p.w) + "x" + std::to_string(p.h) + " left " + std::to_string(p.have_left) +
           " above " + std::to_string(p.have_above) + " right " + std::to_string(p.have_above_right) +
           " below " + std::to_string(p.have_below_left) + " filter " + std::to_string(p.edge_filter) +
           std::to_string(p.filter_type);
  }
  std::mt19937 rng_;
  IntraTable<P> table_;
  std::vector<P> frame_;
  SpecIntra spec_;
};

template <Pixel P>
void check_every_place(int bit_depth, unsigned seed) {
  IntraHarness<P> harness(bit_depth, seed);
  int kind = 0;
  for (int w = 4; w <= 64; w *= 2)
    for (int h = 4; h <= 64; h *= 2) {
      if (w > 4 * h || h > 4 * w) continue;
      harness.fill(kind++ % 3);
      for (int have = 0; have < 16; have++) {
        if ((have & 4 && !(have & 2)) || (have & 8 && !(have & 1))) continue;  // nothing right of nothing
        const int filter = harness.rng()() % 3;
        // The frame ends inside the block, right after it, or further on.
        const int past_x = harness.rng()() % 3, past_y = harness.rng()() % 3;
        harness.check({.x = 12,
                       .y = 8,
                       .w = w,
                       .h = h,
                       .max_x = 12 +
                                (past_x == 0   ? (w + 4) / 2 / 4 * 4
                                 : past_x == 1 ? w + 4
                                               : 140) -
                                1,
                       .max_y = 8 +
                                (past_y == 0   ? (h + 4) / 2 / 4 * 4
                                 : past_y == 1 ? h + 4
                                               : 140) -
                                1,
                       .have_left = (have & 1) != 0,
                       .have_above = (have & 2) != 0,
                       .have_above_right = (have & 4) != 0,
                       .have_below_left = (have & 8) != 0,
                       .edge_filter = filter != 0,
                       .filter_type = filter == 2});
      }
    }
}

TEST(PredictIntra, EdgesAndDirectionalModesMatchTheSpecification) {
  check_every_place<uint8_t>(8, 1);
  check_every_place<uint16_t>(10, 2);
  check_every_place<uint16_t>(12, 3);
}

TEST(PredictIntra, ModesReachTheirKernels) {
  IntraHarness<uint8_t> harness(8, 5);
  std::vector<uint8_t> frame(64 * 64);
  for (uint8_t& s : frame) s = static_cast<uint8_t>(harness.rng()());
  IntraEdges<uint8_t> edges;
  IntraPlace place = {.x = 16,
                      .y = 16,
                      .w = 16,
                      .h = 8,
                      .max_x = 63,
                      .max_y = 63,
                      .have_left = true,
                      .have_above = true,
                      .have_above_right = true,
                      .have_below_left = true,
                      .edge_filter = true,
                      .filter_type = false};
  const auto& basic = harness.table().basic;
  for (const bool have_left : {false, true})
    for (const bool have_above : {false, true}) {
      place.have_left = have_left, place.have_above = have_above;
      prepare_intra_edges(edges, PlaneView<const uint8_t>(frame.data(), 64, 64, 64), place, 8);
      const std::pair<PredictionMode, IntraFn<uint8_t>> kernels[] = {
          {DC_PRED, basic.dc[have_above][have_left]},
          {UV_CFL_PRED, basic.dc[have_above][have_left]},
          {V_PRED, basic.v},
          {H_PRED, basic.h},
          {SMOOTH_PRED, basic.smooth},
          {SMOOTH_V_PRED, basic.smooth_v},
          {SMOOTH_H_PRED, basic.smooth_h},
          {PAETH_PRED, basic.paeth}};
      for (const auto& [mode, kernel] : kernels) {
        uint8_t got[128], want[128];
        predict_from_edges(harness.table(), edges, mode, 0, got, 16);
        kernel(want, 16, edges.above(), edges.left(), 16, 8, 8);
        EXPECT_EQ(0, std::memcmp(got, want, sizeof(got))) << mode;
      }
    }
}

TEST(BlockDecodedMap, StartsAsClearBlockDecodedFlagsSays) {
  for (const auto& [sub_x, sub_y] : {std::pair(0, 0), std::pair(1, 0), std::pair(1, 1)})
    for (int more_cols = 2; more_cols <= 40; more_cols += 2)
      for (int more_rows = 2; more_rows <= 40; more_rows += 2) {
        BlockDecodedMap map;
        map.start_superblock(32, 48, 32 + more_rows, 48 + more_cols, sub_x, sub_y);
        for (int plane = 0; plane < 3; plane++) {
          const int sx = plane ? sub_x : 0, sy = plane ? sub_y : 0;
          for (int y = -1; y <= 16 >> sy; y++)
            for (int x = -1; x <= 16 >> sx; x++) {
              bool want = (y < 0 && x < more_cols >> sx) || (x < 0 && y < more_rows >> sy);
              if (y == 16 >> sy && x == -1) want = false;
              ASSERT_EQ(map.decoded(plane, x, y), want) << plane << " " << x << "," << y;
            }
        }
      }
}

TEST(BlockDecodedMap, ReportsWhatIsMarked) {
  BlockDecodedMap map;
  map.start_superblock(16, 16, 64, 64, 1, 1);
  EXPECT_TRUE(map.have_above_right(0, 0, 0, 16));  // the superblock above and to the right
  EXPECT_FALSE(map.have_below_left(0, 0, 0, 16));  // the one below and to the left
  EXPECT_TRUE(map.have_below_left(0, 0, 0, 8));    // the one to the left
  EXPECT_FALSE(map.have_above_right(0, 0, 8, 8));
  map.mark(0, 8, 0, 8, 8);
  EXPECT_TRUE(map.have_above_right(0, 0, 8, 8));
  EXPECT_FALSE(map.have_above_right(0, 8, 8, 8));  // outside the superblock, not above it
  map.mark(0, 0, 8, 8, 8);
  EXPECT_FALSE(map.have_below_left(0, 8, 8, 8));
  EXPECT_TRUE(map.have_below_left(0, 8, 0, 8));
  EXPECT_FALSE(map.decoded(1, 0, 0));
}

TEST(IntraPlace, FollowsTransformBlockSyntax) {
  BlockDecodedMap map;
  map.start_superblock(16, 16, 40, 36, 1, 1);
  // Chroma of a 32x32 luma block at the superblock's top-left corner, no tile to its left, in four 8x8
  // transforms.
  const IntraBlock block = {.plane = 1,
                            .sub_x = 1,
                            .sub_y = 1,
                            .x = 32,
                            .y = 32,
                            .avail_left = false,
                            .avail_above = true,
                            .mi_rows = 40,
                            .mi_cols = 36,
                            .edge_filter = true,
                            .filter_type = false};
  IntraPlace place = intra_place(map, block, 32, 32, 8, 8);
  EXPECT_FALSE(place.have_left);
  EXPECT_TRUE(place.have_above && place.have_above_right);
  EXPECT_EQ(place.max_x, 71);
  EXPECT_EQ(place.max_y, 79);
  map.mark(1, 0, 0, 2, 2);
  place = intra_place(map, block, 40, 32, 8, 8);
  EXPECT_TRUE(place.have_left && place.have_above && place.have_above_right);
  EXPECT_FALSE(place.have_below_left);
  map.mark(1, 2, 0, 2, 2);
  place = intra_place(map, block, 32, 40, 8, 8);
  EXPECT_TRUE(place.have_above && place.have_above_right && !place.have_left);
  place = intra_place(map, block, 40, 40, 8, 8);
  EXPECT_FALSE(place.have_above_right);
}

TEST(IntraFilterType, AsksTheNeighboursThatCarryThePlane) {
  // get_filter_type( ) of section 7.11.2.8 over a grid of 4x4 blocks with random modes.
  std::mt19937 rng(7);
  constexpr int kMi = 16;
  BlockInfoGrid grid(kMi, kMi);
  for (int row = 0; row < kMi; row++)
    for (int col = 0; col < kMi; col++) {
      BlockInfo info;
      info.mi_row = static_cast<uint16_t>(row), info.mi_col = static_cast<uint16_t>(col);
      info.size = BLOCK_4X4;
      info.y_mode = static_cast<PredictionMode>(rng() % INTRA_MODES);
      info.uv_mode = static_cast<PredictionMode>(rng() % UV_INTRA_MODES);
      info.ref_frame = {rng() % 3 ? INTRA_FRAME : LAST_FRAME, NONE};
      grid.place(info);
    }
  const auto is_smooth = [&](int row, int col, int plane) {
    const BlockInfo& info = grid.at(row, col);
    if (plane && info.ref_frame[0] > INTRA_FRAME) return false;
    const int mode = plane ? info.uv_mode : info.y_mode;
    return mode == SMOOTH_PRED || mode == SMOOTH_V_PRED || mode == SMOOTH_H_PRED;
  };
  for (const auto& [sub_x, sub_y] : {std::pair(0, 0), std::pair(1, 0), std::pair(1, 1)})
    for (int plane = 0; plane < 2; plane++)
      for (int mi_row = 2; mi_row < kMi - 1; mi_row++)
        for (int mi_col = 2; mi_col < kMi - 1; mi_col++)
          for (int avail = 0; avail < 4; avail++) {
            bool above_smooth = false, left_smooth = false;
            if (avail & 1) {
              int r = mi_row - 1, c = mi_col;
              if (plane > 0) {
                if (sub_x && !(mi_col & 1)) c++;
                if (sub_y && (mi_row & 1)) r--;
              }
              above_smooth = is_smooth(r, c, plane);
            }
            if (avail & 2) {
              int r = mi_row, c = mi_col - 1;
              if (plane > 0) {
                if (sub_x && (mi_col & 1)) c--;
                if (sub_y && !(mi_row & 1)) r++;
              }
              left_smooth = is_smooth(r, c, plane);
            }
            const IntraBlock block = {.plane = plane,
                                      .sub_x = plane ? sub_x : 0,
                                      .sub_y = plane ? sub_y : 0,
                                      .x = 0,
                                      .y = 0,
                                      .avail_left = (avail & 2) != 0,
                                      .avail_above = (avail & 1) != 0,
                                      .mi_rows = kMi,
                                      .mi_cols = kMi,
                                      .edge_filter = true,
                                      .filter_type = false};
            ASSERT_EQ(intra_filter_type(grid, mi_row, mi_col, block), above_smooth || left_smooth);
          }
}

}  // namespace
}  // namespace tessera
