// Affine prediction against literal transcriptions of sections 7.11.3.5 to 7.11.3.8.
#include "block/predict_warp.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>
#include <random>
#include <vector>

#include "base/int_math.h"
#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

template <Pixel P>
struct RefPlane {
  RefPlane(int width, int height, int margin, int bit_depth, bool extreme, std::mt19937& rng)
      : w(width), h(height), pad(margin), samples((w + 2 * pad) * (h + 2 * pad)) {
    const int top = (1 << bit_depth) - 1;
    for (int y = 0; y < h; y++)
      for (int x = 0; x < w; x++) at(x, y) = static_cast<P>(extreme ? (rng() & 1) * top : rng() & top);
    for (int y = -pad; y < h + pad; y++)
      for (int x = -pad; x < w + pad; x++) at(x, y) = clamped(x, y);
  }
  P& at(int x, int y) { return samples[(y + pad) * (w + 2 * pad) + x + pad]; }
  P clamped(int64_t x, int64_t y) {
    return at(static_cast<int>(clip3<int64_t>(0, w - 1, x)), static_cast<int>(clip3<int64_t>(0, h - 1, y)));
  }
  PlaneView<const P> view() { return {&at(0, 0), w + 2 * pad, w, h, pad, pad}; }

  int w, h, pad;
  std::vector<P> samples;
};

struct SpecDivisor {
  int divShift;
  int64_t divFactor;
};
SpecDivisor resolve_divisor(int64_t d) {
  const int64_t magnitude = d < 0 ? -d : d;
  int n = 0;
  while (magnitude >> (n + 1)) n++;
  const int64_t e = magnitude - (int64_t{1} << n);
  const int64_t f = n > 8 ? (e + (int64_t{1} << (n - 8 - 1))) >> (n - 8) : e << (8 - n);
  return {n + 14, d < 0 ? -int64_t{Div_Lut[f]} : int64_t{Div_Lut[f]}};
}
int64_t clip16(int64_t v) {
  return clip3<int64_t>(-32768, 32767, v);
}

bool spec_shear(const WarpParams& warpParams, int64_t& alpha, int64_t& beta, int64_t& gamma, int64_t& delta) {
  const int64_t alpha0 = clip16(warpParams[2] - (1 << 16)), beta0 = clip16(warpParams[3]);
  const auto [divShift, divFactor] = resolve_divisor(warpParams[2]);
  const int64_t v = static_cast<int64_t>(warpParams[4]) * 65536;
  const int64_t gamma0 = clip16(round2_signed(v * divFactor, divShift));
  const int64_t w = static_cast<int64_t>(warpParams[3]) * warpParams[4];
  const int64_t delta0 = clip16(warpParams[5] - round2_signed(w * divFactor, divShift) - (1 << 16));
  alpha = round2_signed(alpha0, 6) * 64, beta = round2_signed(beta0, 6) * 64;
  gamma = round2_signed(gamma0, 6) * 64, delta = round2_signed(delta0, 6) * 64;
  if (4 * std::abs(alpha) + 7 * std::abs(beta) >= 1 << 16) return false;
  return 4 * std::abs(gamma) + 4 * std::abs(delta) < 1 << 16;
}

/// The array pred of section 7.11.3.5 for a whole rectangle.
template <Pixel P>
std::vector<int> spec_warp(RefPlane<P>& ref, const InterRect& rect, const WarpParams& warpParams,
                           bool compound) {
  int64_t alpha, beta, gamma, delta;
  spec_shear(warpParams, alpha, beta, gamma, delta);
  const int round0 = rect.bit_depth == 12 ? 5 : 3, round1 = compound ? 7 : rect.bit_depth == 12 ? 9 : 11;
  std::vector<int> pred(rect.w * rect.h);
  for (int i8 = 0; i8 <= (rect.h - 1) >> 3; i8++)
    for (int j8 = 0; j8 <= (rect.w - 1) >> 3; j8++) {
      const int64_t srcX = (rect.x + j8 * 8 + 4) << rect.sub_x, srcY = (rect.y + i8 * 8 + 4) << rect.sub_y;
      const int64_t dstX = warpParams[2] * srcX + warpParams[3] * srcY + warpParams[0];
      const int64_t dstY = warpParams[4] * srcX + warpParams[5] * srcY + warpParams[1];
      const int64_t x4 = dstX >> rect.sub_x, y4 = dstY >> rect.sub_y;
      const int64_t ix4 = x4 >> 16, sx4 = x4 & 0xffff, iy4 = y4 >> 16, sy4 = y4 & 0xffff;
      int intermediate[15][8];
      for (int i1 = -7; i1 < 8; i1++)
        for (int i2 = -4; i2 < 4; i2++) {
          const int64_t sx = sx4 + alpha * i2 + beta * i1;
          const int64_t offs = round2(sx, 10) + 64;
          int s = 0;
          for (int i3 = 0; i3 < 8; i3++)
            s += Warped_Filters[offs][i3] * ref.clamped(ix4 + i2 - 3 + i3, iy4 + i1);
          intermediate[i1 + 7][i2 + 4] = round2(s, round0);
        }
      for (int i1 = -4; i1 < 4; i1++)
        for (int i2 = -4; i2 < 4; i2++) {
          const int64_t sy = sy4 + gamma * i2 + delta * i1;
          const int64_t offs = round2(sy, 10) + 64;
          int s = 0;
          for (int i3 = 0; i3 < 8; i3++) s += Warped_Filters[offs][i3] * intermediate[i1 + i3 + 4][i2 + 4];
          pred[(i8 * 8 + i1 + 4) * rect.w + j8 * 8 + i2 + 4] = round2(s, round1);
        }
    }
  return pred;
}

