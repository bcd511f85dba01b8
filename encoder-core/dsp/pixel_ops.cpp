#include "dsp/pixel_ops.h"

#include "dsp/lanes.h"

namespace tessera {
namespace {

#if TESSERA_X86_LANES && defined(__AVX2__)
#define TESSERA_PIXEL_LANES 1
constexpr int kLanes = 16;  ///< samples of the destination at once

__m256i load(const void* from) { return _mm256_loadu_si256(static_cast<const __m256i*>(from)); }
void store(void* to, __m128i v) { _mm_storeu_si128(static_cast<__m128i*>(to), v); }
/// Words as bytes, at most 255.
__m128i narrow(__m256i v) { return _mm256_castsi256_si128(_mm256_permute4x64_epi64(_mm256_packus_epi16(v, v), 0x08)); }

/// Sums of 2x2 samples under 1 << 13.
__m256i sums_of_squares(const uint8_t* row0, const uint8_t* row1) {
  const __m256i one = _mm256_set1_epi8(1);
  return _mm256_add_epi16(_mm256_maddubs_epi16(load(row0), one), _mm256_maddubs_epi16(load(row1), one));
}
__m256i sums_of_squares(const uint16_t* row0, const uint16_t* row1) {
  const __m256i one = _mm256_set1_epi16(1);
  const auto sums = [&](int at) { return _mm256_madd_epi16(_mm256_add_epi16(load(row0 + at), load(row1 + at)), one); };
  return _mm256_permute4x64_epi64(_mm256_packus_epi32(sums(0), sums(kLanes)), 0xd8);
}

template <Pixel P>
void halve_lanes(uint8_t* dst, const P* row0, const P* row1, int shift) {
  const __m256i sums = _mm256_add_epi16(sums_of_squares(row0, row1), _mm256_set1_epi16(static_cast<int16_t>(1 << (shift - 1))));
  store(dst, narrow(_mm256_srl_epi16(sums, _mm_cvtsi32_si128(shift))));
}

void split_lanes(uint8_t* first, uint8_t* second, const uint8_t* src, int) {
  const __m256i pairs = load(src);
  store(first, narrow(_mm256_and_si256(pairs, _mm256_set1_epi16(255))));
  store(second, narrow(_mm256_srli_epi16(pairs, 8)));
}
void split_lanes(uint16_t* first, uint16_t* second, const uint16_t* src, int shift) {
  const __m256i low = load(src), high = load(src + kLanes), even = _mm256_set1_epi32(0xffff);
  const auto put = [&](uint16_t* to, __m256i a, __m256i b) {
    const __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(a, b), 0xd8);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_srl_epi16(words, _mm_cvtsi32_si128(shift)));
  };
  put(first, _mm256_and_si256(low, even), _mm256_and_si256(high, even));
  put(second, _mm256_srli_epi32(low, 16), _mm256_srli_epi32(high, 16));
}
#endif

template <Pixel P>
void halve_plane(uint8_t* __restrict dst, ptrdiff_t dst_stride, const P* __restrict src, ptrdiff_t src_stride, int w,
                 int h, int bit_depth) {
  const int shift = 2 + bit_depth - 8, round = 1 << (shift - 1);
  const int top = 255;  // only rounding of more than 8 bits reaches it
  for (int y = 0; y < h; y++, dst += dst_stride, src += 2 * src_stride) {
    int x = 0;
#ifdef TESSERA_PIXEL_LANES
    for (; x + kLanes <= w; x += kLanes) halve_lanes(dst + x, src + 2 * x, src + 2 * x + src_stride, shift);
#endif
    for (; x < w; x++) {
      const P *row0 = src + 2 * x, *row1 = row0 + src_stride;
      const int mean = (row0[0] + row0[1] + row1[0] + row1[1] + round) >> shift;
      dst[x] = static_cast<uint8_t>(mean < top ? mean : top);
    }
  }
}

template <Pixel P>
void split_plane(P* __restrict first, P* __restrict second, ptrdiff_t dst_stride, const P* __restrict src,
                 ptrdiff_t src_stride, int w, int h, int shift) {
  for (int y = 0; y < h; y++, first += dst_stride, second += dst_stride, src += src_stride) {
    int x = 0;
#ifdef TESSERA_PIXEL_LANES
    for (; x + kLanes <= w; x += kLanes) split_lanes(first + x, second + x, src + 2 * x, shift);
#endif
    for (; x < w; x++) {
      first[x] = static_cast<P>(src[2 * x] >> shift);
      second[x] = static_cast<P>(src[2 * x + 1] >> shift);
    }
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
