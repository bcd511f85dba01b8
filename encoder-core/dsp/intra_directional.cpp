#include "dsp/intra_directional.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

#include "base/int_math.h"
#include "dsp/fixed_width.h"
#include "dsp/lanes.h"
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
  constexpr int kMaxSize = 129, kStep = 16;
  using Out = LanesOf<P, kStep>;
  P padded[kMaxSize + 4 + kStep];  // edge[ -1 .. size - 2 ] with two more at either end
  for (int i = 0; i < size; i += kStep) store_lanes(padded + 2 + i, load_lanes<Out>(edge - 1 + i));
  std::fill_n(padded, 2, edge[-1]);
  std::fill_n(padded + 2 + size, 2, edge[size - 2]);
  const auto& k = Intra_Edge_Kernel[strength - 1];
  const uint16_t side = k[0], near = k[1], middle = k[2];
  using V = LanesOf<uint16_t, kStep>;
  V lane;
  for (int i = 0; i < kStep; i++) lane[i] = static_cast<uint16_t>(i);
  for (int i = 1; i < size; i += kStep) {
    V tap[5];
    for (int t = 0; t < 5; t++) tap[t] = __builtin_convertvector(load_lanes<Out>(padded + i + t), V);
    const V sum = side * (tap[0] + tap[4]) + near * (tap[1] + tap[3]) + middle * tap[2] + 8;
    const V old = __builtin_convertvector(load_lanes<Out>(edge + i - 1), V);
    const V out = lane < V{} + static_cast<uint16_t>(size - i) ? sum >> 4 : old;
    store_lanes(edge + i - 1, __builtin_convertvector(out, Out));
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

#if TESSERA_X86_LANES && defined(__SSE4_1__)
/// Words of taps for pairs of samples, the nearer one first.
TESSERA_INLINE Words<8> pair_taps(Words<8> fraction) {
  return (32 - fraction) | (fraction << 8);
}
TESSERA_INLINE Words<8> interpolate_pairs(__m128i pairs, Words<8> taps) {
  return (Words<8>)_mm_mulhrs_epi16(_mm_maddubs_epi16(pairs, (__m128i)taps), _mm_set1_epi16(1 << (15 - 5)));
}
/// Eight samples that share a fraction, 1 << Up apart on the edge.
template <int Up>
TESSERA_INLINE Words<8> interpolate_eight(const uint8_t* edge, Words<8> taps) {
  const auto half = [](const uint8_t* at) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(at)); };
  const __m128i pairs = Up ? _mm_loadu_si128(reinterpret_cast<const __m128i*>(edge)) : _mm_unpacklo_epi8(half(edge), half(edge + 1));
  return interpolate_pairs(pairs, taps);
}

/// The left edge's part of eight columns. A row's samples lie at a fixed pattern above its own, which one shuffle gathers, or
/// two where the pattern is long.
template <int Up>
class LeftColumns {
 public:
  /// Steepest step that two shuffles reach.
  static constexpr int kMaxStep = 298 >> Up;
  /// Whether these columns need both.
  static bool needs_two(int columns, int dy) { return (columns - 1) * (dy << Up) > kBack * 64; }

  LeftColumns() = default;
  LeftColumns(int x, int dy, bool two) {
    const Words<8> lane = {0, 1, 2, 3, 4, 5, 6, 7}, at = -(lane + static_cast<int16_t>(x + 1)) * static_cast<int16_t>(dy);
    const Words<8> offset = at >> (6 - Up);
    taps_ = pair_taps(((at << Up) >> 1) & 31);
    for (int i = 0; i < 2; i++) {
      base_[i] = -(x + 1 + 4 * i) * dy >> (6 - Up);
      const Words<8> low = offset - static_cast<int16_t>(base_[i] - kBack), none = Words<8>{} - 1;
      const Words<8> indices = low | ((low + 1) << 8);
      const Words<8> mine = two ? (i ? lane > 3 : lane < 4) : none;
      shuffle_[i] = (__m128i)((indices & mine) | ~mine);
    }
  }

  /// Columns whose samples lie before the edge's first come out wrong.
  TESSERA_INLINE Words<8> at(const uint8_t* left, int y, bool two) const {
    __m128i pairs = gather(left, y, 0);
    if (two) pairs = _mm_or_si128(pairs, gather(left, y, 1));
    return interpolate_pairs(pairs, taps_);
  }

 private:
  static constexpr int kBack = 14;  ///< samples before the first column's that a shuffle reaches

  TESSERA_INLINE __m128i gather(const uint8_t* left, int y, int i) const {
    const int first = std::max((y << Up) + base_[i], -(1 << Up));
    return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(left + first - kBack)), shuffle_[i]);
  }

  __m128i shuffle_[2];
  Words<8> taps_;
  int base_[2];
};