int within(std::mt19937& rng, int reach) {
  return static_cast<int>(rng() % (2 * reach + 1)) - reach;
}

template <Pixel P>
void check_warp(int bit_depth, int sub_x, int sub_y, unsigned seed) {
  std::mt19937 rng(seed);
  WarpAffineTable<P> table;
  bind_warp_affine_scalar(table);
  const auto scratch = std::make_unique<InterScratch<P>>();
  int valid = 0;
  for (int trial = 0; trial < 200; trial++) {
    RefPlane<P> ref(96, 80, 16, bit_depth, trial % 2, rng);
    const int reach = trial % 4 < 2 ? 8191 : 500, translation = trial % 3 ? 1 << 20 : 1 << 23;
    const WarpParams params = {within(rng, translation),   within(rng, translation),
                               65536 + within(rng, reach), within(rng, reach),
                               within(rng, reach),         65536 + within(rng, reach)};
    WarpShear shear;
    int64_t alpha, beta, gamma, delta;
    const bool usable = setup_shear(params, shear);
    ASSERT_EQ(usable, spec_shear(params, alpha, beta, gamma, delta));
    ASSERT_TRUE(shear.alpha == alpha && shear.beta == beta && shear.gamma == gamma && shear.delta == delta);
    if (!usable) continue;
    valid++;
    const int w = 8 << rng() % 3, h = 8 << rng() % 3;
    const InterRect rect = {
        static_cast<int>(rng() % 12) * 8, static_cast<int>(rng() % 10) * 8, w, h, sub_x, sub_y, bit_depth};
    const WarpSource<P> source = {ref.view(), params, shear};
    std::vector<P> dst(w * h);
    predict_warp_rect(table, rect, source, *scratch, dst.data(), w);
    const auto single = spec_warp(ref, rect, params, false);
    for (int i = 0; i < w * h; i++)
      ASSERT_EQ(dst[i], clip_pixel<P>(single[i], bit_depth)) << trial << " at " << i;
    std::vector<int16_t> pred(w * h);
    prepare_warp_rect(table, rect, source, *scratch, pred.data());
    const auto compound = spec_warp(ref, rect, params, true);
    for (int i = 0; i < w * h; i++) ASSERT_EQ(pred[i] + kPrepBias<P>, compound[i]) << trial << " at " << i;
  }
  EXPECT_GT(valid, 60);
}

TEST(PredictWarp, RectanglesMatchTheSpecification) {
  check_warp<uint8_t>(8, 0, 0, 1);
  check_warp<uint8_t>(8, 1, 1, 2);
  check_warp<uint16_t>(10, 1, 1, 3);
  check_warp<uint16_t>(10, 1, 0, 4);
  check_warp<uint16_t>(12, 0, 0, 5);
}

TEST(WarpModel, ShearsStandExtremeParameters) {
  std::mt19937 rng(6);
  for (int trial = 0; trial < 20000; trial++) {
    WarpParams params = {
        0, 0, 65536 + within(rng, 60000), within(rng, 60000), within(rng, 60000), 65536 + within(rng, 60000)};
    WarpShear shear;
    int64_t alpha, beta, gamma, delta;
    ASSERT_EQ(setup_shear(params, shear), spec_shear(params, alpha, beta, gamma, delta));
    ASSERT_TRUE(shear.alpha == alpha && shear.beta == beta && shear.gamma == gamma && shear.delta == delta);
  }
}

