#include "block/warp_model.h"

#include <cstdlib>

#include "base/int_math.h"
#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kOne = 1 << WARPEDMODEL_PREC_BITS;

/// Division by d as a multiplication by `factor` and a shift.
struct Divisor {
  int shift;
  int64_t factor;
};

/// spec 7.11.3.7: resolve divisor process, d not 0.
Divisor resolve_divisor(int64_t d) {
  constexpr int DIV_LUT_BITS = 8, DIV_LUT_PREC_BITS = 14;
  const uint64_t magnitude = static_cast<uint64_t>(d < 0 ? -d : d);
  const int n = 63 - std::countl_zero(magnitude);
  const int64_t e = static_cast<int64_t>(magnitude - (uint64_t{1} << n));
  const int64_t f = n > DIV_LUT_BITS ? round2(e, n - DIV_LUT_BITS) : e << (DIV_LUT_BITS - n);
  const int factor = Div_Lut[f];
  return {n + DIV_LUT_PREC_BITS, d < 0 ? -factor : factor};
}

int clamp16(int64_t v) {
  return static_cast<int>(clip3<int64_t>(-32768, 32767, v));
}

/// spec 7.11.3.8: ls_product( a, b ).
int ls_product(int a, int b) {
  return ((a * b) >> 2) + (a + b);
}

}  // namespace

bool setup_shear(const WarpParams& params, WarpShear& shear) {
  if (params[2] <= 0) return false;  // no such model is coded; the division below would not stand for it
  const Divisor divisor = resolve_divisor(params[2]);
  const int alpha0 = clamp16(params[2] - kOne), beta0 = clamp16(params[3]);
  const int64_t v = static_cast<int64_t>(params[4]) * kOne;
  const int gamma0 = clamp16(round2_signed(v * divisor.factor, divisor.shift));
  const int64_t w = static_cast<int64_t>(params[3]) * params[4];
  const int delta0 = clamp16(params[5] - round2_signed(w * divisor.factor, divisor.shift) - kOne);

  constexpr int WARP_PARAM_REDUCE_BITS = 6;
  const auto reduce = [](int x) {
    return round2_signed(x, WARP_PARAM_REDUCE_BITS) * (1 << WARP_PARAM_REDUCE_BITS);
  };
  shear = {reduce(alpha0), reduce(beta0), reduce(gamma0), reduce(delta0)};
  return 4 * std::abs(shear.alpha) + 7 * std::abs(shear.beta) < kOne &&
         4 * std::abs(shear.gamma) + 4 * std::abs(shear.delta) < kOne;
}

bool estimate_local_warp(const WarpSamples& samples, int mi_row, int mi_col, BlockSize size, Mv mv,
                         WarpParams& params) {
  constexpr int LS_MV_MAX = 256, WARPEDMODEL_TRANS_CLAMP = 1 << 23, WARPEDMODEL_NONDIAGAFFINE_CLAMP = 1 << 13;
  int64_t a00 = 0, a01 = 0, a11 = 0, bx0 = 0, bx1 = 0, by0 = 0, by1 = 0;  // A, Bx, By
  const int mid_y = mi_row * MI_SIZE + block_height(size) / 2 - 1,
            mid_x = mi_col * MI_SIZE + block_width(size) / 2 - 1;
  const int suy = mid_y * 8, sux = mid_x * 8, duy = suy + mv.row, dux = sux + mv.col;
  for (int i = 0; i < samples.num_samples; i++) {
    const WarpSample& c = samples.cand_list[i];
    const int sy = c.y - suy, sx = c.x - sux, dy = c.to_y - duy, dx = c.to_x - dux;
    if (std::abs(sx - dx) >= LS_MV_MAX || std::abs(sy - dy) >= LS_MV_MAX) continue;
    a00 += ls_product(sx, sx) + 8;
    a01 += ls_product(sx, sy) + 4;
    a11 += ls_product(sy, sy) + 8;
    bx0 += ls_product(sx, dx) + 8;
    bx1 += ls_product(sy, dx) + 4;
    by0 += ls_product(sx, dy) + 4;
    by1 += ls_product(sy, dy) + 8;
  }
  const int64_t det = a00 * a11 - a01 * a01;
  if (det == 0) return false;

  Divisor divisor = resolve_divisor(det);
  divisor.shift -= WARPEDMODEL_PREC_BITS;
  if (divisor.shift < 0) {
    divisor.factor *= int64_t{1} << -divisor.shift;
    divisor.shift = 0;
  }
  const auto divide = [&](int64_t v, int centre) {
    constexpr int kReach = WARPEDMODEL_NONDIAGAFFINE_CLAMP - 1;
    return static_cast<int>(
        clip3<int64_t>(centre - kReach, centre + kReach, round2_signed(v * divisor.factor, divisor.shift)));
  };
  params[2] = divide(a11 * bx0 - a01 * bx1, kOne);
  params[3] = divide(-a01 * bx0 + a00 * bx1, 0);
  params[4] = divide(a11 * by0 - a01 * by1, 0);
  params[5] = divide(-a01 * by0 + a00 * by1, kOne);

  const int64_t vx =
      mv.col * (kOne >> 3) - (int64_t{mid_x} * (params[2] - kOne) + int64_t{mid_y} * params[3]);
  const int64_t vy =
      mv.row * (kOne >> 3) - (int64_t{mid_x} * params[4] + int64_t{mid_y} * (params[5] - kOne));
  const auto clamp_translation = [](int64_t v) {
    return static_cast<int>(clip3<int64_t>(-WARPEDMODEL_TRANS_CLAMP, WARPEDMODEL_TRANS_CLAMP - 1, v));
  };
  params[0] = clamp_translation(vx);
  params[1] = clamp_translation(vy);
  return true;
}

}  // namespace tessera
