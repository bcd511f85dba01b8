#include "dsp/distortion.h"

#include "dsp/fixed_width.h"
#include "dsp/lanes.h"

#include <cstdlib>
#include <utility>

#include "spec/block_geometry.h"

namespace tessera {
namespace {

template <Pixel P, int W, int H>
uint32_t sad_block(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride) {
  uint32_t sum = 0;
  for (int y = 0; y < H; y++, src += src_stride, ref += ref_stride)
    for (int x = 0; x < W; x++) sum += static_cast<uint32_t>(std::abs(src[x] - ref[x]));
  return sum;
}

template <Pixel P, int W, int H>
void sad_x4_block(const P* src, ptrdiff_t src_stride, const P* const ref[4], ptrdiff_t ref_stride,
                  uint32_t out[4]) {
  for (int i = 0; i < 4; i++) out[i] = sad_block<P, W, H>(src, src_stride, ref[i], ref_stride);
}

template <Pixel P>
uint64_t sad_row_block(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, const uint16_t bias[kSadRow]) {
  uint64_t best = ~uint64_t{0};
  for (uint32_t i = 0; i < kSadRow; i++)
    best = std::min(best, uint64_t{sad_block<P, 8, 8>(src, src_stride, ref + i, ref_stride) + bias[i]} << 16 | i);
  return best;
}

/// N-point Hadamard transforms down the columns of an N x N square.
template <class T, int N>
void hadamard_columns(T (&m)[N][N]) {
  for (int step = 1; step < N; step *= 2)
    for (int y = 0; y < N; y++)
      if (!(y & step))
        for (int x = 0; x < N; x++) {
          const T a = m[y][x], b = m[y + step][x];
          m[y][x] = a + b;
          m[y + step][x] = a - b;
        }
}

/// Sum of absolute N x N Hadamard coefficients of a difference.
template <Pixel P, int N>
uint32_t hadamard_sum(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride) {
  using T = std::conditional_t<sizeof(P) == 1, int16_t, int32_t>;  // 8 bits grow to 15
  alignas(32) T rows[N][N], columns[N][N];
  for (int y = 0; y < N; y++)
    for (int x = 0; x < N; x++) rows[y][x] = static_cast<T>(src[y * src_stride + x] - ref[y * ref_stride + x]);
  hadamard_columns(rows);
  for (int y = 0; y < N; y++)
    for (int x = 0; x < N; x++) columns[y][x] = rows[x][y];
  hadamard_columns(columns);
  uint32_t sum = 0;
  for (int y = 0; y < N; y++)
    for (int x = 0; x < N; x++) sum += static_cast<uint32_t>(std::abs(columns[y][x]));
  return sum;
}

template <Pixel P, int W, int H>
uint32_t satd_block(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride) {
  constexpr int kSide = W == 4 || H == 4 ? 4 : 8;
  uint32_t sum = 0;
  for (int y = 0; y < H; y += kSide)
    for (int x = 0; x < W; x += kSide)
      sum += hadamard_sum<P, kSide>(src + y * src_stride + x, src_stride, ref + y * ref_stride + x, ref_stride);
  return (sum + kSide / 2) / kSide;
}

/// One row: w up to 128, so that 32 bits hold the sum (128 * 4095^2 < 2^32).
template <Pixel P>
inline uint32_t sse_row(const P* src, const P* ref, int w) {
  uint32_t sum = 0;
  for (int x = 0; x < w; x++) {
    const int d = src[x] - ref[x];
    sum += static_cast<uint32_t>(d * d);
  }
  return sum;
}

template <Pixel P, int W, int H>
uint64_t sse_block(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride) {
  uint64_t sum = 0;
  for (int y = 0; y < H; y++) sum += sse_row(src + y * src_stride, ref + y * ref_stride, W);
  return sum;
}

template <Pixel P>
uint64_t sse_wh_block(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, int w, int h) {
  uint64_t sum = 0;
  for (int y = 0; y < h; y++, src += src_stride, ref += ref_stride)
    for (int x = 0; x < w; x += 128) sum += sse_row(src + x, ref + x, w - x < 128 ? w - x : 128);
  return sum;
}

template <Pixel P, int W, int H>
void sum_sse_block(const P* src, ptrdiff_t src_stride, uint32_t* sum, uint64_t* sum_squares) {
#if TESSERA_X86_LANES
  if constexpr (sizeof(P) == 1 && W == 8) {
    const __m128i zero = _mm_setzero_si128();
    __m128i sums = zero, squares = zero;
    for (int y = 0; y < H; y += 2, src += 2 * src_stride) {
      const __m128i rows = _mm_unpacklo_epi64(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(src)),
                                              _mm_loadl_epi64(reinterpret_cast<const __m128i*>(src + src_stride)));
      const __m128i low = _mm_unpacklo_epi8(rows, zero), high = _mm_unpackhi_epi8(rows, zero);
      sums = _mm_add_epi64(sums, _mm_sad_epu8(rows, zero));
      squares = _mm_add_epi32(squares, _mm_add_epi32(_mm_madd_epi16(low, low), _mm_madd_epi16(high, high)));
    }
    squares = _mm_add_epi32(squares, _mm_srli_si128(squares, 8));
    squares = _mm_add_epi32(squares, _mm_srli_si128(squares, 4));
    *sum = static_cast<uint32_t>(_mm_cvtsi128_si32(_mm_add_epi32(sums, _mm_srli_si128(sums, 8))));
    *sum_squares = static_cast<uint32_t>(_mm_cvtsi128_si32(squares));
    return;
  }
#endif
  uint32_t total = 0;
  uint64_t squares = 0;
  // Rows of a strip lie one behind the other, so that a narrow block's go in vectors too.
  constexpr int kRows = std::min(H, std::max(1, 64 / W));
  for (int y = 0; y < H; y += kRows) {
    Array<int16_t, kRows * W> strip;
    for (int r = 0; r < kRows; r++, src += src_stride)
      for (int x = 0; x < W; x++) strip[r * W + x] = static_cast<int16_t>(src[x]);
    int32_t sum_of_strip = 0;
    uint32_t squares_of_strip = 0;
    for (int i = 0; i < kRows * W; i++) {
      sum_of_strip += strip[i];
      squares_of_strip += static_cast<uint32_t>(strip[i] * strip[i]);
    }
    total += static_cast<uint32_t>(sum_of_strip);
    squares += squares_of_strip;
  }
  *sum = total;
  *sum_squares = squares;
}

template <Pixel P>
void residual_block(const P* __restrict src, ptrdiff_t src_stride, const P* __restrict pred, ptrdiff_t pred_stride,
                    int16_t* __restrict out, ptrdiff_t out_stride, int w, int h) {
  for (int y = 0; y < h; y++, src += src_stride, pred += pred_stride, out += out_stride)
    for (int x = 0; x < w; x++) out[x] = static_cast<int16_t>(src[x] - pred[x]);
}

/// Of strips up to 64 high: a lane sums 64 pairs of squares of up to 4095 at most, in 32 bits.
template <int W>
uint64_t energy_columns(const int16_t* residual, ptrdiff_t stride, int h) {
  uint64_t sum = 0;
  if constexpr (W == 4) {
    for (int y = 0; y < h; y += 4) {
      using V = LanesOf<uint32_t, 4>;
      V rows = {};
      for (int r = 0; r < 4; r++, residual += stride) {
        const V v = (V)__builtin_convertvector(load_lanes<Words<4>>(residual), Lanes<4>);
        rows += v * v;
      }
      for (int i = 0; i < 4; i++) sum += rows[i];
    }
  } else {
#if TESSERA_X86_LANES && defined(__AVX2__)
    if constexpr (W == 16) {
      __m256i rows = _mm256_setzero_si256();
      for (int y = 0; y < h; y++, residual += stride) {
        const __m256i v = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(residual));
        rows = _mm256_add_epi32(rows, _mm256_madd_epi16(v, v));
      }
      const auto lanes = (LanesOf<uint32_t, 8>)rows;
      for (int i = 0; i < 8; i++) sum += lanes[i];
      return sum;
    }
#endif
#if TESSERA_X86_LANES
    __m128i rows[W / 8] = {};
    for (int y = 0; y < h; y++, residual += stride)
      for (int i = 0; i < W / 8; i++) {
        const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(residual + 8 * i));
        rows[i] = _mm_add_epi32(rows[i], _mm_madd_epi16(v, v));
      }
    for (const __m128i& r : rows)
      for (int i = 0; i < 4; i++) sum += ((LanesOf<uint32_t, 4>)r)[i];
#else
    for (int y = 0; y < h; y++, residual += stride)
      for (int x = 0; x < W; x++) sum += static_cast<uint32_t>(residual[x] * residual[x]);
#endif
  }
  return sum;
}

