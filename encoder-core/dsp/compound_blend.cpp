#include "dsp/compound_blend.h"

#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
#include "dsp/fixed_width.h"
#include "dsp/subpel.h"

namespace tessera {
namespace {

/// Writes pixels of value( y * w + x, x, row ) >> shift, clipped. The values fit 32 bits, shifted ones 16:
/// clipping in a loop of its own keeps each loop at one lane width.
template <Pixel P, class Value>
void write_clipped(P* dst, ptrdiff_t dst_stride, int w, int h, int shift, int bit_depth, Value value) {
  const int16_t top = static_cast<int16_t>((1 << (sizeof(P) == 1 ? 8 : bit_depth)) - 1);
  for_strips(w, [&]<int W>(int x0) {
    for (int y = 0; y < h; y++) {
      int16_t row[W];
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) row[x] = static_cast<int16_t>(value(y, x0 + x) >> shift);
      P* out = dst + y * dst_stride + x0;
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) out[x] = static_cast<P>(clip3<int16_t>(0, top, row[x]));
    }
  });
}

/// spec 7.11.3.1: COMPOUND_AVERAGE.
template <Pixel P>
void compound_average_block(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w,
                            int h, int bit_depth) {
  const int shift = 1 + inter_post_round(bit_depth), add = 2 * kPrepBias<P> + ((1 << shift) >> 1);
  write_clipped(dst, dst_stride, w, h, shift, bit_depth,
                [=](int y, int x) { return pred0[y * w + x] + pred1[y * w + x] + add; });
}

/// spec 7.11.3.1: COMPOUND_DISTANCE.
template <Pixel P>
void compound_distance_block(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w,
                             int h, int fwd_weight, int bit_depth) {
  const int shift = 4 + inter_post_round(bit_depth), add = 16 * kPrepBias<P> + ((1 << shift) >> 1);
  const int16_t fwd = static_cast<int16_t>(fwd_weight), bck = static_cast<int16_t>(16 - fwd_weight);
  write_clipped(dst, dst_stride, w, h, shift, bit_depth,
                [=](int y, int x) { return fwd * pred0[y * w + x] + bck * pred1[y * w + x] + add; });
}

/// The weight of a sample, from the mask's row (the first of two) at luma resolution.
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
void compound_mask_block(P* dst, ptrdiff_t dst_stride, const int16_t* pred0, const int16_t* pred1, int w,
                         int h, const uint8_t* mask, ptrdiff_t mask_stride, int bit_depth) {
  const int shift = 6 + inter_post_round(bit_depth), add = 64 * kPrepBias<P> + ((1 << shift) >> 1);
  write_clipped(dst, dst_stride, w, h, shift, bit_depth, [=](int y, int x) {
    const int m = mask_weight<SubX, SubY>(mask + (y << SubY) * mask_stride, mask_stride, x);
    return m * pred0[y * w + x] + (64 - m) * pred1[y * w + x] + add;
  });
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

/// dst = ( m * dst + ( 64 - m ) * other ) / 64, with m = weight( y, x ).
template <Pixel P, class Weight>
void blend_block(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                 Weight weight) {
  for_strips(w, [&]<int W>(int x0) {
    for (int y = 0; y < h; y++) {
      P* out = dst + y * dst_stride + x0;
      const P* in = other + y * other_stride + x0;
      P row[W];  // dst may not overlap other: says so to the compiler
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) {
        const int m = weight(y, x0 + x);
        row[x] = static_cast<P>((m * out[x] + (64 - m) * in[x] + 32) >> 6);
      }
      std::memcpy(out, row, sizeof(row));
    }
  });
}

/// spec 7.11.3.14: mask blend process, inter-intra.
template <Pixel P, int SubX, int SubY>
void blend_mask_block(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                      const uint8_t* mask, ptrdiff_t mask_stride) {
  blend_block(dst, dst_stride, other, other_stride, w, h, [=](int y, int x) {
    return mask_weight<SubX, SubY>(mask + (y << SubY) * mask_stride, mask_stride, x);
  });
}

/// spec 7.11.3.10: overlap blending process, from above.
template <Pixel P>
void blend_rows_edge(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                     const uint8_t* mask) {
  blend_block(dst, dst_stride, other, other_stride, w, h, [=](int y, int) { return mask[y]; });
}

/// spec 7.11.3.10: overlap blending process, from the left.
template <Pixel P>
void blend_columns_edge(P* dst, ptrdiff_t dst_stride, const P* other, ptrdiff_t other_stride, int w, int h,
                        const uint8_t* mask) {
  blend_block(dst, dst_stride, other, other_stride, w, h, [=](int, int x) { return mask[x]; });
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
