#include "block/predict_warp.h"

#include <algorithm>

namespace tessera {
namespace {

/// Calls kernel( x, y, src, stride, fraction ) for every 8x8 of the rectangle.
template <Pixel P, class Kernel>
void for_each_8x8(const InterRect& rect, const WarpSource<P>& source, InterScratch<P>& scratch,
                  Kernel kernel) {
  const WarpParams& p = source.params;
  constexpr int kFractionMask = (1 << WARPEDMODEL_PREC_BITS) - 1, kWindow = 2 * kWarpReach + 1;
  // Positions this far outside see nothing but the edge: the clamp keeps them in range of int.
  const auto integer = [](int64_t v) {
    return static_cast<int>(std::clamp<int64_t>(v >> WARPEDMODEL_PREC_BITS, -(1 << 20), 1 << 20));
  };
  for (int y = 0; y < rect.h; y += 8)
    for (int x = 0; x < rect.w; x += 8) {
      const int64_t src_x = (rect.x + x + 4) << rect.sub_x, src_y = (rect.y + y + 4) << rect.sub_y;
      const int64_t x4 = (p[2] * src_x + p[3] * src_y + p[0]) >> rect.sub_x;
      const int64_t y4 = (p[4] * src_x + p[5] * src_y + p[1]) >> rect.sub_y;
      const RefSamples<P> samples = reference_samples(source.ref, integer(x4) - kWarpReach,
                                                      integer(y4) - kWarpReach, kWindow, kWindow, scratch);
      kernel(x, y, samples.at + kWarpReach * samples.stride + kWarpReach, samples.stride,
             WarpFraction{static_cast<int>(x4 & kFractionMask), static_cast<int>(y4 & kFractionMask)});
    }
}

}  // namespace

template <Pixel P>
void predict_warp_rect(const WarpAffineTable<P>& table, const InterRect& rect, const WarpSource<P>& source,
                       InterScratch<P>& scratch, P* dst, ptrdiff_t dst_stride) {
  for_each_8x8(
      rect, source, scratch, [&](int x, int y, const P* src, ptrdiff_t stride, WarpFraction fraction) {
        table.put(dst + y * dst_stride + x, dst_stride, src, stride, fraction, source.shear, rect.bit_depth);
      });
}

template <Pixel P>
void prepare_warp_rect(const WarpAffineTable<P>& table, const InterRect& rect, const WarpSource<P>& source,
                       InterScratch<P>& scratch, int16_t* pred) {
  for_each_8x8(
      rect, source, scratch, [&](int x, int y, const P* src, ptrdiff_t stride, WarpFraction fraction) {
        table.prep(pred + y * rect.w + x, rect.w, src, stride, fraction, source.shear, rect.bit_depth);
      });
}

template void predict_warp_rect(const WarpAffineTable<uint8_t>&, const InterRect&, const WarpSource<uint8_t>&,
                                InterScratch<uint8_t>&, uint8_t*, ptrdiff_t);
template void predict_warp_rect(const WarpAffineTable<uint16_t>&, const InterRect&,
                                const WarpSource<uint16_t>&, InterScratch<uint16_t>&, uint16_t*, ptrdiff_t);
template void prepare_warp_rect(const WarpAffineTable<uint8_t>&, const InterRect&, const WarpSource<uint8_t>&,
                                InterScratch<uint8_t>&, int16_t*);
template void prepare_warp_rect(const WarpAffineTable<uint16_t>&, const InterRect&,
                                const WarpSource<uint16_t>&, InterScratch<uint16_t>&, int16_t*);

}  // namespace tessera
