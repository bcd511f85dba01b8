// Known displacements are found, whole and fractional, at any depth and however far the start.
#include <gtest/gtest.h>

#include <cmath>

#include "dsp/dispatch.h"
#include "frame/plane.h"
#include "motion/block_motion.h"
#include "motion/late_motion.h"

namespace tessera {
namespace {

/// A smooth texture that no displacement maps onto itself nearby, sampled at a sub-sample offset.
double texture(double x, double y) {
  return 128 + 40 * std::sin(x * 0.21 + std::sin(y * 0.043) * 3) + 35 * std::cos(y * 0.17 + x * 0.031) + 20 * std::sin((x + 2 * y) * 0.057);
}

template <class P>
class BlockMotionTest : public testing::Test {
 public:
  /// Counts interpolated positions.
  static void count_put(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y, int filter_x,
                        int filter_y, int bit_depth) {
    puts++;
    put(dst, dst_stride, src, src_stride, w, h, frac_x, frac_y, filter_x, filter_y, bit_depth);
  }
  static inline int puts = 0;
  static inline decltype(SubpelTable<P>::put) put = nullptr;
};
using Pixels = testing::Types<uint8_t, uint16_t>;
TYPED_TEST_SUITE(BlockMotionTest, Pixels);

TYPED_TEST(BlockMotionTest, FindsTheDisplacement) {
  using P = TypeParam;
  constexpr int kDepth = sizeof(P) == 1 ? 8 : 10, kW = 192, kH = 128;
  const PictureFormat format = {.width = kW, .height = kH, .bit_depth = kDepth, .monochrome = true};
  DspTable<P> dsp;
  make_dsp_table(0, dsp);
  CdfContext cdfs;
  init_default(cdfs, 100);
  FrameHeader header;
  header.allow_high_precision_mv = true;
  header.force_integer_mv = false;
  MvCostTable rate;
  rate.build(cdfs, MvPrecision(header));
  std::vector<P> room(2 * 32 * 32), expected(32 * 32);
  const Array<P*, 2> scratch = {room.data(), room.data() + 32 * 32};
  for (const Mv mv : {Mv{0, 0}, Mv{8, -16}, Mv{-20, 36}, Mv{-6, 10}, Mv{44, 60}}) {
    Picture<P> ref(format), cur(format);
    for (int y = 0; y < kH; y++)
      for (int x = 0; x < kW; x++) {
        const int scale = 1 << (kDepth - 8);
        ref.plane(0).at(x, y) = static_cast<P>(std::lround(scale * texture(x, y)));
        cur.plane(0).at(x, y) = static_cast<P>(std::lround(scale * texture(x + mv.col / 8.0, y + mv.row / 8.0)));
      }
    ref.extend_edges();
    const BlockMotionQuery<P> query = {.dsp = dsp,
                                       .src = cur.plane(0).ptr(80, 48),
                                       .src_stride = cur.plane(0).stride(),
                                       .ref = std::as_const(ref).plane(0),
                                       .size = BLOCK_32X32,
                                       .x_px = 80,
                                       .y_px = 48,
                                       .pred = {},
                                       .rate = rate,
                                       .lambda = 0.002f,
                                       .bit_depth = kDepth,
                                       .settings = {.satd = true, .subpel_depth = 3, .max_steps = 16}};
    const Mv start[] = {{0, 0}};
    const BlockMotion found = search_block_motion(query, Span<const Mv>(start, 1), scratch);
    EXPECT_NEAR(found.mv.row, mv.row, 2) << mv.row << "," << mv.col;
    EXPECT_NEAR(found.mv.col, mv.col, 2) << mv.row << "," << mv.col;
    // The winner's prediction stays, where one was made.
    const bool fractional = (found.mv.row | found.mv.col) & 7;
    ASSERT_EQ(found.predicted >= 0, fractional);
    if (fractional) {
      dsp.subpel.put(expected.data(), 32, query.ref.ptr(80 + (found.mv.col >> 3), 48 + (found.mv.row >> 3)), query.ref.stride(), 32, 32,
                     (found.mv.col & 7) * 2, (found.mv.row & 7) * 2, EIGHTTAP, EIGHTTAP, kDepth);
      EXPECT_TRUE(std::equal(expected.begin(), expected.end(), scratch[found.predicted])) << mv.row << "," << mv.col;
    }
    // Quarters around what whole samples foresee: nearly as near, with half of the interpolation.
    this->put = dsp.subpel.put;
    int calls[2];
    for (bool foresees : {false, true}) {
      this->puts = 0;
      DspTable<P> counting = dsp;
      counting.subpel.put = this->count_put;
      const BlockMotionQuery<P> quick = {.dsp = counting, .src = query.src, .src_stride = query.src_stride, .ref = query.ref, .size = query.size,
                                         .x_px = 80, .y_px = 48, .pred = {}, .rate = rate, .lambda = 0.002f, .bit_depth = kDepth,
                                         .settings = {.satd = false, .subpel_rounds = 1, .foresees = foresees}};
      const BlockMotion near = search_block_motion(quick, Span<const Mv>(start, 1), scratch);
      EXPECT_NEAR(near.mv.row, mv.row, foresees ? 4 : 2) << mv.row << "," << mv.col << " foresees " << foresees;
      EXPECT_NEAR(near.mv.col, mv.col, foresees ? 4 : 2) << mv.row << "," << mv.col << " foresees " << foresees;
      calls[foresees] = this->puts;
    }
    EXPECT_LE(10 * calls[1], 6 * calls[0]) << mv.row << "," << mv.col;
  }
}

TYPED_TEST(BlockMotionTest, NeverReadsOutsideTheMargins) {
  using P = TypeParam;
  const PictureFormat format = {.width = 64, .height = 64, .bit_depth = 8, .monochrome = true};
  DspTable<P> dsp;
  make_dsp_table(0, dsp);
  Picture<P> ref(format);
  CdfContext cdfs;
  init_default(cdfs, 100);
  MvCostTable rate;
  rate.build(cdfs, MvPrecision(FrameHeader{}));
  const BlockMotionQuery<P> query = {.dsp = dsp, .src = ref.plane(0).data(), .src_stride = ref.plane(0).stride(),
                                     .ref = std::as_const(ref).plane(0), .size = BLOCK_16X16, .x_px = 0, .y_px = 48, .pred = {},
                                     .rate = rate, .lambda = 0, .bit_depth = 8, .settings = {}};
  const int margin = ref.plane(0).margin_x();
  EXPECT_TRUE(mv_in_reach(query, {0, static_cast<int16_t>(-8 * (margin - 3))}));
  EXPECT_FALSE(mv_in_reach(query, {0, static_cast<int16_t>(-8 * (margin - 2))}));
  EXPECT_FALSE(mv_in_reach(query, {static_cast<int16_t>(8 * (margin + 16)), 0}));
}

/// A texture that moves by (kDx, kDy) between two pictures.
class PyramidPan : public testing::Test {
 protected:
  static constexpr int kW = 320, kH = 192, kDx = 22, kDy = -10;
  PyramidPan() {
    Array2d<uint8_t> a(kW, kH), b(kW, kH);
    for (int y = 0; y < kH; y++)
      for (int x = 0; x < kW; x++) {
        a.at(x, y) = static_cast<uint8_t>(std::lround(texture(x, y)));
        b.at(x, y) = static_cast<uint8_t>(std::lround(texture(x + kDx, y + kDy)));
      }
    make_dsp_table(0, dsp);
    build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(a).view(), 8, ref);
    build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(b).view(), 8, cur);
    motion.resize(kW, kH);
  }
  DspTable<uint8_t> dsp;
  LumaPyramid ref, cur;
  CoarseMotion motion;
};

