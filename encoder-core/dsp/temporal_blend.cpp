#include "dsp/temporal_blend.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "dsp/lanes.h"

namespace tessera {
namespace {

constexpr int kMaxCells = kMaxTemporalBlock / kTemporalCell;

/// round(256 * exp(-i / 16)), and nothing from the end on.
constexpr Array<uint32_t, kTemporalWeights + 1> kWeight = [] {
  Array<uint32_t, kTemporalWeights + 1> t = {};
  double w = kTemporalUnit;
  for (int i = 0; i < kTemporalWeights; i++, w *= 0.939413062813475786) t[i] = static_cast<uint32_t>(w + 0.5);
  return t;
}();

template <int L>
using Sums = LanesOf<uint32_t, L>;
template <int L>
using Indices = std::make_integer_sequence<int, L>;

/// The squared differences of 2 L samples, added up in pairs.
template <int L, Pixel P>
TESSERA_INLINE Sums<L> pair_squares(const P* a, const P* b) {
#if TESSERA_X86_LANES
  using Samples = Words<2 * L>;
  const auto words = [](const P* from) {
    if constexpr (sizeof(P) == 2) return load_lanes<Samples>(from);
    else return __builtin_convertvector(load_lanes<LanesOf<uint8_t, 2 * L>>(from), Samples);
  };
  const Samples d = words(a) - words(b);
#if defined(__AVX2__)
  if constexpr (L == 8) return (Sums<L>)_mm256_madd_epi16((__m256i)d, (__m256i)d);
#endif
  if constexpr (L == 4) return (Sums<L>)_mm_madd_epi16((__m128i)d, (__m128i)d);
#else
  Sums<L> out;
  for (int i = 0; i < L; i++) {
    const int d = a[2 * i] - b[2 * i], e = a[2 * i + 1] - b[2 * i + 1];
    out[i] = static_cast<uint32_t>(d * d + e * e);
  }
  return out;
#endif
}

template <int L, Pixel P>
TESSERA_INLINE Sums<L> widen(const P* samples) {
  // By way of 16 bits, which the compiler does in whole vectors.
  return __builtin_convertvector(__builtin_convertvector(load_lanes<LanesOf<P, L>>(samples), LanesOf<uint16_t, L>), Sums<L>);
}

/// a * b where both fit 15 bits.
template <int L>
TESSERA_INLINE Sums<L> multiply_small(Sums<L> a, Sums<L> b) {
#if TESSERA_X86_LANES
#if defined(__AVX2__)
  if constexpr (L == 8) return (Sums<L>)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#endif
  if constexpr (L == 4) return (Sums<L>)_mm_madd_epi16((__m128i)a, (__m128i)b);
#endif
  return a * b;
}

template <int L>
TESSERA_INLINE Sums<L> weights_at(Sums<L> index) {
#if TESSERA_X86_LANES && defined(__AVX2__)
  if constexpr (L == 8)
    return (Sums<L>)_mm256_i32gather_epi32(reinterpret_cast<const int*>(kWeight.data()), (__m256i)index, 4);
#endif
  Sums<L> out;
  for (int i = 0; i < L; i++) out[i] = kWeight.data()[index[i]];
  return out;
}

/// What holds for as many cells as there are lanes, for the first or second half of their samples.
template <bool kSecond, class V, int... kIndex>
TESSERA_INLINE V of_samples(V cells, std::integer_sequence<int, kIndex...>) {
  constexpr int kFirst = kSecond ? kLaneCount<V> / kTemporalCell : 0;
  return __builtin_shufflevector(cells, cells, (kFirst + kIndex / kTemporalCell)...);
}

template <int L, Pixel P>
TESSERA_INLINE void blend_cells(const P* __restrict src, ptrdiff_t src_stride, const P* __restrict pred, ptrdiff_t pred_stride, int w,
                                int h, const TemporalWeight& weight, uint32_t* __restrict sum, uint32_t* __restrict count) {
  // Cells, with a repeated one to each side, then their sums by threes; in loops of their own, so that none loads what was just stored in parts.
  uint32_t squares[kMaxCells][kMaxCells + 2], across[kMaxCells][kMaxCells];
  const int cols = w / kTemporalCell, rows = h / kTemporalCell;
  for (int y = 0; y < rows; y++) {
    uint32_t* const row = squares[y] + 1;
    const P *const s = src + kTemporalCell * y * src_stride, *const p = pred + kTemporalCell * y * pred_stride;
    for (int x = 0; x < cols; x += L) {
      const int at = kTemporalCell * x;
      store_lanes(row + x, pair_squares<L>(s + at, p + at) + pair_squares<L>(s + src_stride + at, p + pred_stride + at));
    }
    row[-1] = row[0];
    row[cols] = row[cols - 1];
  }
  for (int y = 0; y < rows; y++)
    for (int x = 0; x < cols; x += L) {
      const uint32_t* const at = squares[y] + x;
      store_lanes(across[y] + x, load_lanes<Sums<L>>(at) + load_lanes<Sums<L>>(at + 1) + load_lanes<Sums<L>>(at + 2));
    }
  const auto lesser = [](Sums<L> a, Sums<L> b) { return a < b ? a : b; };
  const Sums<L> limit = Sums<L>{} + weight.limit, end = Sums<L>{} + uint32_t{kTemporalWeights};
  for (int x = 0; x < cols; x += L) {
    const auto row = [&](int y) { return load_lanes<Sums<L>>(across[y] + x); };
    for (int y = 0; y < rows; y++) {
      const Sums<L> window = row(std::max(y - 1, 0)) + row(y) + row(std::min(y + 1, rows - 1));
      const Sums<L> index = lesser((lesser(window, limit) * weight.scale + weight.base) >> kTemporalScaleBits, end);
      const Sums<L> k = (multiply_small<L>(weights_at<L>(index), Sums<L>{} + weight.factor) + kTemporalUnit / 2) / kTemporalUnit;
      uint32_t* const c = count + y * kMaxTemporalBlock + x;
      store_lanes(c, load_lanes<Sums<L>>(c) + k);
      const Sums<L> first = of_samples<false>(k, Indices<L>{}), second = of_samples<true>(k, Indices<L>{});
      for (int i = 0; i < kTemporalCell; i++) {
        uint32_t* const s = sum + (kTemporalCell * y + i) * kMaxTemporalBlock + kTemporalCell * x;
        const P* const p = pred + (kTemporalCell * y + i) * pred_stride + kTemporalCell * x;
        store_lanes(s, load_lanes<Sums<L>>(s) + multiply_small<L>(first, widen<L>(p)));
        store_lanes(s + L, load_lanes<Sums<L>>(s + L) + multiply_small<L>(second, widen<L>(p + L)));
      }
    }
  }
}

template <Pixel P>
void blend(const P* src, ptrdiff_t src_stride, const P* pred, ptrdiff_t pred_stride, int w, int h, const TemporalWeight& weight,
           uint32_t* sum, uint32_t* count) {
#if defined(__AVX2__)
  if (w >= 8 * kTemporalCell) return blend_cells<8, P>(src, src_stride, pred, pred_stride, w, h, weight, sum, count);
#endif
  blend_cells<4, P>(src, src_stride, pred, pred_stride, w, h, weight, sum, count);
}

template <int L, Pixel P>
TESSERA_INLINE void mean_of_cells(const uint32_t* __restrict sum, const uint32_t* __restrict count, int w, int h, P* __restrict dst,
                                  ptrdiff_t dst_stride) {
  using Float = LanesOf<float, L>;
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x += kTemporalCell * L) {
      const auto cells = load_lanes<Sums<L>>(count + y / kTemporalCell * kMaxTemporalBlock + x / kTemporalCell);
      // Both are below 2^24, but for near white of 12 bits in 17 pictures: single precision is exact but for the last bit.
      const auto store_mean = [&](int at, Sums<L> weights) {
        const auto weighted = (Lanes<L>)(load_lanes<Sums<L>>(sum + y * kMaxTemporalBlock + at) + (weights >> 1));
        const Float quotient = __builtin_convertvector(weighted, Float) / __builtin_convertvector((Lanes<L>)weights, Float);
        const auto words = __builtin_convertvector(__builtin_convertvector(quotient, Lanes<L>), LanesOf<uint16_t, L>);
        store_lanes(dst + y * dst_stride + at, __builtin_convertvector(words, LanesOf<P, L>));
      };
      store_mean(x, of_samples<false>(cells, Indices<L>{}));
      store_mean(x + L, of_samples<true>(cells, Indices<L>{}));
    }
}

template <Pixel P>
void mean(const uint32_t* sum, const uint32_t* count, int w, int h, P* dst, ptrdiff_t dst_stride) {
#if defined(__AVX2__)
  if (w >= 8 * kTemporalCell) return mean_of_cells<8, P>(sum, count, w, h, dst, dst_stride);
#endif
  mean_of_cells<4, P>(sum, count, w, h, dst, dst_stride);
}

template <Pixel P>
void noise(const P* src, ptrdiff_t stride, int w, int h, int row_step, int bit_depth, uint64_t* sum, uint64_t* count) {
  constexpr int kEdge = 50;  ///< Sobel gradient of 8-bit samples from which on they are taken for an edge
  const int edge = kEdge << (bit_depth - 8);
  uint64_t total = 0, samples = 0;
  for (int y = 1; y < h - 1; y += row_step) {
    const P *const a = src + (y - 1) * stride, *const b = a + stride, *const c = b + stride;
    int row_sum = 0, row_count = 0;
    for (int x = 1; x < w - 1; x++) {
      const int gx = a[x - 1] - a[x + 1] + c[x - 1] - c[x + 1] + 2 * (b[x - 1] - b[x + 1]);
      const int gy = a[x - 1] - c[x - 1] + a[x + 1] - c[x + 1] + 2 * (a[x] - c[x]);
      const int corners = a[x - 1] + a[x + 1] + c[x - 1] + c[x + 1];
      const int laplacian = 4 * b[x] - 2 * (a[x] + b[x - 1] + b[x + 1] + c[x]) + corners;
      const int flat = std::abs(gx) + std::abs(gy) < edge;
      row_sum += flat * std::abs(laplacian);
      row_count += flat;
    }
    total += static_cast<uint64_t>(row_sum);
    samples += static_cast<uint64_t>(row_count);
  }
  *sum = total >> (bit_depth - 8);
  *count = samples;
}

}  // namespace

template <Pixel P>
void bind_temporal_scalar(TemporalTable<P>& table) {
  table = {blend<P>, mean<P>, noise<P>};
}

template void bind_temporal_scalar(TemporalTable<uint8_t>&);
template void bind_temporal_scalar(TemporalTable<uint16_t>&);

}  // namespace tessera
