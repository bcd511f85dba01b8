#include "dsp/intra_directional.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
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

template <Pixel P>
P interpolate(const P* edge, int shift) {
  return static_cast<P>((edge[0] * (32 - shift) + edge[1] * shift + 16) >> 5);
}

/// One line of samples that share a fraction: `count` of them, 1 << Up apart on the edge.
template <int Up, Pixel P>
void interpolate_line(P* __restrict dst, const P* edge, int count, int shift) {
  for (int i = 0; i < count; i++) dst[i] = interpolate(edge + (i << Up), shift);
}

/// Lines along `edge`, each `step` / 64 further on it; past index w + h - 1 its last sample continues.
template <int Up, Pixel P>
void predict_along(P* dst, ptrdiff_t dst_stride, const P* edge, int w, int h, int step) {
  const int max_base = (w + h - 1) << Up;
  for (int y = 0, idx = step; y < h; y++, idx += step, dst += dst_stride) {
    const int base = idx >> (6 - Up), shift = ((idx << Up) >> 1) & 31;
    const int count = std::clamp((max_base - base + (1 << Up) - 1) >> Up, 0, w);
    interpolate_line<Up>(dst, edge + base, count, shift);
    std::fill(dst + count, dst + w, edge[max_base]);
  }
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
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int idx = -(y + 1) * dx;
    // The first column whose position ( x << 6 ) + idx is at or after the corner, -64.
    const int first = std::min(w, std::max(0, -64 - idx + 63) >> 6);
    for (int x = 0; x < first; x++) {
      const int at = (y << 6) - (x + 1) * dy;
      dst[x] = interpolate(left + (at >> (6 - UpLeft)), ((at << UpLeft) >> 1) & 31);
    }
    const int base = idx >> (6 - UpAbove), shift = ((idx << UpAbove) >> 1) & 31;
    interpolate_line<UpAbove>(dst + first, above + base + (first << UpAbove), w - first, shift);
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
