// How far apart two blocks are: sums of absolute, transformed and squared differences, and the difference itself.
// Tables are indexed by BlockSize. Samples have up to 12 bits (for SATD 10), strides are in elements, nothing need be aligned.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"
#include "spec/enums.h"

namespace tessera {

/// Sum of absolute differences.
template <Pixel P>
using SadFn = uint32_t (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride);
/// Sums of absolute differences of one block and four others of one stride.
template <Pixel P>
using SadX4Fn = void (*)(const P* src, ptrdiff_t src_stride, const P* const ref[4], ptrdiff_t ref_stride,
                         uint32_t out[4]);
/// Least of the sums of absolute differences of an 8x8 block and the kSadRow others of one row that begin at ref, ref + 1 and
/// so on, each with a bias, below 2^16 together in 8 bits: its place in the low 16 bits, the first of equals, the sum above them.
/// Reads kSadRow + 8 samples of every row of ref.
inline constexpr int kSadRow = 16;
template <Pixel P>
using SadRowFn = uint64_t (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, const uint16_t bias[kSadRow]);
/// Sum of absolute Hadamard coefficients of the difference, in 4x4 parts when a side is 4 and in 8x8 parts
/// otherwise, at the scale of an orthonormal transform (a quarter, an eighth of the plain sum, rounded once):
/// for noise it equals the SAD, for whatever a transform compacts it is less.
template <Pixel P>
using SatdFn = uint32_t (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride);
/// Sum of squared differences.
template <Pixel P>
using SseFn = uint64_t (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride);
/// Sum and sum of squares of one block's samples: variance * n^2 = n * sum_squares - sum^2.
template <Pixel P>
using SumSseFn = void (*)(const P* src, ptrdiff_t src_stride, uint32_t* sum, uint64_t* sum_squares);
/// SSE of any w x h from 1 x 1, such as a block that leaves the frame.
template <Pixel P>
using SseWhFn = uint64_t (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, int w, int h);
/// out = src - pred; w is a multiple of 4.
template <Pixel P>
using ResidualFn = void (*)(const P* src, ptrdiff_t src_stride, const P* pred, ptrdiff_t pred_stride, int16_t* out,
                            ptrdiff_t out_stride, int w, int h);

/// Sum of the squares of a residual; w is 4, 8 or a multiple of 16, up to 64.
using EnergyFn = uint64_t (*)(const int16_t* residual, ptrdiff_t stride, int w, int h);

template <Pixel P>
struct DistortionTable {
  Array<SadFn<P>, BLOCK_SIZES> sad;
  Array<SadX4Fn<P>, BLOCK_SIZES> sad_x4;
  SadRowFn<P> sad_row;
  Array<SatdFn<P>, BLOCK_SIZES> satd;
  Array<SseFn<P>, BLOCK_SIZES> sse;
  Array<SumSseFn<P>, BLOCK_SIZES> sum_sse;
  SseWhFn<P> sse_wh;
  ResidualFn<P> residual;
  EnergyFn energy;
};

template <Pixel P>
void bind_distortion_scalar(DistortionTable<P>& table);

extern template void bind_distortion_scalar(DistortionTable<uint8_t>&);
extern template void bind_distortion_scalar(DistortionTable<uint16_t>&);

}  // namespace tessera
