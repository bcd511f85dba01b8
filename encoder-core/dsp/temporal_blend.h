// Weighted means of one picture and motion-compensated others: what the temporal filter adds up. Cells of 2x2 samples count the
// less the further they and the eight cells around them are from the centre picture's.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Largest side of a blended block.
inline constexpr int kMaxTemporalBlock = 32;
/// Samples on a side of what has one weight.
inline constexpr int kTemporalCell = 2;
/// Weight of the centre picture's own sample, and the largest of any other.
inline constexpr int kTemporalUnit = 256;
/// Entries of the weight table: exp(-i / 16) until it has all but vanished.
inline constexpr int kTemporalWeights = 7 * 16;
/// Fraction bits of TemporalWeight::scale and base.
inline constexpr int kTemporalScaleBits = 20;

/// From squared error to weight: weight = exp(-((window * scale + base) >> 20) / 16) * factor / 256, where `window`
/// is the sum of squared differences over the 6x6 samples of 3x3 cells.
struct TemporalWeight {
  uint32_t scale = 0;   ///< per unit of the window's sum
  uint32_t base = 0;    ///< of the whole block
  uint32_t limit = 0;   ///< window sums are cut here, so that window * scale + base fits 32 bits
  uint32_t factor = kTemporalUnit;
};

/// Adds weight * pred to sum, sample by sample, and weight to count, cell by cell. w: 8, 16 or 32, h: 4 to 32, both even; sum and count
/// have rows of kMaxTemporalBlock. The window is cut at the block's edges, where the outermost cells repeat.
template <Pixel P>
using TemporalBlendFn = void (*)(const P* src, ptrdiff_t src_stride, const P* pred, ptrdiff_t pred_stride, int w, int h,
                                 const TemporalWeight& weight, uint32_t* sum, uint32_t* count);
/// dst = sum / count of its cell, rounded.
template <Pixel P>
using TemporalMeanFn = void (*)(const uint32_t* sum, const uint32_t* count, int w, int h, P* dst, ptrdiff_t dst_stride);
/// Noise by the Laplacian over samples that are no edges, of rows 1 .. h - 2 in steps of `row_step`: sum of its
/// absolute values at 8-bit scale, and the number of samples in it.
template <Pixel P>
using NoiseFn = void (*)(const P* src, ptrdiff_t src_stride, int w, int h, int row_step, int bit_depth, uint64_t* sum,
                         uint64_t* count);

template <Pixel P>
struct TemporalTable {
  TemporalBlendFn<P> blend;
  TemporalMeanFn<P> mean;
  NoiseFn<P> noise;
};

template <Pixel P>
void bind_temporal_scalar(TemporalTable<P>& table);

extern template void bind_temporal_scalar(TemporalTable<uint8_t>&);
extern template void bind_temporal_scalar(TemporalTable<uint16_t>&);

}  // namespace tessera
