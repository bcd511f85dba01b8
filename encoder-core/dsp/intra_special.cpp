#include "dsp/intra_special.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <type_traits>

#include "base/int_math.h"
#include "dsp/fixed_width.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// spec 7.11.5: the arrays L and lumaAvg.
template <Pixel P, int SubX, int SubY>
void cfl_ac_block(int16_t* __restrict ac, const P* luma, ptrdiff_t luma_stride, int w, int h, int luma_w,
                  int luma_h) {
  const int valid_w = std::min(w, luma_w >> SubX), valid_h = std::min(h, luma_h >> SubY);
  int16_t* row = ac;
  for (int y = 0; y < valid_h; y++, row += w, luma += luma_stride << SubY) {
    for (int x = 0; x < valid_w; x++) {
      int t = luma[x << SubX];
      if constexpr (SubX) t += luma[2 * x + 1];
      if constexpr (SubY) t += luma[luma_stride + 2 * x] + luma[luma_stride + 2 * x + 1];
      row[x] = static_cast<int16_t>(t << (3 - SubX - SubY));
    }
    std::fill(row + valid_w, row + w, row[valid_w - 1]);
  }
  for (; row < ac + w * h; row += w) std::copy_n(row - w, w, row);
  int sum = 0;
  for (int i = 0; i < w * h; i++) sum += ac[i];
  const int average = round2(sum, std::countr_zero(static_cast<unsigned>(w * h)));
  for (int i = 0; i < w * h; i++) ac[i] = static_cast<int16_t>(ac[i] - average);
}

/// spec 7.11.5: the predicted chroma samples.
template <Pixel P>
void cfl_apply_block(P* __restrict dst, ptrdiff_t dst_stride, const int16_t* ac, int w, int h, int dc,
                     int alpha, int bit_depth) {
  const int16_t top = static_cast<int16_t>((1 << (sizeof(P) == 1 ? 8 : bit_depth)) - 1);
  for_strips(w, [&]<int W>(int x0) {
    for (int y = 0; y < h; y++) {
      int16_t row[W];  // at most 16 * 32760 / 64 + dc
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) {
        const int product = alpha * ac[y * w + x0 + x];
        row[x] = static_cast<int16_t>(dc + ((product + 32 + (product >> 31)) >> 6));  // halves away from zero
      }
      P* out = dst + y * dst_stride + x0;
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) out[x] = static_cast<P>(clip3<int16_t>(0, top, row[x]));
    }
  });
}

constexpr int INTRA_FILTER_MODES = 5;

/// Intra_Filter_Taps by input, so that the eight samples of a 4x2 unit lie side by side.
constexpr auto kFilterTaps = [] {
  Table3<int16_t, INTRA_FILTER_MODES, 7, 8> by_input = {};
  for (int mode = 0; mode < INTRA_FILTER_MODES; mode++)
    for (int i = 0; i < 7; i++)
      for (int k = 0; k < 8; k++) by_input[mode][i][k] = Intra_Filter_Taps[mode][k][i];
  return by_input;
}();

/// spec 7.11.2.3: recursive intra prediction process.
template <Pixel P>
void filter_intra_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                        int filter_mode, int bit_depth) {
  using Sum = std::conditional_t<sizeof(P) == 1, int16_t, int32_t>;
  const auto& taps = kFilterTaps[filter_mode];
  const Sum top_value = static_cast<Sum>((1 << bit_depth) - 1);
  for (int y = 0; y < h; y += 2, dst += 2 * dst_stride) {
    const P* top = y ? dst - dst_stride : above;
    for (int x = 0; x < w; x += 4) {
      const P p[7] = {x || !y ? top[x - 1] : left[y - 1], top[x], top[x + 1], top[x + 2], top[x + 3],
                      x ? dst[x - 1] : left[y], x ? dst[dst_stride + x - 1] : left[y + 1]};
      // Sums that are negative are clipped, so that halves may round either way.
      Sum sum[8] = {8, 8, 8, 8, 8, 8, 8, 8};
      for (int i = 0; i < 7; i++)
        for (int k = 0; k < 8; k++) sum[k] = static_cast<Sum>(sum[k] + taps[i][k] * p[i]);
      P unit[8];
      for (int k = 0; k < 8; k++) unit[k] = static_cast<P>(clip3<Sum>(0, top_value, static_cast<Sum>(sum[k] >> 4)));
      std::memcpy(dst + x, unit, 4 * sizeof(P));
      std::memcpy(dst + dst_stride + x, unit + 4, 4 * sizeof(P));
    }
  }
}

}  // namespace

template <Pixel P>
void bind_intra_special_scalar(IntraSpecialTable<P>& table) {
  table.cfl_ac[0] = {cfl_ac_block<P, 0, 0>, nullptr};
  table.cfl_ac[1] = {cfl_ac_block<P, 1, 0>, cfl_ac_block<P, 1, 1>};
  table.cfl_apply = cfl_apply_block<P>;
  table.filter_intra = filter_intra_block<P>;
}

template void bind_intra_special_scalar(IntraSpecialTable<uint8_t>&);
template void bind_intra_special_scalar(IntraSpecialTable<uint16_t>&);

}  // namespace tessera
