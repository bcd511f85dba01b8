#include "dsp/subpel.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/int_math.h"
#include "dsp/fixed_width.h"

namespace tessera {
namespace {

constexpr int kMaxMidRows = kMaxPredictSize + kSubpelBefore + kSubpelAfter;

/// Halves of Subpel_Filters, which are all even: sums over 8-bit samples then fit 16-bit lanes.
constexpr auto kHalfTaps = [] {
  Table3<int16_t, 6, 16, 8> t = {};
  for (int f = 0; f < 6; f++)
    for (int p = 0; p < 16; p++)
      for (int k = 0; k < 8; k++) t[f][p][k] = static_cast<int16_t>(Subpel_Filters[f][p][k] / 2);
  return t;
}();

/// How a sum becomes an output: ( ( ( sum + add0 ) >> shift0 ) + add1 ) >> shift1. A template argument:
/// shifts by constants let the compiler stay in 16-bit lanes.
struct Rounding {
  int add0, shift0, add1, shift1;
};

/// Round2 by n of the sum with whole taps, which is twice the sum at hand.
constexpr Rounding round_once(int n, int bias = 0) {
  return {1 << (n - 2), n - 1, -bias, 0};
}
constexpr Rounding round_twice(int n, int then) {
  return {1 << (n - 2), n - 1, (1 << then) >> 1, then};
}

/// One direction: `tap_step` is 1 for rows, the stride for columns. Taps: 2, 6 or 8, the middle ones. What
/// comes out fits 16 bits; pixels are clipped in a pass of their own, so that each loop has one lane width.
template <Rounding R, int Taps, int W, class In>
void filter_pass(const In* src, ptrdiff_t src_stride, ptrdiff_t tap_step, int16_t* __restrict dst,
                 ptrdiff_t dst_stride, int h, const int16_t* half_taps) {
  using Sum = std::conditional_t<sizeof(In) == 1, int16_t, int32_t>;
  constexpr int kFirst = (8 - Taps) / 2;
  int16_t taps[Taps];
  std::memcpy(taps, half_taps + kFirst, sizeof(taps));
  src += (kFirst - kSubpelBefore) * tap_step;
  for (int y = 0; y < h; y++, src += src_stride, dst += dst_stride)
    for (int x = 0; x < W; x++) {
      Sum sum = static_cast<Sum>(R.add0);
      for (int t = 0; t < Taps; t++)
        sum = static_cast<Sum>(sum + taps[t] * static_cast<int16_t>(src[x + t * tap_step]));
      dst[x] = static_cast<int16_t>(((sum >> R.shift0) + R.add1) >> R.shift1);
    }
}

/// One axis of the position.
struct Axis {
  int filter, frac;
  const int16_t* half_taps() const { return kHalfTaps[filter][frac].data(); }
};

template <Rounding R, int W, class In>
void filter_axis(const In* src, ptrdiff_t src_stride, ptrdiff_t tap_step, int16_t* dst, ptrdiff_t dst_stride,
                 int h, Axis axis) {
  const auto pass = axis.filter == EIGHTTAP_SHARP ? filter_pass<R, 8, W, In>
                    : axis.filter == BILINEAR     ? filter_pass<R, 2, W, In>
                                                  : filter_pass<R, 6, W, In>;
  pass(src, src_stride, tap_step, dst, dst_stride, h, axis.half_taps());
}

/// A strip of W columns of a prediction with a fraction, not clipped. Where one coordinate has none its
/// filter is left out: 128 * p rounds to p << ( 7 - InterRound0 ) exactly.
template <int Round0, bool Prep, int Bias, int W, class P>
void filter_strip(int16_t* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h, Axis x,
                  Axis y) {
  if (x.frac && y.frac) {
    alignas(64) int16_t mid[kMaxMidRows * W];
    filter_axis<round_once(Round0), W>(src - kSubpelBefore * src_stride, src_stride, 1, mid, W,
                                       h + kSubpelBefore + kSubpelAfter, x);
    filter_axis<round_once(Prep ? 7 : 14 - Round0, Bias), W>(mid + kSubpelBefore * W, W, W, dst, dst_stride,
                                                             h, y);
  } else if (x.frac) {
    filter_axis<Prep ? round_once(Round0, Bias) : round_twice(Round0, 7 - Round0), W>(src, src_stride, 1, dst,
                                                                                      dst_stride, h, x);
  } else {
    filter_axis<round_once(Prep ? Round0 : 7, Bias), W>(src, src_stride, src_stride, dst, dst_stride, h, y);
  }
}

template <int W, Pixel P>
void clip_strip(P* __restrict dst, ptrdiff_t dst_stride, const int16_t* src, int h, int bit_depth) {
  const int16_t top = static_cast<int16_t>((1 << (sizeof(P) == 1 ? 8 : bit_depth)) - 1);
  for (int y = 0; y < h; y++, src += W, dst += dst_stride)
    for (int x = 0; x < W; x++) dst[x] = static_cast<P>(clip3<int16_t>(0, top, src[x]));
}

/// Out is the pixel type (put) or int16_t (prep).
template <int Round0, int W, class P, class Out>
void predict_strip(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h, Axis x, Axis y,
                   int bit_depth) {
  constexpr bool kPrep = std::is_same_v<Out, int16_t>;
  if (x.frac || y.frac) {
    if constexpr (kPrep) {
      filter_strip<Round0, true, kPrepBias<P>, W>(dst, dst_stride, src, src_stride, h, x, y);
    } else {
      alignas(64) int16_t values[kMaxPredictSize * W];
      filter_strip<Round0, false, 0, W>(values, W, src, src_stride, h, x, y);
      clip_strip<W>(dst, dst_stride, values, h, bit_depth);
    }
    return;
  }
  for (int r = 0; r < h; r++, src += src_stride, dst += dst_stride) {
    if constexpr (kPrep) {
      for (int c = 0; c < W; c++) dst[c] = static_cast<int16_t>((src[c] << (7 - Round0)) - kPrepBias<P>);
    } else {
      std::memcpy(dst, src, W * sizeof(P));
    }
  }
}

template <class P, class Out>
void predict_block(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h, Axis x,
                   Axis y, int bit_depth) {
  for_strips(w, [&]<int W>(int x0) {
    if (sizeof(P) == 1 || bit_depth != 12)
      predict_strip<inter_round0(8), W>(dst + x0, dst_stride, src + x0, src_stride, h, x, y, bit_depth);
    else
      predict_strip<inter_round0(12), W>(dst + x0, dst_stride, src + x0, src_stride, h, x, y, bit_depth);
  });
}

/// spec 7.11.3.4: block inter prediction process, single prediction.
template <Pixel P>
void subpel_put_block(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h,
                      int frac_x, int frac_y, int filter_x, int filter_y, int bit_depth) {
  predict_block(dst, dst_stride, src, src_stride, w, h, {filter_x, frac_x}, {filter_y, frac_y}, bit_depth);
}

/// spec 7.11.3.4: block inter prediction process, one of two predictions.
template <Pixel P>
void subpel_prep_block(int16_t* tmp, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x, int frac_y,
                       int filter_x, int filter_y, int bit_depth) {
  predict_block(tmp, w, src, src_stride, w, h, {filter_x, frac_x}, {filter_y, frac_y}, bit_depth);
}

}  // namespace

template <Pixel P>
void bind_subpel_scalar(SubpelTable<P>& table) {
  table = {subpel_put_block<P>, subpel_prep_block<P>};
}

template void bind_subpel_scalar(SubpelTable<uint8_t>&);
template void bind_subpel_scalar(SubpelTable<uint16_t>&);

}  // namespace tessera
