// Open-loop motion of a superblock: sums of the SAD grid, and the displacements of its parts.
#include <gtest/gtest.h>

#include <random>

#include "dsp/dispatch.h"
#include "frame/plane.h"
#include "motion/superblock_motion.h"

namespace tessera {
namespace {

template <class P>
class SuperblockMotionTest : public testing::Test {};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(SuperblockMotionTest, Pixels);

template <class P>
void fill_with_noise(std::vector<P>& samples, int max, unsigned seed) {
  std::mt19937 random(seed);
  for (P& s : samples) s = static_cast<P>(random() % static_cast<unsigned>(max + 1));
}

TYPED_TEST(SuperblockMotionTest, GridHoldsTheSadOfEachPart) {
  using P = TypeParam;
  constexpr int kMax = sizeof(P) == 1 ? 255 : 4095, kStride = 67;
  std::vector<P> a(kStride * 64), b(kStride * 64);
  fill_with_noise(a, kMax, 1);
  fill_with_noise(b, kMax, 2);
  for (int y = 0; y < 8; y++) {  // the first part is as far off as can be
    std::fill_n(a.begin() + y * kStride, 8, static_cast<P>(0));
    std::fill_n(b.begin() + y * kStride, 8, static_cast<P>(kMax));
  }
  for (uint32_t flags : {0u, cpu_flags() & kCpuSse4Level, cpu_flags() & kCpuAvx2Level, cpu_flags()}) {
    DspTable<P> dsp;
    make_dsp_table(flags, dsp);
    uint32_t grid[kGridParts];
    dsp.sad_grid.sads(a.data(), kStride, b.data(), kStride, grid);
    for (int part = 0; part < kGridParts; part++) {
      const ptrdiff_t at = part / 8 * 8 * kStride + part % 8 * 8;
      uint32_t sad = 0;
      for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) sad += static_cast<uint32_t>(std::abs(a[at + y * kStride + x] - b[at + y * kStride + x]));
      EXPECT_EQ(grid[part], sad) << part;
    }
  }
}

TYPED_TEST(SuperblockMotionTest, OffersLargestSumsToAllSquares) {
  constexpr uint32_t kRate = (1 << 15) - 1;
  std::mt19937 random(4);
  for (uint32_t flags : {0u, cpu_flags() & kCpuSse4Level, cpu_flags() & kCpuAvx2Level, cpu_flags()}) {
    DspTable<TypeParam> dsp;
    make_dsp_table(flags, dsp);
    std::vector<uint32_t> best(kSquares + 1, ~0u);
    for (uint32_t vector : {3u, 1u, 127u, 5u}) {
      uint32_t grid[kGridParts];
      for (uint32_t& sad : grid) sad = vector == 3 ? 64 * 4095 : static_cast<uint32_t>(random()) % (64 * 4096);
      if (vector == 5) std::fill_n(grid, kGridParts, 0);
      std::vector<uint32_t> wanted = best;
      for (int level = 0; level < 4; level++)
        for (int part = 0, side = 8 >> level; part < kGridParts; part++) {
          if (part / 8 % side || part % 8 % side) continue;
          uint32_t sad = 0;
          for (int y = 0; y < side; y++)
            for (int x = 0; x < side; x++) sad += grid[part + 8 * y + x];
          uint32_t& at = wanted[static_cast<size_t>(square_index(level, part / 8 / side, part % 8 / side))];
          at = std::min(at, ((sad + kRate) << kVectorBits) + vector);
        }
      dsp.sad_grid.offer(grid, kRate, vector, best.data());
      EXPECT_EQ(best, wanted) << vector;
    }
  }
}

TYPED_TEST(SuperblockMotionTest, FindsTheMotionOfHalvesAndSquares) {
  using P = TypeParam;
  constexpr int kDepth = sizeof(P) == 1 ? 8 : 10;
  const PictureFormat format = {.width = 192, .height = 192, .bit_depth = kDepth, .monochrome = true};
  Picture<P> ref(format);
  std::vector<P> noise(192 * 192);
  fill_with_noise(noise, (1 << kDepth) - 1, 3);
  for (int y = 0; y < 192; y++)
    for (int x = 0; x < 192; x++) ref.plane(0).at(x, y) = noise[static_cast<size_t>(y * 192 + x)];
  ref.extend_edges();
  // The superblock at (64, 64): its left half moved by (3, -5), its right half by (-2, 7), in whole samples.
  const auto moved = [](int x) { return x < 32 ? Mv{-5 * 8, 3 * 8} : Mv{7 * 8, -2 * 8}; };
  std::vector<P> src(64 * 64);
  for (int y = 0; y < 64; y++)
    for (int x = 0; x < 64; x++) {
      const Mv mv = moved(x);
      src[static_cast<size_t>(y * 64 + x)] = std::as_const(ref).plane(0).at(64 + x + mv.col / 8, 64 + y + mv.row / 8);
    }
  CoarseMotion coarse;
  coarse.resize(192, 192);
  coarse.mv.fill({});
  for (int r = 4; r < 8; r++)  // within a sample or two of the truth
    for (int c = 4; c < 8; c++) coarse.mv.at(c, r) = c < 6 ? Mv{-4, 4} : Mv{6, -2};
  DspTable<P> dsp;
  make_dsp_table(0, dsp);
  const auto search = [&](uint32_t close) {
    SuperblockMotion found;
    search_superblock_motion<P>({.sad_grid = dsp.sad_grid,
                                 .src = src.data(),
                                 .src_stride = 64,
                                 .ref = std::as_const(ref).plane(0),
                                 .x_px = 64,
                                 .y_px = 64,
                                 .coarse = &coarse,
                                 .lambda = 0.001f,
                                 .rounds = 2,
                                 .close = close,
                                 .halves = true},
                                found);
    return found;
  };
  const SuperblockMotion found = search(0);
  EXPECT_EQ(found.half[HALF_LEFT].mv, moved(0));
  EXPECT_EQ(found.half[HALF_RIGHT].mv, moved(32));
  EXPECT_EQ(found.half[HALF_LEFT].sad, 0u);
  for (int level = 1; level < 4; level++)
    for (int r = 0; r < 1 << level; r++)
      for (int c = 0; c < 1 << level; c++) {
        const SquareMotion& m = found.square[square_index(level, r, c)];
        EXPECT_EQ(m.mv, moved(c * (64 >> level))) << level << ' ' << r << ' ' << c;
        EXPECT_EQ(m.sad, 0u);
      }
  EXPECT_GT(found.square[0].sad, 0u);

  // Where all of it is close enough, the coarse vectors stay; where it is not, steps go on.
  const auto mean = [](const SuperblockMotion& m) { return m.square[0].cost / (64 * 64); };
  EXPECT_NE(search(mean(search(1u << 12)) + 1).half[HALF_LEFT].mv, moved(0));
  EXPECT_EQ(search(mean(found)).half[HALF_LEFT].mv, moved(0));
}

}  // namespace
}  // namespace tessera
