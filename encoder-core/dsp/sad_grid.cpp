#include "dsp/sad_grid.h"

#include <algorithm>
#include <cstdlib>

#include "dsp/lanes.h"

namespace tessera {
namespace {

constexpr int kSide = 64, kPart = 8;

/// Eight parts side by side: a row of the grid.
template <Pixel P>
void grid_row(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out) {
#if TESSERA_X86_LANES
  if constexpr (sizeof(P) == 1) {
#if defined(__AVX512BW__)
    using Register = __m512i;
    const auto sad = [](const uint8_t* a, const uint8_t* b) { return _mm512_sad_epu8(_mm512_loadu_si512(a), _mm512_loadu_si512(b)); };
    const auto add = [](Register a, Register b) { return _mm512_add_epi64(a, b); };
#elif defined(__AVX2__)
    using Register = __m256i;
    const auto sad = [](const uint8_t* a, const uint8_t* b) {
      return _mm256_sad_epu8(_mm256_loadu_si256((const __m256i*)a), _mm256_loadu_si256((const __m256i*)b));
    };
    const auto add = [](Register a, Register b) { return _mm256_add_epi64(a, b); };
#else
    using Register = __m128i;
    const auto sad = [](const uint8_t* a, const uint8_t* b) {
      return _mm_sad_epu8(_mm_loadu_si128((const __m128i*)a), _mm_loadu_si128((const __m128i*)b));
    };
    const auto add = [](Register a, Register b) { return _mm_add_epi64(a, b); };
#endif
    constexpr int kBytes = sizeof(Register), kCount = kSide / kBytes;
    Register sum[kCount] = {};
    for (int y = 0; y < kPart; y++)
      for (int i = 0; i < kCount; i++)
        sum[i] = add(sum[i], sad(src + y * src_stride + i * kBytes, ref + y * ref_stride + i * kBytes));
#if defined(__AVX512BW__)
    _mm256_storeu_si256((__m256i*)out, _mm512_maskz_cvtepi64_epi32(0xff, sum[0]));
#else
    uint64_t parts[kSide / kPart];
    std::memcpy(parts, sum, sizeof parts);
    for (int i = 0; i < kSide / kPart; i++) out[i] = static_cast<uint32_t>(parts[i]);
#endif
    return;
  }
#if defined(__AVX2__)
  if constexpr (sizeof(P) == 2) {
    __m256i sums[4];  // of two parts each
    for (int i = 0; i < 4; i++) {
      __m256i sum = _mm256_setzero_si256();  // eight differences of up to 4095 a word
      for (int y = 0; y < kPart; y++) {
        const __m256i a = _mm256_loadu_si256((const __m256i*)(src + y * src_stride + 16 * i));
        const __m256i b = _mm256_loadu_si256((const __m256i*)(ref + y * ref_stride + 16 * i));
        sum = _mm256_add_epi16(sum, _mm256_abs_epi16(_mm256_sub_epi16(a, b)));
      }
      sums[i] = _mm256_madd_epi16(sum, _mm256_set1_epi16(1));
    }
    const __m256i even_odd = _mm256_hadd_epi32(_mm256_hadd_epi32(sums[0], sums[1]), _mm256_hadd_epi32(sums[2], sums[3]));
    _mm256_storeu_si256((__m256i*)out, _mm256_permutevar8x32_epi32(even_odd, _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7)));
    return;
  }
#endif
  if constexpr (sizeof(P) == 2) {
    const auto load = [](const uint16_t* at) { return _mm_loadu_si128((const __m128i*)at); };
    for (int first = 0; first < kSide / kPart; first += 4) {
      Lanes<4> sums[4];
      for (int i = 0; i < 4; i++) {
        __m128i sum = _mm_setzero_si128();  // eight differences of up to 4095 a word
        for (int y = 0; y < kPart; y++) {
          const __m128i a = load(src + y * src_stride + (first + i) * kPart), b = load(ref + y * ref_stride + (first + i) * kPart);
          sum = _mm_add_epi16(sum, _mm_or_si128(_mm_subs_epu16(a, b), _mm_subs_epu16(b, a)));
        }
        sums[i] = (Lanes<4>)_mm_madd_epi16(sum, _mm_set1_epi16(1));
      }
      transpose_lanes(sums);
      store_lanes(out + first, sums[0] + sums[1] + sums[2] + sums[3]);
    }
    return;
  }
#endif
  for (int part = 0; part < kSide / kPart; part++) {
    uint32_t sum = 0;
    for (int y = 0; y < kPart; y++)
      for (int x = 0; x < kPart; x++)
        sum += static_cast<uint32_t>(std::abs(src[y * src_stride + part * kPart + x] - ref[y * ref_stride + part * kPart + x]));
    out[part] = sum;
  }
}

template <Pixel P>
void sad_grid(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out) {
  for (int row = 0; row < kSide / kPart; row++)
    grid_row(src + row * kPart * src_stride, src_stride, ref + row * kPart * ref_stride, ref_stride, out + row * (kSide / kPart));
}

using V = LanesOf<uint32_t, 8>;

/// Sums of neighbours in two rows of 8, that of the first row first.
TESSERA_INLINE void add_pairs(const V& a, const V& b, V& sums) {
  sums = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) + __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}

void offer_to_squares(const uint32_t* grid, uint32_t rate, uint32_t vector, uint32_t* best) {
  const auto offer = [&](const V& sad, uint32_t* at) {
    const V now = ((sad + rate) << kVectorBits) + vector, old = load_lanes<V>(at);
    store_lanes(at, now < old ? now : old);
  };
  // No arrays of vectors: the compiler would copy into them in halves, and wait for these when it reads the whole.
  const auto offer_eights = [&](int row, V& sad) {
    sad = load_lanes<V>(grid + 8 * row);
    offer(sad, best + kFirstSquare[3] + 8 * row);
  };
  const auto offer_sixteens = [&](int row, V& sixteens) {
    V a, b, c, d;
    offer_eights(4 * row, a);
    offer_eights(4 * row + 1, b);
    offer_eights(4 * row + 2, c);
    offer_eights(4 * row + 3, d);
    add_pairs(a + b, c + d, sixteens);
    offer(sixteens, best + kFirstSquare[2] + 8 * row);
  };
  V upper, lower;
  offer_sixteens(0, upper);
  offer_sixteens(1, lower);
  // Rows of four: each two of them become two squares of 32.
  V halves;
  add_pairs(upper, lower, halves);
  const V thirties = halves + __builtin_shufflevector(halves, halves, 2, 3, 0, 1, 6, 7, 4, 5);
  const uint32_t sad[5] = {thirties[0] + thirties[1] + thirties[4] + thirties[5], thirties[0], thirties[1], thirties[4], thirties[5]};
  for (int i = 0; i < 5; i++) best[i] = std::min(best[i], ((sad[i] + rate) << kVectorBits) + vector);
}

}  // namespace

template <Pixel P>
void bind_sad_grid_scalar(SadGridTable<P>& table) {
  table = {sad_grid<P>, offer_to_squares};
}

template void bind_sad_grid_scalar(SadGridTable<uint8_t>&);
template void bind_sad_grid_scalar(SadGridTable<uint16_t>&);

}  // namespace tessera
