#include "dsp/subpel.h"

#include <cstring>
#include <type_traits>

#include "base/int_math.h"

namespace tessera {
namespace {

constexpr int kStrip = 32;  ///< columns filtered together: the intermediate of a strip stays in the L1 cache
constexpr int kMaxMidRows = kMaxPredictSize + kSubpelBefore + kSubpelAfter;

/// Halves of Subpel_Filters, which are all even: sums over 8-bit samples then fit 16-bit lanes.
constexpr auto kHalfTaps = [] {
  Table3<int16_t, 6, 16, 8> t = {};
  for (int f = 0; f < 6; f++)
    for (int p = 0; p < 16; p++)
      for (int k = 0; k < 8; k++) t[f][p][k] = static_cast<int16_t>(Subpel_Filters[f][p][k] / 2);
  return t;
}();

/// How a sum becomes an output: ( ( ( sum + add0 ) >> shift0 ) + add1 ) >> shift1.
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

/// One direction: `tap_step` is 1 for rows, the stride for columns. Taps: 2, 6 or 8, the middle ones.
template <int Taps, int W, class In, class Out>
void filter_pass(const In* src, ptrdiff_t src_stride, ptrdiff_t tap_step, Out* __restrict dst,
                 ptrdiff_t dst_stride, int h, const int16_t* half_taps, Rounding rounding, int bit_depth) {
  using Sum = std::conditional_t<sizeof(In) == 1, int16_t, int32_t>;
  constexpr int kFirst = (8 - Taps) / 2;
  int16_t taps[Taps];
  std::memcpy(taps, half_taps + kFirst, sizeof(taps));
  const Rounding r = rounding;
  src += (kFirst - kSubpelBefore) * tap_step;
  for (int y = 0; y < h; y++, src += src_stride, dst += dst_stride) {
    for (int x = 0; x < W; x++) {
      Sum sum = static_cast<Sum>(r.add0);
      for (int t = 0; t < Taps; t++) sum = static_cast<Sum>(sum + taps[t] * src[x + t * tap_step]);
      const Sum value = static_cast<Sum>((static_cast<Sum>(sum >> r.shift0) + r.add1) >> r.shift1);
      if constexpr (std::is_same_v<Out, int16_t>)
        dst[x] = static_cast<int16_t>(value);
      else
        dst[x] = clip_pixel<Out>(value, sizeof(Out) == 1 ? 8 : bit_depth);
    }
  }
}

/// One axis of the position.
struct Axis {
  int filter, frac;
  const int16_t* half_taps() const { return kHalfTaps[filter][frac].data(); }
};

template <int W, class In, class Out>
void filter_axis(const In* src, ptrdiff_t src_stride, ptrdiff_t tap_step, Out* dst, ptrdiff_t dst_stride,
                 int h, Axis axis, Rounding rounding, int bit_depth) {
  const auto pass = axis.filter == EIGHTTAP_SHARP ? filter_pass<8, W, In, Out>
                    : axis.filter == BILINEAR     ? filter_pass<2, W, In, Out>
                                                  : filter_pass<6, W, In, Out>;
  pass(src, src_stride, tap_step, dst, dst_stride, h, axis.half_taps(), rounding, bit_depth);
}

/// A strip of W columns; Out is the pixel type (put) or int16_t (prep). A position without a fraction leaves
/// its direction's filter out: 128 * p rounds to p << ( 7 - InterRound0 ) exactly.
template <int W, class P, class Out>
void predict_strip(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int h, Axis x, Axis y,
                   int bit_depth) {
  constexpr bool kPrep = std::is_same_v<Out, int16_t>;
  constexpr int kBias = kPrep ? kPrepBias<P> : 0;
  const int round0 = inter_round0(bit_depth);
  if (x.frac && y.frac) {
    alignas(64) int16_t mid[kMaxMidRows * W];
    filter_axis<W>(src - kSubpelBefore * src_stride, src_stride, 1, mid, W, h + kSubpelBefore + kSubpelAfter,
                   x, round_once(round0), bit_depth);
    filter_axis<W>(mid + kSubpelBefore * W, W, W, dst, dst_stride, h, y,
                   round_once(kPrep ? 7 : 14 - round0, kBias), bit_depth);
  } else if (x.frac) {
    filter_axis<W>(src, src_stride, 1, dst, dst_stride, h, x,
                   kPrep ? round_once(round0, kBias) : round_twice(round0, 7 - round0), bit_depth);
  } else if (y.frac) {
    filter_axis<W>(src, src_stride, src_stride, dst, dst_stride, h, y, round_once(kPrep ? round0 : 7, kBias),
                   bit_depth);
  } else {
    for (int r = 0; r < h; r++, src += src_stride, dst += dst_stride) {
      if constexpr (kPrep) {
        for (int c = 0; c < W; c++) dst[c] = static_cast<int16_t>((src[c] << (7 - round0)) - kBias);
      } else {
        std::memcpy(dst, src, W * sizeof(P));
      }
    }
  }
}

template <class P, class Out>
void predict_block(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h, Axis x,
                   Axis y, int bit_depth) {
  switch (w) {
    case 2:
      return predict_strip<2>(dst, dst_stride, src, src_stride, h, x, y, bit_depth);
    case 4:
      return predict_strip<4>(dst, dst_stride, src, src_stride, h, x, y, bit_depth);
    case 8:
      return predict_strip<8>(dst, dst_stride, src, src_stride, h, x, y, bit_depth);
    case 16:
      return predict_strip<16>(dst, dst_stride, src, src_stride, h, x, y, bit_depth);
    default:
      for (int c = 0; c < w; c += kStrip)
        predict_strip<kStrip>(dst + c, dst_stride, src + c, src_stride, h, x, y, bit_depth);
  }
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
