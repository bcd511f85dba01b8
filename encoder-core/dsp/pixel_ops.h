// Streaming passes over whole planes: the luma pyramid and the input layouts that are not planar. Widths and heights
// are those of the destination, any from 1; strides in elements.
#pragma once

#include "dsp/pixel.h"

namespace tessera {

/// dst = mean of 2x2 samples of src, rounded to nearest, as 8 bit.
template <Pixel P>
using HalveFn = void (*)(uint8_t* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w, int h,
                         int bit_depth);
/// first, second = the even and odd samples of src, shifted right (by 0 when P is 8 bit): planes from interleaved chroma.
template <Pixel P>
using SplitPairsFn = void (*)(P* first, P* second, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, int w,
                              int h, int shift);
/// dst = src >> shift: 10-bit samples in high bits to low bits.
using ShiftDownFn = void (*)(uint16_t* dst, ptrdiff_t dst_stride, const uint16_t* src, ptrdiff_t src_stride, int w,
                             int h, int shift);

template <Pixel P>
struct PixelOpsTable {
  HalveFn<P> halve;
  HalveFn<uint8_t> halve8;  ///< for what is already 8 bit, at any P
  SplitPairsFn<P> split_pairs;
  ShiftDownFn shift_down;
};

template <Pixel P>
void bind_pixel_ops_scalar(PixelOpsTable<P>& table);

extern template void bind_pixel_ops_scalar(PixelOpsTable<uint8_t>&);
extern template void bind_pixel_ops_scalar(PixelOpsTable<uint16_t>&);

}  // namespace tessera
