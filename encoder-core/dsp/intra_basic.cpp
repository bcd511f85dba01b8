#include "dsp/intra_basic.h"

#include <cstdlib>
#include <cstring>

#include "dsp/fixed_width.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// Writes sample( y, x ) everywhere.
template <Pixel P, class Sample>
void write_block(P* dst, ptrdiff_t dst_stride, int w, int h, Sample sample) {
  for_strips(w, [&]<int W>(int x0) {
    for (int y = 0; y < h; y++) {
      P row[W];
#pragma GCC unroll 1
      for (int x = 0; x < W; x++) row[x] = static_cast<P>(sample(y, x0 + x));
      std::memcpy(dst + y * dst_stride + x0, row, sizeof(row));
    }
  });
}

template <Pixel P>
void fill_block(P* dst, ptrdiff_t dst_stride, int w, int h, int value) {
  write_block(dst, dst_stride, w, h, [=](int, int) { return value; });
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
  write_block(dst, dst_stride, w, h, [=](int, int x) { return above[x]; });
}

/// spec 7.11.2.4, step 11: angle 180.
template <Pixel P>
void h_block(P* dst, ptrdiff_t dst_stride, const P*, const P* left, int w, int h, int) {
  write_block(dst, dst_stride, w, h, [=](int y, int) { return left[y]; });
}

/// spec 7.11.2.2: basic intra prediction process.
template <Pixel P>
void paeth_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const auto distance = [](int a, int b) { return static_cast<int16_t>(std::abs(a - b)); };
  const int16_t corner = static_cast<int16_t>(above[-1]);
  write_block(dst, dst_stride, w, h, [=](int y, int x) {
    const int16_t a = static_cast<int16_t>(above[x]), l = static_cast<int16_t>(left[y]);
    const int16_t to_left = distance(a, corner), to_above = distance(l, corner),
                  to_corner = distance(a + l, 2 * corner);
    const int16_t other = to_above <= to_corner ? a : corner;
    return to_left <= to_above && to_left <= to_corner ? l : other;
  });
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_PRED.
template <Pixel P>
void smooth_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const uint8_t *weights_x = sm_weights(w), *weights_y = sm_weights(h);
  const int right = above[w - 1], bottom = left[h - 1];
  write_block(dst, dst_stride, w, h, [=](int y, int x) {
    const int wy = weights_y[y], rise = left[y] - right;
    return (wy * above[x] + (256 - wy) * bottom + weights_x[x] * rise + 256 * right + 256) >> 9;
  });
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_V_PRED.
template <Pixel P>
void smooth_v_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const uint8_t* weights = sm_weights(h);
  const int bottom = left[h - 1];
  write_block(dst, dst_stride, w, h,
              [=](int y, int x) { return (weights[y] * above[x] + (256 - weights[y]) * bottom + 128) >> 8; });
}

/// spec 7.11.2.6: smooth intra prediction process, SMOOTH_H_PRED.
template <Pixel P>
void smooth_h_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int) {
  const uint8_t* weights = sm_weights(w);
  const int right = above[w - 1];
  write_block(dst, dst_stride, w, h,
              [=](int y, int x) { return (weights[x] * left[y] + (256 - weights[x]) * right + 128) >> 8; });
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