/// Section 7.11.3.8 with its own names.
bool spec_estimate(const WarpSamples& list, int MiRow, int MiCol, BlockSize MiSize, Mv mv,
                   WarpParams& LocalWarpParams) {
  int64_t A[2][2] = {}, Bx[2] = {}, By[2] = {};
  const int w4 = block_width(MiSize) / 4, h4 = block_height(MiSize) / 4;
  const int midY = MiRow * 4 + h4 * 2 - 1, midX = MiCol * 4 + w4 * 2 - 1;
  const int suy = midY * 8, sux = midX * 8, duy = suy + mv.row, dux = sux + mv.col;
  const auto ls_product = [](int a, int b) { return ((a * b) >> 2) + (a + b); };
  for (int i = 0; i < list.num_samples; i++) {
    const int sy = list.cand_list[i].y - suy, sx = list.cand_list[i].x - sux;
    const int dy = list.cand_list[i].to_y - duy, dx = list.cand_list[i].to_x - dux;
    if (std::abs(sx - dx) < 256 && std::abs(sy - dy) < 256) {
      A[0][0] += ls_product(sx, sx) + 8;
      A[0][1] += ls_product(sx, sy) + 4;
      A[1][1] += ls_product(sy, sy) + 8;
      Bx[0] += ls_product(sx, dx) + 8;
      Bx[1] += ls_product(sy, dx) + 4;
      By[0] += ls_product(sx, dy) + 4;
      By[1] += ls_product(sy, dy) + 8;
    }
  }
  const int64_t det = A[0][0] * A[1][1] - A[0][1] * A[0][1];
  if (det == 0) return false;
  auto [divShift, divFactor] = resolve_divisor(det);
  divShift -= 16;
  if (divShift < 0) {
    divFactor = divFactor * (int64_t{1} << -divShift);
    divShift = 0;
  }
  const auto nondiag = [factor = divFactor, shift = divShift](int64_t v) {
    return static_cast<int>(clip3<int64_t>(-(1 << 13) + 1, (1 << 13) - 1, round2_signed(v * factor, shift)));
  };
  const auto diag = [factor = divFactor, shift = divShift](int64_t v) {
    return static_cast<int>(clip3<int64_t>((1 << 16) - (1 << 13) + 1, (1 << 16) + (1 << 13) - 1,
                                           round2_signed(v * factor, shift)));
  };
  LocalWarpParams[2] = diag(A[1][1] * Bx[0] - A[0][1] * Bx[1]);
  LocalWarpParams[3] = nondiag(-A[0][1] * Bx[0] + A[0][0] * Bx[1]);
  LocalWarpParams[4] = nondiag(A[1][1] * By[0] - A[0][1] * By[1]);
  LocalWarpParams[5] = diag(-A[0][1] * By[0] + A[0][0] * By[1]);
  const int64_t vx = mv.col * (1 << 13) -
                     (int64_t{midX} * (LocalWarpParams[2] - (1 << 16)) + int64_t{midY} * LocalWarpParams[3]);
  const int64_t vy = mv.row * (1 << 13) -
                     (int64_t{midX} * LocalWarpParams[4] + int64_t{midY} * (LocalWarpParams[5] - (1 << 16)));
  LocalWarpParams[0] = static_cast<int>(clip3<int64_t>(-(1 << 23), (1 << 23) - 1, vx));
  LocalWarpParams[1] = static_cast<int>(clip3<int64_t>(-(1 << 23), (1 << 23) - 1, vy));
  return true;
}

TEST(WarpModel, EstimationMatchesTheSpecification) {
  std::mt19937 rng(7);
  int valid = 0, usable = 0;
  for (int trial = 0; trial < 20000; trial++) {
    const BlockSize size = static_cast<BlockSize>(BLOCK_8X8 + rng() % 10);
    const int mi_row = rng() % 500, mi_col = rng() % 500;
    const Mv mv = {static_cast<int16_t>(within(rng, 2000)), static_cast<int16_t>(within(rng, 2000))};
    WarpSamples list;
    list.num_samples = rng() % 9;
    const int spread = trial % 3 == 0 ? 8 : trial % 3 == 1 ? 60 : 400;
    for (int i = 0; i < list.num_samples; i++) {
      WarpSample& s = list.cand_list[i];
      s.y = (mi_row * 4 + within(rng, 64)) * 8, s.x = (mi_col * 4 + within(rng, 64)) * 8;
      s.to_y = s.y + mv.row + within(rng, spread), s.to_x = s.x + mv.col + within(rng, spread);
    }
    WarpParams got = {}, want = {};
    const bool ok = estimate_local_warp(list, mi_row, mi_col, size, mv, got);
    ASSERT_EQ(ok, spec_estimate(list, mi_row, mi_col, size, mv, want));
    if (!ok) continue;
    ASSERT_TRUE(got == want) << trial;
    WarpShear shear;
    valid++, usable += setup_shear(got, shear);
  }
  EXPECT_GT(valid, 15000);
  EXPECT_GT(usable, 10000);
}

TEST(WarpModel, FollowsATranslation) {
  // Neighbours that all move as the block does leave its model a translation.
  WarpSamples list;
  list.num_samples = 4;
  const Mv mv = {24, -40};
  for (int i = 0; i < 4; i++) {
    const int y = (64 + (i & 1) * 13 - 8) * 8, x = (96 + (i >> 1) * 21 - 8) * 8;
    list.cand_list[i] = {y, x, y + mv.row, x + mv.col};
  }
  WarpParams params;
  ASSERT_TRUE(estimate_local_warp(list, 16, 24, BLOCK_16X16, mv, params));
  EXPECT_NEAR(params[2], 65536, 600);
  EXPECT_NEAR(params[5], 65536, 600);
  EXPECT_NEAR(params[3], 0, 600);
  EXPECT_NEAR(params[4], 0, 600);
}

}  // namespace
}  // namespace tessera
