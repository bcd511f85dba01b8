// Inter prediction of a rectangle at a fixed sub-sample position: the unscaled case of section 7.11.3.4. Put
// kernels write pixels, prep kernels the 16-bit intermediate that compound blends take
// (dsp/compound_blend.h).
#pragma once

#include "dsp/pixel.h"
#include "spec/filter_tables.h"

namespace tessera {

/// Largest side of a predicted rectangle, in samples.
inline constexpr int kMaxPredictSize = 128;
/// Taps to the left of (above) the integer position, and to the right of (below) it.
inline constexpr int kSubpelBefore = 3, kSubpelAfter = 4;

/// Subtracted from what prep kernels write, so that the extremes of 10 and 12 bit fit 16 bits. Blends add it
/// back.
template <Pixel P>
inline constexpr int kPrepBias = sizeof(P) == 1 ? 0 : 8192;

/// spec 7.11.3.2: InterRound0; InterRound1 is 14 less this for a single prediction and 7 for a compound one,
/// where InterPostRound is 7 less this.
constexpr int inter_round0(int bit_depth) {
  return bit_depth == 12 ? 5 : 3;
}
constexpr int inter_post_round(int bit_depth) {
  return 7 - inter_round0(bit_depth);
}

/// spec 7.11.3.4: row of Subpel_Filters for a side of `size` samples.
constexpr int subpel_filter_index(InterpFilter filter, int size) {
  if (size > 4 || filter == BILINEAR) return filter;
  return filter == EIGHTTAP_SMOOTH ? 5 : 4;
}

/// w x h pixels (w, h: 2 to 128, w a power of two) from the reference at `src` + (frac_x, frac_y) / 16.
/// filter_*: rows of Subpel_Filters. Columns -3 .. w + 3 and rows -3 .. h + 3 of `src` are readable; dst and
/// src are disjoint.
template <Pixel P>
using SubpelPutFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h,
                             int frac_x, int frac_y, int filter_x, int filter_y, int bit_depth);
/// The same at the precision of a compound prediction, less kPrepBias, into `tmp` with rows of w.
template <Pixel P>
using SubpelPrepFn = void (*)(int16_t* tmp, const P* src, ptrdiff_t src_stride, int w, int h, int frac_x,
                              int frac_y, int filter_x, int filter_y, int bit_depth);

template <Pixel P>
struct SubpelTable {
  SubpelPutFn<P> put;
  SubpelPrepFn<P> prep;
};

template <Pixel P>
void bind_subpel_scalar(SubpelTable<P>& table);

extern template void bind_subpel_scalar(SubpelTable<uint8_t>&);
extern template void bind_subpel_scalar(SubpelTable<uint16_t>&);

}  // namespace tessera
