// Loop restoration of a block (section 7.17) and the sums that its choice needs. Kernels read 16-bit samples from a tile
// that the caller has put together, border included. Samples have up to 12 bits.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Samples around a block that its filters look at.
inline constexpr int kRestorationBorder = 3;
/// Most columns and rows of a block.
inline constexpr int kRestorationBlock = 64;
/// Elements between rows of tiles, of box sums and of what box filters give.
inline constexpr ptrdiff_t kRestorationStride = 80;

/// Coded taps of a separable filter: [ 0 ] vertical, [ 1 ] horizontal, from the outermost inwards.
using WienerTaps = Table2<int8_t, 2, 3>;

/// spec 7.17.4: Wiener filter process. In all kernels `width` is a multiple of 8.
template <Pixel P>
using WienerFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* src, const WienerTaps& taps, int width, int height, int bit_depth);

/// Sums of the boxes around each sample, from one row and column before the block to one after it.
struct BoxSums {
  static constexpr int kLeft = 8;  ///< columns before the block: the border, aligned
  alignas(64) int32_t squares[(kRestorationBlock + 2) * kRestorationStride];
  alignas(64) int32_t samples[(kRestorationBlock + 2) * kRestorationStride];

  static constexpr ptrdiff_t at(int x, int y) { return (y + 1) * kRestorationStride + kLeft + x; }
};
/// spec 7.17.3: the sums a and b of all boxes with sides of 2 * radius + 1; for radius 2 only those of odd rows.
using BoxSumsFn = void (*)(BoxSums& sums, const int16_t* src, int radius, int width, int height);
/// spec 7.17.3: box filter process from these sums: F - ( src << SGRPROJ_RST_BITS ), `eps` as in Sgr_Params.
using BoxFilterFn = void (*)(int16_t* differences, const BoxSums& sums, const int16_t* src, int radius, int eps, int width, int height,
                             int bit_depth);
/// spec 7.17.2: what the self guided filter process makes of two box filters' differences, weighted w0 and w2.
template <Pixel P>
using SelfGuidedFn = void (*)(P* dst, ptrdiff_t dst_stride, const int16_t* src, const int16_t* const (&differences)[2], int w0, int w2,
                              int width, int height, int bit_depth);

/// What a separable, symmetric filter can move a sample by is linear in 15 values: sums of the samples at ( +-x, +-y ), less
/// as many times the sample itself; value 4 * y + x, x and y from 0 to 3. In place of value 0, which is always 0: how far the
/// source is from the sample.
inline constexpr int kWienerValues = 16;
/// Sums of the products of any two of them; row >= column is kept.
using WienerSums = Table2<int64_t, kWienerValues, kWienerValues>;
/// Adds rows 0, step, 2 * step ... of a block. `reach`: 3, or 2 where only values with x, y <= 2 are needed.
template <Pixel P>
using WienerSumsFn = void (*)(WienerSums& sums, const int16_t* src, const P* source, ptrdiff_t source_stride, int reach, int step, int width,
                              int height);

/// Products of the two box filters' differences and of how far the source is (times 16), for a least-squares fit.
struct ProjectionSums {
  int64_t d00 = 0, d01 = 0, d11 = 0, s0 = 0, s1 = 0;
};
template <Pixel P>
using ProjectionSumsFn = void (*)(ProjectionSums& sums, const int16_t* src, const int16_t* const (&differences)[2], const P* source,
                                  ptrdiff_t source_stride, int width, int height);

template <Pixel P>
struct RestorationTable {
  WienerFn<P> wiener;
  BoxSumsFn box_sums;
  BoxFilterFn box_filter;
  SelfGuidedFn<P> self_guided;
  WienerSumsFn<P> wiener_sums;
  ProjectionSumsFn<P> projection_sums;
};

template <Pixel P>
void bind_restoration_scalar(RestorationTable<P>& table);

extern template void bind_restoration_scalar(RestorationTable<uint8_t>&);
extern template void bind_restoration_scalar(RestorationTable<uint16_t>&);

}  // namespace tessera
