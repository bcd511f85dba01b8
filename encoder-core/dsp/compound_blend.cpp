#include "dsp/compound_blend.h"

#include <cstdlib>

#include "base/int_math.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

template <Pixel P>
P to_pixel(int value, int bit_depth) {
  return clip_pixel<P>(value, sizeof(P) == 1 ? 8 : bit_depth);
}

/// spec 7.11.3.1: COMPOUND_AVERAGE.
template <Pixel P>
void compound_average_block(P* __restrict dst, ptrdiff_t dst_stride, const int16_t* pred0,
                            const int16_t* pred1, int w, int h, int bit_depth) {
  const int shift = 1 + inter_post_round(bit_depth);
  const int add = 2 * kPrepBias<P> + ((1 << shift) >> 1);
  for (int y = 0; y < h; y++, dst += dst_stride, pred0 += w, pred1 += w)
    for (int x = 0; x < w; x++) dst[x] = to_pixel<P>((pred0[x] + pred1[x] + add) >> shift, bit_depth);
}

/// spec 7.11.3.1: COMPOUND_DISTANCE.
template <Pixel P>
void compound_distance_block(P* __restrict dst, ptrdiff_t dst_stride, const int16_t* pred0,
                             const int16_t* pred1, int w, int h, int fwd_weight, int bit_depth) {
  const int shift = 4 + inter_post_round(bit_depth);
  const int add = 16 * kPrepBias<P> + ((1 << shift) >> 1);
  const int16_t fwd = static_cast<int16_t>(fwd_weight), bck = static_cast<int16_t>(16 - fwd_weight);
  for (int y = 0; y < h; y++, dst += dst_stride, pred0 += w, pred1 += w)
    for (int x = 0; x < w; x++)
      dst[x] = to_pixel<P>((fwd * pred0[x] + bck * pred1[x] + add) >> shift, bit_depth);
}

/// The weight of a sample, from the mask at luma resolution.
template <int SubX, int SubY>
int mask_weight(const uint8_t* mask, ptrdiff_t stride, int x) {
  if constexpr (!SubX)
    return mask[x];
  else if constexpr (!SubY)
    return (mask[2 * x] + mask[2 * x + 1] + 1) >> 1;
  else
    return (mask[2 * x] + mask[2 * x + 1] + mask[stride + 2 * x] + mask[stride + 2 * x + 1] + 2) >> 2;
}

/// spec 7.11.3.14: mask blend process, compound.
template <Pixel P, int SubX, int SubY>
void compound_mask_block(P* __restrict dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1,
                         int w, int h, const uint8_t* mask, ptrdiff_t mask_stride, int bit_depth) {
  const int shift = 6 + inter_post_round(bit_depth);
  const int add = 64 * kPrepBias<P> + ((1 << shift) >> 1);
  for (int y = 0; y < h; y++, dst += dst_stride, pred0 += w, pred1 += w, mask += mask_stride << SubY)
    for (int x = 0; x < w; x++) {
      const int m = mask_weight<SubX, SubY>(mask, mask_stride, x);
      dst[x] = to_pixel<P>((m * pred0[x] + (64 - m) * pred1[x] + add) >> shift, bit_depth);
    }
}

/// spec 7.11.3.12: difference weight mask process.
void diff_weight_mask_block(uint8_t* __restrict mask, const int16_t* pred0, const int16_t* pred1, int w,
                            int h, bool invert, int bit_depth) {
  const int shift = bit_depth - 8 + inter_post_round(bit_depth);
  for (int i = 0; i < w * h; i++) {
    const int diff = round2(std::abs(pred0[i] - pred1[i]), shift);
    const int m = std::min(64, 38 + diff / 16);
    mask[i] = static_cast<uint8_t>(invert ? 64 - m : m);
  }
}

/// spec 7.11.3.14: mask blend process, inter-intra.
template <Pixel P, int SubX, int SubY>
void blend_mask_block(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                      const uint8_t* mask, ptrdiff_t mask_stride) {
  for (int y = 0; y < h; y++, dst += dst_stride, other += other_stride, mask += mask_stride << SubY)
    for (int x = 0; x < w; x++) {
      const int m = mask_weight<SubX, SubY>(mask, mask_stride, x);
      dst[x] = static_cast<P>((m * dst[x] + (64 - m) * other[x] + 32) >> 6);
    }
}

/// spec 7.11.3.10: overlap blending process, from above.
template <Pixel P>
void blend_rows_edge(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                     const uint8_t* mask) {
  for (int y = 0; y < h; y++, dst += dst_stride, other += other_stride) {
    const int m = mask[y];
    for (int x = 0; x < w; x++) dst[x] = static_cast<P>((m * dst[x] + (64 - m) * other[x] + 32) >> 6);
  }
}

/// spec 7.11.3.10: overlap blending process, from the left.
template <Pixel P>
void blend_columns_edge(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                        const uint8_t* mask) {
  for (int y = 0; y < h; y++, dst += dst_stride, other += other_stride)
    for (int x = 0; x < w; x++) {
      const int m = mask[x];
      dst[x] = static_cast<P>((m * dst[x] + (64 - m) * other[x] + 32) >> 6);
    }
}

}  // namespace

template <Pixel P>
void bind_compound_blend_scalar(CompoundBlendTable<P>& table) {
  table.average = compound_average_block<P>;
  table.distance = compound_distance_block<P>;
  table.mask = {compound_mask_block<P, 0, 0>, compound_mask_block<P, 1, 0>, compound_mask_block<P, 1, 1>};
  table.diff_weight_mask = diff_weight_mask_block;
  table.blend_mask = {blend_mask_block<P, 0, 0>, blend_mask_block<P, 1, 0>, blend_mask_block<P, 1, 1>};
  table.blend_rows = blend_rows_edge<P>;
  table.blend_columns = blend_columns_edge<P>;
}

template void bind_compound_blend_scalar(CompoundBlendTable<uint8_t>&);
template void bind_compound_blend_scalar(CompoundBlendTable<uint16_t>&);

}  // namespace tessera
