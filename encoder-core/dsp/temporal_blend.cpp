#include "dsp/temporal_blend.h"

#include <algorithm>
#include <cstdlib>

#include "dsp/lanes.h"

namespace tessera {
namespace {

constexpr int kReach = 2;  ///< samples of the window to each side

/// round(256 * exp(-i / 16)), and nothing from the end on.
constexpr Array<uint32_t, kTemporalWeights + 1> kWeight = [] {
  Array<uint32_t, kTemporalWeights + 1> t = {};
  double w = kTemporalUnit;
  for (int i = 0; i < kTemporalWeights; i++, w *= 0.939413062813475786) t[i] = static_cast<uint32_t>(w + 0.5);
  return t;
}();

constexpr int kBlendLanes = kNativeLanes;
using Sums = LanesOf<uint32_t, kBlendLanes>;
using SamplesU = LanesOf<uint16_t, kBlendLanes>;

template <Pixel P>
TESSERA_INLINE Sums widen(const P* samples) {
#if TESSERA_X86_LANES && defined(__AVX2__)
  if constexpr (sizeof(P) == 1)
    return (Sums)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(samples)));
#elif TESSERA_X86_LANES && defined(__SSE4_1__)
  if constexpr (sizeof(P) == 1) {
    int four;
    std::memcpy(&four, samples, sizeof four);
    return (Sums)_mm_cvtepu8_epi32(_mm_cvtsi32_si128(four));
  }
#endif
  // By way of 16 bits, which the compiler does in whole vectors.
  return __builtin_convertvector(__builtin_convertvector(load_lanes<LanesOf<P, kBlendLanes>>(samples), SamplesU), Sums);
}
TESSERA_INLINE Sums lesser(Sums a, Sums b) {
  return a < b ? a : b;
}
TESSERA_INLINE Sums weights_at(Sums index) {
#if TESSERA_X86_LANES && defined(__AVX2__)
  return (Sums)_mm256_i32gather_epi32(reinterpret_cast<const int*>(kWeight.data()), (__m256i)index, 4);
#else
  Sums out;
  for (int i = 0; i < kBlendLanes; i++) out[i] = kWeight.data()[index[i]];
  return out;
#endif
}

template <Pixel P>
void blend(const P* __restrict src, ptrdiff_t src_stride, const P* __restrict pred, ptrdiff_t pred_stride, int w, int h,
           const TemporalWeight& weight, uint32_t* __restrict sum, uint32_t* __restrict count) {
  // Squares, then rows of sums over the window's width; in loops of their own, so that none loads what was just stored in parts.
  uint32_t squares[kMaxTemporalBlock][kMaxTemporalBlock + 2 * kReach], across[kMaxTemporalBlock][kMaxTemporalBlock];
  for (int y = 0; y < h; y++) {
    uint32_t* const row = squares[y] + kReach;
    for (int x = 0; x < w; x += kBlendLanes) {
      const Sums d = widen(src + y * src_stride + x) - widen(pred + y * pred_stride + x);
      store_lanes(row + x, d * d);
    }
    for (int i = 1; i <= kReach; i++) {
      row[-i] = row[0];
      row[w - 1 + i] = row[w - 1];
    }
  }
  for (int y = 0; y < h; y++)
    for (int x = 0; x < w; x += kBlendLanes) {
      const uint32_t* const at = squares[y] + x;
      store_lanes(across[y] + x, load_lanes<Sums>(at) + load_lanes<Sums>(at + 1) + load_lanes<Sums>(at + 2) +
                                     load_lanes<Sums>(at + 3) + load_lanes<Sums>(at + 4));
    }
  const uint32_t scale = weight.scale, base = weight.base, factor = weight.factor;
  const Sums limit = Sums{} + weight.limit, end = Sums{} + uint32_t{kTemporalWeights};
  for (int x = 0; x < w; x += kBlendLanes) {
    const auto row = [&](int y) { return load_lanes<Sums>(across[y] + x); };
    Sums window = 3 * row(0) + row(1) + row(2);
    for (int y = 0; y < h; y++) {
      const Sums index = lesser((lesser(window, limit) * scale + base) >> kTemporalScaleBits, end);
      const Sums k = (weights_at(index) * factor + kTemporalUnit / 2) / kTemporalUnit;
      uint32_t *const s = sum + y * kMaxTemporalBlock + x, *const c = count + y * kMaxTemporalBlock + x;
      store_lanes(s, load_lanes<Sums>(s) + k * widen(pred + y * pred_stride + x));
      store_lanes(c, load_lanes<Sums>(c) + k);
      window += row(std::min(y + kReach + 1, h - 1)) - row(std::max(y - kReach, 0));
    }
  }
}

template <Pixel P>
void mean(const uint32_t* __restrict sum, const uint32_t* __restrict count, int w, int h, P* __restrict dst,
          ptrdiff_t dst_stride) {
  for (int y = 0; y < h; y++) {
    const uint32_t *const s = sum + y * kMaxTemporalBlock, *const c = count + y * kMaxTemporalBlock;
    // Both are below 2^24, so single precision is exact but for the quotient's last bit, which no sample reaches.
#if defined(__AVX2__)  // where the loop below would leave blocks of 8 to its scalar rest
    using Int = Lanes<kBlendLanes>;
    using Float = LanesOf<float, kBlendLanes>;
    for (int x = 0; x < w; x += kBlendLanes) {
      const Int weights = load_lanes<Int>(c + x), weighted = load_lanes<Int>(s + x) + (weights >> 1);
      const Float quotient = __builtin_convertvector(weighted, Float) / __builtin_convertvector(weights, Float);
      const auto words = __builtin_convertvector(__builtin_convertvector(quotient, Int), SamplesU);
      store_lanes(dst + y * dst_stride + x, __builtin_convertvector(words, LanesOf<P, kBlendLanes>));
    }
#else
    for (int x = 0; x < w; x++) {
      const auto weighted = static_cast<float>(static_cast<int>(s[x] + c[x] / 2));
      dst[y * dst_stride + x] = static_cast<P>(static_cast<int>(weighted / static_cast<float>(static_cast<int>(c[x]))));
    }
#endif
  }
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