TEST_F(PyramidPan, FindsAPan) {
  search_pyramid(cur, ref, dsp.distortion, {}, motion.rows(0, motion.mv.height()), motion);
  int right = 0, inner = 0;
  for (int r = 2; r < motion.mv.height() - 2; r++)
    for (int c = 2; c < motion.mv.width() - 3; c++) {
      inner++;
      right += std::abs(motion.mv.at(c, r).col - kDx) <= 2 && std::abs(motion.mv.at(c, r).row - kDy) <= 2;
    }
  EXPECT_GE(right * 10, inner * 9) << right << " of " << inner;
}

/// Vectors that are close enough stay where the quarter size picture put them: on multiples of 4 luma samples.
TEST_F(PyramidPan, RefinesWhatIsNotClose) {
  for (const int close : {0, 255}) {
    search_pyramid(cur, ref, dsp.distortion, {.close = close}, motion.rows(0, motion.mv.height()), motion);
    int between = 0;
    for (int r = 0; r < motion.mv.height(); r++)
      for (int c = 0; c < motion.mv.width(); c++) between += motion.mv.at(c, r).row % 4 != 0 || motion.mv.at(c, r).col % 4 != 0;
    EXPECT_EQ(between > 0, close == 0) << between;
  }
}

/// Superblocks know of no others, so the order in which they ask changes nothing; those that do not have no vectors.
TEST_F(PyramidPan, IsFoundLateWhereAskedFor) {
  CoarseMotion whole;
  whole.resize(kW, kH);
  search_pyramid(cur, ref, dsp.distortion, {}, whole.rows(0, whole.mv.height()), whole);
  for (const bool backwards : {false, true}) {
    motion.mv.fill({40, 40});
    const LateMotion late(cur, ref, dsp.distortion, {}, motion);
    for (int i = 1; i < 4; i++) late.find(1, backwards ? 4 - i : i);
    int same = 0, inner = 0;
    for (int r = 0; r < motion.mv.height(); r++)
      for (int c = 0; c < motion.mv.width(); c++) {
        const Mv mv = motion.mv.at(c, r);
        if (r >= 4 && r < 8 && c >= 4 && c < 16) {
          CoarseMotion own;
          own.resize(kW, kH);
          search_pyramid(cur, ref, dsp.distortion, {}, {4, 8, c / 4 * 4, c / 4 * 4 + 4}, own);
          EXPECT_TRUE(mv == own.mv.at(c, r)) << c << " " << r;
          inner++;
          same += mv == whole.mv.at(c, r);
        } else {
          EXPECT_TRUE(mv == Mv{}) << c << " " << r;
        }
      }
    EXPECT_GE(same * 2, inner) << same << " of " << inner;
  }
  LateMotion().find(0, 0);  // none to be found
}

