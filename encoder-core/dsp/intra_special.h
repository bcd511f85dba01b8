// Chroma from luma (section 7.11.5) and recursive filter intra prediction (7.11.2.3).
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Writes L[ i ][ j ] - lumaAvg of a w x h chroma transform block (4 to 32 each), rows of w, in 1/8 sample.
/// `luma` is the reconstruction at the block's top-left; luma samples at or past luma_w, luma_h (multiples of
/// 4, from there) are replaced by the last ones before.
template <Pixel P>
using CflAcFn = void (*)(int16_t* ac, const P* luma, ptrdiff_t luma_stride, int w, int h, int luma_w,
                         int luma_h);
/// dst = dc + alpha * ac; alpha (CflAlphaU, V) in 1/8, -16 .. 16.
template <Pixel P>
using CflApplyFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* ac, int w, int h, int dc, int alpha,
                            int bit_depth);
/// Edges as for IntraFn; w, h: 4 to 32; filter_mode: filter_intra_mode, 0 .. 4.
template <Pixel P>
using FilterIntraFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                               int filter_mode, int bit_depth);

template <Pixel P>
struct IntraSpecialTable {
  Table2<CflAcFn<P>, 2, 2> cfl_ac;  ///< [ subsampling_x ][ subsampling_y ]; [ 0 ][ 1 ] does not exist (null)
  CflApplyFn<P> cfl_apply;
  FilterIntraFn<P> filter_intra;
};

template <Pixel P>
void bind_intra_special_scalar(IntraSpecialTable<P>& table);

extern template void bind_intra_special_scalar(IntraSpecialTable<uint8_t>&);
extern template void bind_intra_special_scalar(IntraSpecialTable<uint16_t>&);

}  // namespace tessera
