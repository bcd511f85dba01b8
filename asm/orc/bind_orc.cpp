// Puts the Orc programs, which Orc compiles for the processor it finds, into the table.
#include "dsp/dispatch.h"
#include "pixel_ops_orc.h"

namespace tessera {
namespace {

int bytes(ptrdiff_t stride, size_t element) { return static_cast<int>(stride * static_cast<ptrdiff_t>(element)); }

/// Orc reads pairs of samples as one element and takes for granted that elements are aligned.
template <Pixel P>
bool pairs_aligned(const P* src, ptrdiff_t src_stride) {
  return (reinterpret_cast<uintptr_t>(src) | static_cast<uintptr_t>(bytes(src_stride, sizeof(P)))) % (2 * sizeof(P)) == 0;
}
template <Pixel P>
PixelOpsTable<P> scalar() {
  PixelOpsTable<P> table;
  bind_pixel_ops_scalar(table);
  return table;
}

void halve8(uint8_t* dst, ptrdiff_t dst_stride, const uint8_t* src, ptrdiff_t src_stride, int w, int h,
            int bit_depth) {
  if (!pairs_aligned(src, src_stride))
    return scalar<uint8_t>().halve(dst, dst_stride, src, src_stride, w, h, bit_depth);
  const int twice = bytes(2 * src_stride, 1);
  tessera_orc_halve8(dst, bytes(dst_stride, 1), src, twice, src + src_stride, twice, w, h);
}
void halve16(uint8_t* dst, ptrdiff_t dst_stride, const uint16_t* src, ptrdiff_t src_stride, int w, int h,
             int bit_depth) {
  if (!pairs_aligned(src, src_stride))
    return scalar<uint16_t>().halve(dst, dst_stride, src, src_stride, w, h, bit_depth);
  const int shift = 2 + bit_depth - 8, twice = bytes(2 * src_stride, 2);
  tessera_orc_halve16(dst, bytes(dst_stride, 1), src, twice, src + src_stride, twice, 1 << (shift - 1), shift, w, h);
}
void split8(uint8_t* first, uint8_t* second, ptrdiff_t dst_stride, const uint8_t* src, ptrdiff_t src_stride, int w,
            int h, int shift) {
  if (!pairs_aligned(src, src_stride) || shift != 0)
    return scalar<uint8_t>().split_pairs(first, second, dst_stride, src, src_stride, w, h, shift);
  const int out = bytes(dst_stride, 1);
  tessera_orc_split8(first, out, second, out, src, bytes(src_stride, 1), w, h);
}
void split16(uint16_t* first, uint16_t* second, ptrdiff_t dst_stride, const uint16_t* src, ptrdiff_t src_stride,
             int w, int h, int shift) {
  if (!pairs_aligned(src, src_stride))
    return scalar<uint16_t>().split_pairs(first, second, dst_stride, src, src_stride, w, h, shift);
  const int out = bytes(dst_stride, 2);
  tessera_orc_split16(first, out, second, out, src, bytes(src_stride, 2), shift, w, h);
}
void shift16(uint16_t* dst, ptrdiff_t dst_stride, const uint16_t* src, ptrdiff_t src_stride, int w, int h,
             int shift) {
  tessera_orc_shift16(dst, bytes(dst_stride, 2), src, bytes(src_stride, 2), shift, w, h);
}

/// Orc compiles a program when it first runs; better now than within the first picture.
template <Pixel P>
void warm_up(const PixelOpsTable<P>& table) {
  alignas(8) const P samples[4] = {};
  alignas(8) const uint8_t bytes_in[4] = {};
  P first, second;
  uint16_t wide[2] = {};
  uint8_t out;
  table.halve(&out, 1, samples, 2, 1, 1, sizeof(P) == 1 ? 8 : 10);
  table.halve8(&out, 1, bytes_in, 2, 1, 1, 8);
  table.split_pairs(&first, &second, 1, samples, 2, 1, 1, 0);
  table.shift_down(wide, 1, wide + 1, 1, 1, 1, 0);
}

}  // namespace

template <>
void bind_orc(DspTable<uint8_t>& table) {
  table.pixel_ops = {halve8, halve8, split8, shift16};
  warm_up(table.pixel_ops);
}
template <>
void bind_orc(DspTable<uint16_t>& table) {
  table.pixel_ops = {halve16, halve8, split16, shift16};
  warm_up(table.pixel_ops);
}

}  // namespace tessera
