// Warped prediction of 8x8 samples (section 7.11.3.5).
#pragma once

#include "dsp/pixel.h"

namespace tessera {

/// Samples that a warp kernel reads on every side of the position it is given, that one included.
inline constexpr int kWarpReach = 7;

/// spec 7.11.3.6: the two shears that make an affine model, in 1/65536 sample a sample.
struct WarpShear {
  int alpha = 0, beta = 0, gamma = 0, delta = 0;
  constexpr bool operator==(const WarpShear&) const = default;
};
/// Where an 8x8 block's middle lies past an integer position: sx4, sy4 of section 7.11.3.5, 0 .. 65535.
struct WarpFraction {
  int x, y;
};

/// 8x8 pixels around the reference's `src` (columns and rows -7 .. 7 are readable).
template <Pixel P>
using WarpPutFn = void (*)(P* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride,
                           WarpFraction fraction, const WarpShear& shear, int bit_depth);
/// The same at the precision of a compound prediction, less kPrepBias (dsp/subpel.h).
template <Pixel P>
using WarpPrepFn = void (*)(int16_t* tmp, ptrdiff_t tmp_stride, const P* src, ptrdiff_t src_stride,
                            WarpFraction fraction, const WarpShear& shear, int bit_depth);

template <Pixel P>
struct WarpAffineTable {
  WarpPutFn<P> put;
  WarpPrepFn<P> prep;
};

template <Pixel P>
void bind_warp_affine_scalar(WarpAffineTable<P>& table);

extern template void bind_warp_affine_scalar(WarpAffineTable<uint8_t>&);
extern template void bind_warp_affine_scalar(WarpAffineTable<uint16_t>&);

}  // namespace tessera