/// Without likeness to itself elsewhere, coarse enough for an eighth of the size.
uint8_t coarse_noise(int x, int y) {
  uint32_t h = static_cast<uint32_t>((x + 4096) / 12) * 2654435761u ^ static_cast<uint32_t>((y + 4096) / 12) * 2246822519u;
  h = (h ^ (h >> 15)) * 2654435761u;
  return static_cast<uint8_t>(h >> 24);
}

/// The part of the blocks, away from the sides, whose vector is { pan_at(x), 0 } but for 2 samples, in pictures of noise that move so.
template <class PanAt>
double part_found(PanAt pan_at) {
  constexpr int kW = 1280, kH = 192;
  DspTable<uint8_t> dsp;
  make_dsp_table(0, dsp);
  Array2d<uint8_t> cur(kW, kH), ref(kW, kH);
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) {
      ref.at(x, y) = coarse_noise(x, y);
      cur.at(x, y) = coarse_noise(x + pan_at(x), y);
    }
  LumaPyramid now, before;
  build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(cur).view(), 8, now);
  build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(ref).view(), 8, before);
  CoarseMotion out;
  out.resize(kW, kH);
  search_pyramid(now, before, dsp.distortion, {}, out.rows(0, out.mv.height()), out);
  int found = 0, inside = 0;
  for (int r = 0; r < out.mv.height(); r++)
    for (int c = 16; c < out.mv.width() - 16; c++) {
      inside++;
      found += std::abs(out.mv.at(c, r).col - pan_at(c * kMotionUnit)) <= 2 && std::abs(out.mv.at(c, r).row) <= 2;
    }
  return static_cast<double>(found) / inside;
}

/// Farther than the exhaustive search reaches: a pan of the whole picture is found where nothing near fits.
TEST(PyramidSearch, FindsFastPans) {
  for (const int pan : {-200, 160, 232}) EXPECT_GT(part_found([&](int) { return pan; }), 0.9) << pan;
}

/// Neighbours of 32 columns that do not move alike, both farther than the exhaustive search reaches.
TEST(PyramidSearch, TellsWhatIsNearFromWhatIsFarInAPan) {
  EXPECT_GT(part_found([](int x) { return x / 32 % 2 ? 168 : 152; }), 0.65);
}

}  // namespace
}  // namespace tessera
