#include "dsp/intra_directional.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
#include "dsp/fixed_width.h"
#include "spec/filter_tables.h"

namespace tessera {

int intra_edge_filter_strength(int w, int h, bool filter_type, int delta) {
  const int d = std::abs(delta), size = w + h;
  if (!filter_type) {
    if (size <= 8) return d >= 56;
    if (size <= 16) return d >= 40;
    if (size <= 24) return d >= 32 ? 3 : d >= 16 ? 2 : d >= 8;
    if (size <= 32) return d >= 32 ? 3 : d >= 4 ? 2 : 1;
    return 3;
  }
  if (size <= 8) return d >= 64 ? 2 : d >= 40;
  if (size <= 16) return d >= 48 ? 2 : d >= 20;
  if (size <= 24) return d >= 4 ? 3 : 0;
  return 3;
}

bool intra_edge_upsample(int w, int h, bool filter_type, int delta) {
  const int d = std::abs(delta);
  return d > 0 && d < 40 && w + h <= (filter_type ? 8 : 16);
}

namespace {

/// spec 7.11.2.12: intra edge filter process.
template <Pixel P>
void filter_edge_inplace(P* edge, int size, int strength) {
  constexpr int kMaxSize = 129;
  P padded[kMaxSize + 4];  // edge[ -1 .. size - 2 ] with two more at either end
  std::fill_n(padded, 2, edge[-1]);
  std::memcpy(padded + 2, edge - 1, static_cast<size_t>(size) * sizeof(P));
  std::fill_n(padded + 2 + size, 2, edge[size - 2]);
  const auto& k = Intra_Edge_Kernel[strength - 1];
  const int side = k[0], near = k[1], middle = k[2];
  for (int i = 1; i < size; i++) {
    const P* p = padded + i;
    edge[i - 1] = static_cast<P>((side * (p[0] + p[4]) + near * (p[1] + p[3]) + middle * p[2] + 8) >> 4);
  }
}

/// spec 7.11.2.11: intra edge upsample process.
template <Pixel P>
void upsample_edge_inplace(P* edge, int count, int bit_depth) {
  constexpr int kMaxCount = 16;
  P dup[kMaxCount + 3];
  dup[0] = edge[-1];
  std::memcpy(dup + 1, edge - 1, static_cast<size_t>(count + 1) * sizeof(P));
  dup[count + 2] = edge[count - 1];
  edge[-2] = dup[0];
  for (int i = 0; i < count; i++) {
    const int s = 9 * (dup[i + 1] + dup[i + 2]) - dup[i] - dup[i + 3];
    edge[2 * i - 1] = clip_pixel<P>(round2(s, 4), bit_depth);
    edge[2 * i] = dup[i + 2];
  }
}

/// W samples that share a fraction, 1 << Up apart on the edge.
template <int Up, int W, Pixel P>
void interpolate_line(P* __restrict dst, const P* edge, int shift) {
  const int16_t far = static_cast<int16_t>(shift), near = static_cast<int16_t>(32 - shift);
#pragma GCC unroll 1
  for (int x = 0; x < W; x++) {
    const int16_t a = static_cast<int16_t>(edge[x << Up]), b = static_cast<int16_t>(edge[(x << Up) + 1]);
    dst[x] = static_cast<P>((a * near + b * far + 16) >> 5);
  }
}

/// Lines along `edge`, each `step` / 64 further on it; past index w + h - 1 its last sample continues.
template <int Up, Pixel P>
void predict_along(P* dst, ptrdiff_t dst_stride, const P* edge, int w, int h, int step) {
  P padded[2 * 64 + 64 + 1];
  const int max_base = (w + h - 1) << Up;
  std::copy_n(edge, max_base, padded);
  std::fill_n(padded + max_base, (w << Up) + 1, edge[max_base]);
  for_strips(w, [&]<int W>(int x0) {
    for (int y = 0; y < h; y++) {
      const int idx = (y + 1) * step, base = std::min(idx >> (6 - Up), max_base);
      interpolate_line<Up, W>(dst + y * dst_stride + x0, padded + base + (x0 << Up), ((idx << Up) >> 1) & 31);
    }
  });
}

/// spec 7.11.2.4, step 7.
template <Pixel P>
void zone1_block(P* dst, ptrdiff_t dst_stride, const P* above, const P*, int w, int h,
                 const DirectionalStep& step) {
  const auto predict = step.upsample_above ? predict_along<1, P> : predict_along<0, P>;
  predict(dst, dst_stride, above, w, h, step.dx);
}

/// spec 7.11.2.4, step 9: zone 1 with rows and columns exchanged.
template <Pixel P>
void zone3_block(P* dst, ptrdiff_t dst_stride, const P*, const P* left, int w, int h,
                 const DirectionalStep& step) {
  constexpr int kMaxSize = 64;
  P columns[kMaxSize * kMaxSize];
  const auto predict = step.upsample_left ? predict_along<1, P> : predict_along<0, P>;
  predict(columns, h, left, h, w, step.dy);
  for (int y = 0; y < h; y++, dst += dst_stride)
    for (int x = 0; x < w; x++) dst[x] = columns[x * h + y];
}

/// spec 7.11.2.4, step 8. The left part of a row comes from the left column, the rest from the row above.
template <int UpAbove, int UpLeft, Pixel P>
void predict_between(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int dx,
                     int dy) {
  int16_t offset[64];  // of column x on the left edge, for row 0
  uint8_t fraction[64];
  for (int x = 0; x < w; x++) {
    const int idx = -(x + 1) * dy;
    offset[x] = static_cast<int16_t>(idx >> (6 - UpLeft));
    fraction[x] = static_cast<uint8_t>(((idx << UpLeft) >> 1) & 31);
  }
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int idx = -(y + 1) * dx;
    const int base = idx >> (6 - UpAbove), shift = ((idx << UpAbove) >> 1) & 31;
    // The first column whose position ( x << 6 ) + idx is at or after the corner, -64. Lines start up to
    // seven samples before it (kEdgeBefore reaches that far) and are overwritten there.
    const int first = std::min(w, std::max(0, -64 - idx + 63) >> 6);
    if (w == 4 && first < 4) interpolate_line<UpAbove, 4>(dst, above + base, shift);
    if (w > 4)
      for (int x = first & ~7; x < w; x += 8)
        interpolate_line<UpAbove, 8>(dst + x, above + base + (x << UpAbove), shift);
    const P* line = left + (y << UpLeft);
    for (int x = 0; x < first; x++)
      dst[x] = static_cast<P>(
          (line[offset[x]] * (32 - fraction[x]) + line[offset[x] + 1] * fraction[x] + 16) >> 5);
  }
}

template <Pixel P>
void zone2_block(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h,
                 const DirectionalStep& step) {
  const auto predict = step.upsample_above
                           ? (step.upsample_left ? predict_between<1, 1, P> : predict_between<1, 0, P>)
                           : (step.upsample_left ? predict_between<0, 1, P> : predict_between<0, 0, P>);
  predict(dst, dst_stride, above, left, w, h, step.dx, step.dy);
}

}  // namespace

template <Pixel P>
void bind_intra_directional_scalar(IntraDirectionalTable<P>& table) {
  table = {filter_edge_inplace<P>, upsample_edge_inplace<P>, zone1_block<P>, zone2_block<P>, zone3_block<P>};
}

template void bind_intra_directional_scalar(IntraDirectionalTable<uint8_t>&);
template void bind_intra_directional_scalar(IntraDirectionalTable<uint16_t>&);

}  // namespace tessera
