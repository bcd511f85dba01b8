#include "dsp/warp_affine.h"

#include <type_traits>

#include "base/int_math.h"
#include "dsp/subpel.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

constexpr int kSide = 8, kMidRows = 15;

/// The taps at a position in 1/65536 sample, from -1 to 2.
const int16_t* warp_taps(int position) {
  constexpr int WARPEDDIFF_PREC_BITS = 10, WARPEDPIXEL_PREC_SHIFTS = 64;
  return Warped_Filters[round2(position, WARPEDDIFF_PREC_BITS) + WARPEDPIXEL_PREC_SHIFTS].data();
}

/// spec 7.11.3.5: block warp process. Out is the pixel type (put) or int16_t (prep).
template <Pixel P, class Out>
void warp_block(Out* dst, ptrdiff_t dst_stride, const P* src, ptrdiff_t src_stride, WarpFraction fraction,
                const WarpShear& shear, int bit_depth) {
  constexpr bool kPrep = std::is_same_v<Out, int16_t>;
  const int round0 = inter_round0(bit_depth), round1 = kPrep ? 7 : 14 - round0;
  int16_t mid[kMidRows][kSide];
  src -= kWarpReach * src_stride + kWarpReach;
  for (int y = 0; y < kMidRows; y++, src += src_stride)
    for (int x = 0; x < kSide; x++) {
      const int16_t* taps = warp_taps(fraction.x + shear.alpha * (x - 4) + shear.beta * (y - 7));
      int sum = 0;
      for (int t = 0; t < 8; t++) sum += taps[t] * src[x + t];
      mid[y][x] = static_cast<int16_t>(round2(sum, round0));
    }
  for (int y = 0; y < kSide; y++, dst += dst_stride)
    for (int x = 0; x < kSide; x++) {
      const int16_t* taps = warp_taps(fraction.y + shear.gamma * (x - 4) + shear.delta * (y - 4));
      int sum = 0;
      for (int t = 0; t < 8; t++) sum += taps[t] * mid[y + t][x];
      if constexpr (kPrep)
        dst[x] = static_cast<int16_t>(round2(sum, round1) - kPrepBias<P>);
      else
        dst[x] = clip_pixel<P>(round2(sum, round1), bit_depth);
    }
}

}  // namespace

template <Pixel P>
void bind_warp_affine_scalar(WarpAffineTable<P>& table) {
  table = {warp_block<P, P>, warp_block<P, int16_t>};
}

template void bind_warp_affine_scalar(WarpAffineTable<uint8_t>&);
template void bind_warp_affine_scalar(WarpAffineTable<uint16_t>&);

}  // namespace tessera
