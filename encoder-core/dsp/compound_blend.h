// Blending of two predictions (sections 7.11.3.1, 7.11.3.10, 7.11.3.12, 7.11.3.14). Compound kernels take the
// 16-bit intermediates of subpel prep kernels (rows of w, less kPrepBias), the others pixels.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// dst = average of two compound predictions.
template <Pixel P>
using CompoundAverageFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1,
                                   int w, int h, int bit_depth);
/// The same with weights FwdWeight (of 16) for pred0 and 16 - FwdWeight for pred1.
template <Pixel P>
using CompoundDistanceFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1,
                                    int w, int h, int fwd_weight, int bit_depth);
/// The same with a weight (0 .. 64) of pred0 for each sample. `mask` has luma resolution; which kernel of the
/// table to use says how the plane is subsampled.
template <Pixel P>
using CompoundMaskFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1,
                                int w, int h, const uint8_t* mask, ptrdiff_t mask_stride, int bit_depth);
/// Writes the mask (rows of w) that two luma predictions give; `invert` is mask_type.
using DiffWeightMaskFn = void (*)(uint8_t* mask, const int16_t* pred0, const int16_t* pred1, int w, int h,
                                  bool invert, int bit_depth);
/// dst = ( m * dst + ( 64 - m ) * other ) / 64, with m = mask[ y ][ x ], subsampled as above.
template <Pixel P>
using BlendMaskFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w,
                             int h, const uint8_t* mask, ptrdiff_t mask_stride);
/// The same with a mask of one dimension: m = mask[ y ] (rows, overlap from above) or mask[ x ] (columns,
/// from left). Masks are those of overlapped prediction: weights of 33 .. 64; up to 32 rows or columns, 64 along the edge.
template <Pixel P>
using BlendEdgeFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w,
                             int h, const uint8_t* mask);

/// Index of a mask kernel for a plane.
enum MaskSubsampling : uint8_t { kMask444, kMask422, kMask420, kMaskSubsamplings };
constexpr MaskSubsampling mask_subsampling(int sub_x, int sub_y) {
  return !sub_x ? kMask444 : sub_y ? kMask420 : kMask422;
}

template <Pixel P>
struct CompoundBlendTable {
  CompoundAverageFn<P> average;
  CompoundDistanceFn<P> distance;
  Array<CompoundMaskFn<P>, kMaskSubsamplings> mask;
  DiffWeightMaskFn diff_weight_mask;
  Array<BlendMaskFn<P>, kMaskSubsamplings> blend_mask;
  BlendEdgeFn<P> blend_rows, blend_columns;
};

template <Pixel P>
void bind_compound_blend_scalar(CompoundBlendTable<P>& table);

extern template void bind_compound_blend_scalar(CompoundBlendTable<uint8_t>&);
extern template void bind_compound_blend_scalar(CompoundBlendTable<uint16_t>&);

}  // namespace tessera