/// spec 7.11.2.4, step 8, eight columns at a time; dy at most LeftColumns::kMaxStep.
template <int UpAbove, int UpLeft>
void predict_between_eight(uint8_t* dst, ptrdiff_t dst_stride, const uint8_t* above, const uint8_t* left, int w, int h, int dx, int dy) {
  const bool two = LeftColumns<UpLeft>::needs_two(std::min(w, 8), dy);
  // Columns of row y that come from the left edge.
  const auto from_left = [&](int y) { return std::min(w, std::max(0, (y + 1) * dx - 1) >> 6); };
  LeftColumns<UpLeft> columns[8];
  for (int x = 0; x < from_left(h - 1); x += 8) columns[x / 8] = LeftColumns<UpLeft>(x, dy, two);
  const Words<8> lane = {0, 1, 2, 3, 4, 5, 6, 7};
  for (int y = 0; y < h; y++, dst += dst_stride) {
    const int idx = -(y + 1) * dx, first = from_left(y);
    const uint8_t* const line = above + (idx >> (6 - UpAbove));
    const Words<8> taps = pair_taps(Words<8>{} + static_cast<int16_t>(((idx << UpAbove) >> 1) & 31));
    for (int x = 0; x < w; x += 8) {
      Words<8> v = {};
      if (x < first) v = columns[x / 8].at(left, y, two);
      if (std::min(x + 8, w) > first) {
        const Words<8> top = interpolate_eight<UpAbove>(line + (x << UpAbove), taps);
        v = x < first ? (lane < static_cast<int16_t>(first - x) ? v : top) : top;
      }
      const __m128i bytes = _mm_packus_epi16((__m128i)v, (__m128i)v);
      std::memcpy(dst + x, &bytes, w == 4 ? 4 : 8);
    }
  }
}
#endif

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

/// dst = the transpose of rows of h samples, w of them.
template <Pixel P>
void transpose(P* dst, ptrdiff_t dst_stride, const P* columns, int w, int h) {
  if constexpr (sizeof(P) == 1) {
    if (std::min(w, h) >= 8) {
      using V = LanesOf<uint8_t, 16>;
      for (int y = 0; y < h; y += 8)
        for (int x = 0; x < w; x += 8) {
          V v[8] = {}, a[4], b[4];
          for (int i = 0; i < 8; i++) std::memcpy(&v[i], columns + (x + i) * h + y, 8);
          for (int i = 0; i < 4; i++) a[i] = interleave_lanes<uint8_t, false>(v[2 * i], v[2 * i + 1]);
          for (int i = 0; i < 4; i += 2) {
            b[i] = interleave_lanes<uint16_t, false>(a[i], a[i + 1]);
            b[i + 1] = interleave_lanes<uint16_t, true>(a[i], a[i + 1]);
          }
          for (int i = 0; i < 2; i++) {
            a[2 * i] = interleave_lanes<uint32_t, false>(b[i], b[i + 2]);
            a[2 * i + 1] = interleave_lanes<uint32_t, true>(b[i], b[i + 2]);
          }
          P* out = dst + y * dst_stride + x;
          for (int i = 0; i < 8; i++, out += dst_stride) {
            const auto rows = (LanesOf<uint64_t, 2>)a[i / 2];
            const uint64_t row = rows[i % 2];
            std::memcpy(out, &row, 8);
          }
        }
      return;
    }
  }
  for (int y = 0; y < h; y++, dst += dst_stride)
    for (int x = 0; x < w; x++) dst[x] = columns[x * h + y];
}

/// spec 7.11.2.4, step 9: zone 1 with rows and columns exchanged.
template <Pixel P>
void zone3_block(P* dst, ptrdiff_t dst_stride, const P*, const P* left, int w, int h,
                 const DirectionalStep& step) {
  constexpr int kMaxSize = 64;
  P columns[kMaxSize * kMaxSize];
  const auto predict = step.upsample_left ? predict_along<1, P> : predict_along<0, P>;
  predict(columns, h, left, h, w, step.dy);
  transpose(dst, dst_stride, columns, w, h);
}

/// spec 7.11.2.4, step 8. The left part of a row comes from the left column, the rest from the row above.
template <int UpAbove, int UpLeft, Pixel P>
void predict_between(P* dst, ptrdiff_t dst_stride, const P* above, const P* left, int w, int h, int dx,
                     int dy) {
#if TESSERA_X86_LANES && defined(__SSE4_1__)
  if constexpr (sizeof(P) == 1)
    if (dy <= LeftColumns<UpLeft>::kMaxStep)
      return predict_between_eight<UpAbove, UpLeft>(dst, dst_stride, above, left, w, h, dx, dy);
#endif
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
