#include "dsp/intra_basic.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

template <Pixel P>
void fill_block(P* dst, ptrdiff_t dst_stride, int w, int h, int value) {
  for (int y = 0; y < h; y++, dst += dst_stride) std::fill_n(dst, w, static_cast<P>(value));
}

template <Pixel P>
int sum_edge(const P* edge, int n) {
  int sum = 0;
  for (int i = 0; i < n; i++) sum += edge[i];
  return sum;
}

/// spec 7.11.2.5: DC intra prediction process.
template <Pixel P, bool HaveAbove, bool HaveLeft>
void dc_block(P* dst, ptrdiff_t dst_stride, [[maybe_unused]] const P* above, [[maybe_unused]] const P* left,
              int w, int h, [[maybe_unused]] int bit_depth) {
  if constexpr (!HaveAbove && !HaveLeft) {
    fill_block(dst, dst_stride, w, h, 1 << (bit_depth - 1));
  } else {
    int sum = 0, count = 0;
    if constexpr (HaveAbove) sum += sum_edge(above, w), count += w;
    if constexpr (HaveLeft) sum += sum_edge(left, h), count += h;
    fill_block(dst, dst_stride, w, h, (sum + (count >> 1)) / count);
  }
}

/// spec 7.11.2.4, step 10: angle 90.
template <Pixel P>
void v_block(P* dst, ptrdiff_t dst_stride, const P* above, const P*, int w, int h, int) {
  for (int y = 0; y < h; y++, dst += dst_stride) std::memcpy(dst, above, static_cast<size_t>(w) * sizeof(P));
}

/// spec 7.11.2.4, step 11: angle 180.
template <Pixel P>
void h_block(P* dst, ptrdiff_t dst_stride, const P*, const P* left, int w, int h, int) {
  for (int y = 0; y < h; y++, dst += dst_stride) std::fill_n(dst, w, left[y]);
}

/// spec 7.11.2.2: basic intra prediction process.
template <Pixel P>
void paeth_block(P* __restrict dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const int16_t corner = static_cast<int16_t>(above[-1]);
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int16_t l = static_cast<int16_t>(left[y]);
    const int16_t distance_above = static_cast<int16_t>(std::abs(l - corner));  // base - AboveRow[ x ]
    for (int x = 0; x < w; x++) {
      const int16_t a = static_cast<int16_t>(above[x]);
      const int16_t distance_left = static_cast<int16_t>(std::abs(a - corner));  // base - LeftCol[ y ]
      const int16_t distance_corner = static_cast<int16_t>(std::abs(a + l - 2 * corner));
      const int16_t other = distance_above <= distance_corner ? a : corner;
      dst[x] =
          static_cast<P>(distance_left <= distance_above && distance_left <= distance_corner ? l : other);
    }
  }
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_PRED.
template <Pixel P>
void smooth_block(P* __restrict dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const uint8_t *weights_x = sm_weights(w), *weights_y = sm_weights(h);
  const int right = above[w - 1], bottom = left[h - 1];
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int wy = weights_y[y], l = left[y], row = (256 - wy) * bottom + 256 * right + 256;
    for (int x = 0; x < w; x++)
      dst[x] = static_cast<P>((wy * above[x] + weights_x[x] * (l - right) + row) >> 9);
  }
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_V_PRED.
template <Pixel P>
void smooth_v_block(P* __restrict dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                    int) {
  const uint8_t* weights = sm_weights(h);
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int wy = weights[y], row = (256 - wy) * left[h - 1] + 128;
    for (int x = 0; x < w; x++) dst[x] = static_cast<P>((wy * above[x] + row) >> 8);
  }
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_H_PRED.
template <Pixel P>
void smooth_h_block(P* __restrict dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                    int) {
  const uint8_t* weights = sm_weights(w);
  const int right = above[w - 1];
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int rise = left[y] - right;
    for (int x = 0; x < w; x++) dst[x] = static_cast<P>((weights[x] * rise + 256 * right + 128) >> 8);
  }
}

}  // namespace

template <Pixel P>
void bind_intra_basic_scalar(IntraBasicTable<P>& table) {
  table.dc[0] = {dc_block<P, false, false>, dc_block<P, false, true>};
  table.dc[1] = {dc_block<P, true, false>, dc_block<P, true, true>};
  table.v = v_block<P>;
  table.h = h_block<P>;
  table.paeth = paeth_block<P>;
  table.smooth = smooth_block<P>;
  table.smooth_v = smooth_v_block<P>;
  table.smooth_h = smooth_h_block<P>;
}

template void bind_intra_basic_scalar(IntraBasicTable<uint8_t>&);
template void bind_intra_basic_scalar(IntraBasicTable<uint16_t>&);

}  // namespace tessera