uint64_t residual_energy(const int16_t* residual, ptrdiff_t stride, int w, int h) {
  uint64_t sum = 0;
  for_strips(w, [&]<int W>(int x) { sum += energy_columns<W>(residual + x, stride, h); });
  return sum;
}

template <Pixel P, BlockSize kSize>
void bind_size(DistortionTable<P>& t) {
  constexpr int kW = block_width(kSize), kH = block_height(kSize);
  t.sad[kSize] = sad_block<P, kW, kH>;
  t.sad_x4[kSize] = sad_x4_block<P, kW, kH>;
  t.satd[kSize] = satd_block<P, kW, kH>;
  t.sse[kSize] = sse_block<P, kW, kH>;
  t.sum_sse[kSize] = sum_sse_block<P, kW, kH>;
}

template <Pixel P, size_t... kSizes>
void bind_sizes(DistortionTable<P>& t, std::index_sequence<kSizes...>) {
  (bind_size<P, static_cast<BlockSize>(kSizes)>(t), ...);
}

}  // namespace

template <Pixel P>
void bind_distortion_scalar(DistortionTable<P>& table) {
  bind_sizes(table, std::make_index_sequence<BLOCK_SIZES>());
  table.sse_wh = sse_wh_block<P>;
  table.sad_row = sad_row_block<P>;
  table.residual = residual_block<P>;
  table.energy = residual_energy;
}

template void bind_distortion_scalar(DistortionTable<uint8_t>&);
template void bind_distortion_scalar(DistortionTable<uint16_t>&);

}  // namespace tessera
