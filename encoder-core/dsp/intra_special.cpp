#include "dsp/intra_special.h"

#include <algorithm>
#include <bit>

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

/// spec 7.11.2.3: recursive intra prediction process.
template <Pixel P>
void filter_intra_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                        int filter_mode, int bit_depth) {
  const auto& taps = Intra_Filter_Taps[filter_mode];
  for (int y = 0; y < h; y += 2, dst += 2 * dst_stride) {
    const P* top = y ? dst - dst_stride : above;
    for (int x = 0; x < w; x += 4) {
      int p[7];
      p[0] = x || !y ? top[x - 1] : left[y - 1];
      for (int i = 1; i < 5; i++) p[i] = top[x + i - 1];
      p[5] = x ? dst[x - 1] : left[y];
      p[6] = x ? dst[dst_stride + x - 1] : left[y + 1];
      for (int k = 0; k < 8; k++) {
        int sum = 0;
        for (int i = 0; i < 7; i++) sum += taps[k][i] * p[i];
        dst[(k >> 2) * dst_stride + x + (k & 3)] = clip_pixel<P>(round2_signed(sum, 4), bit_depth);
      }
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
