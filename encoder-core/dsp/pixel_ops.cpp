#include "dsp/pixel_ops.h"

namespace tessera {
namespace {

template <Pixel P>
void halve_plane(uint8_t* __restrict dst, ptrdiff_t dst_stride, const P* __restrict src, ptrdiff_t src_stride, int w,
                 int h, int bit_depth) {
  const int shift = 2 + bit_depth - 8, round = 1 << (shift - 1);
  const int top = 255;  // only rounding of more than 8 bits reaches it
  for (int y = 0; y < h; y++, dst += dst_stride, src += 2 * src_stride)
    for (int x = 0; x < w; x++) {
      const P *row0 = src + 2 * x, *row1 = row0 + src_stride;
      const int mean = (row0[0] + row0[1] + row1[0] + row1[1] + round) >> shift;
      dst[x] = static_cast<uint8_t>(mean < top ? mean : top);
    }
}

template <Pixel P>
void split_plane(P* __restrict first, P* __restrict second, ptrdiff_t dst_stride, const P* __restrict src,
                 ptrdiff_t src_stride, int w, int h, int shift) {
  for (int y = 0; y < h; y++, first += dst_stride, second += dst_stride, src += src_stride)
    for (int x = 0; x < w; x++) {
      first[x] = static_cast<P>(src[2 * x] >> shift);
      second[x] = static_cast<P>(src[2 * x + 1] >> shift);
    }
}

void shift_plane(uint16_t* __restrict dst, ptrdiff_t dst_stride, const uint16_t* __restrict src, ptrdiff_t src_stride,
                 int w, int h, int shift) {
  for (int y = 0; y < h; y++, dst += dst_stride, src += src_stride)
    for (int x = 0; x < w; x++) dst[x] = static_cast<uint16_t>(src[x] >> shift);
}

}  // namespace

template <Pixel P>
void bind_pixel_ops_scalar(PixelOpsTable<P>& table) {
  table.halve = halve_plane<P>;
  table.halve8 = halve_plane<uint8_t>;
  table.split_pairs = split_plane<P>;
  table.shift_down = shift_plane;
}

template void bind_pixel_ops_scalar(PixelOpsTable<uint8_t>&);
template void bind_pixel_ops_scalar(PixelOpsTable<uint16_t>&);

}  // namespace tessera
