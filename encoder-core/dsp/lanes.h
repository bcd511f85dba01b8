// Lane vectors: fixed-width SIMD in the compiler's own vector extension. Arithmetic and comparisons work lane
// by lane; the compiler maps them to the registers of its target, whatever that is.
#pragma once

#include <cstring>
#include <utility>

#include "dsp/pixel.h"

#if defined(__SSE2__) && !defined(TESSERA_PORTABLE_LANES)
#include <immintrin.h>
#define TESSERA_X86_LANES 1
#endif

// Lanes differ with the instruction set a file is compiled for; so must the names of what is made of them.
#if defined(__AVX512BW__)
#define TESSERA_LANES lanes16
#elif defined(__AVX2__)
#define TESSERA_LANES lanes8
#else
#define TESSERA_LANES lanes4
#endif

namespace tessera {
inline namespace TESSERA_LANES {

#if defined(__AVX512BW__)
inline constexpr int kNativeLanes = 16;
#elif defined(__AVX2__)
inline constexpr int kNativeLanes = 8;
#else
inline constexpr int kNativeLanes = 4;
#endif

#define TESSERA_INLINE [[gnu::always_inline]] inline

template <class T, int L>
struct LaneTypes {
  typedef T Vector __attribute__((vector_size(sizeof(T) * L)));
};
template <class T, int L>
using LanesOf = typename LaneTypes<T, L>::Vector;
template <int L>
using Lanes = LanesOf<int32_t, L>;
template <int L>
using Words = LanesOf<int16_t, L>;
template <class V>
inline constexpr bool kIsWords = sizeof(V{}[0]) == 2;
template <class V>
inline constexpr int kLaneCount = sizeof(V) / sizeof(V{}[0]);
template <class V>
using UnsignedLanes = LanesOf<uint32_t, kLaneCount<V>>;

template <class V, class T>
TESSERA_INLINE V load_lanes(const T* from) {
  V v;
  std::memcpy(&v, from, sizeof(v));
  return v;
}
template <class V, class T>
TESSERA_INLINE void store_lanes(T* to, V v) {
  std::memcpy(to, &v, sizeof(v));
}
template <class V>
TESSERA_INLINE V clamp_lanes(V v, V low, V high) {
  v = v < low ? low : v;
  return v > high ? high : v;
}

/// Transposes a square of lanes in place: lane j of v[i] changes places with lane i of v[j].
TESSERA_INLINE void transpose_lanes(Lanes<4>* v) {
  using V = Lanes<4>;
  const V a = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5),
          b = __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  const V c = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5),
          d = __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  v[0] = __builtin_shufflevector(a, c, 0, 1, 4, 5);
  v[1] = __builtin_shufflevector(a, c, 2, 3, 6, 7);
  v[2] = __builtin_shufflevector(b, d, 0, 1, 4, 5);
  v[3] = __builtin_shufflevector(b, d, 2, 3, 6, 7);
}
#if defined(__AVX2__)
TESSERA_INLINE void transpose_lanes(Lanes<8>* v) {
  using V = Lanes<8>;
  V p[8], q[8];
  for (int i = 0; i < 8; i += 2) {
    p[i] = __builtin_shufflevector(v[i], v[i + 1], 0, 8, 1, 9, 4, 12, 5, 13);
    p[i + 1] = __builtin_shufflevector(v[i], v[i + 1], 2, 10, 3, 11, 6, 14, 7, 15);
  }
  for (int i = 0; i < 8; i += 4) {
    q[i] = __builtin_shufflevector(p[i], p[i + 2], 0, 1, 8, 9, 4, 5, 12, 13);
    q[i + 1] = __builtin_shufflevector(p[i], p[i + 2], 2, 3, 10, 11, 6, 7, 14, 15);
    q[i + 2] = __builtin_shufflevector(p[i + 1], p[i + 3], 0, 1, 8, 9, 4, 5, 12, 13);
    q[i + 3] = __builtin_shufflevector(p[i + 1], p[i + 3], 2, 3, 10, 11, 6, 7, 14, 15);
  }
  for (int i = 0; i < 4; ++i) {
    v[i] = __builtin_shufflevector(q[i], q[i + 4], 0, 1, 2, 3, 8, 9, 10, 11);
    v[i + 4] = __builtin_shufflevector(q[i], q[i + 4], 4, 5, 6, 7, 12, 13, 14, 15);
  }
}
#endif

// ---- 16-bit lanes: what the vector extension has no operator for ----

#if TESSERA_X86_LANES
// Overloads for one register width: 16 bytes, and with AVX2 32.
#define TESSERA_WORD_OPERATIONS(L, Register, Prefix)                                                      \
  /* Sums and differences that stop at the limits of 16 bits. */                                          \
  TESSERA_INLINE Words<L> add_saturated(Words<L> a, Words<L> b) {                                         \
    return (Words<L>)Prefix##_adds_epi16((Register)a, (Register)b);                                       \
  }                                                                                                       \
  TESSERA_INLINE Words<L> subtract_saturated(Words<L> a, Words<L> b) {                                    \
    return (Words<L>)Prefix##_subs_epi16((Register)a, (Register)b);                                       \
  }                                                                                                       \
  /* f(ca * a + cb * b) of 32-bit sums, stopped at the limits of 16 bits. */                              \
  template <int kCa, int kCb, class F>                                                                    \
  TESSERA_INLINE Words<L> weighted_sum(Words<L> a, Words<L> b, F f) {                                     \
    const Register weights =                                                                              \
        Prefix##_set1_epi32(static_cast<int>(static_cast<uint32_t>(kCb) << 16 | (kCa & 0xffff)));         \
    const Register low = Prefix##_unpacklo_epi16((Register)a, (Register)b);                               \
    const Register high = Prefix##_unpackhi_epi16((Register)a, (Register)b);                              \
    return (Words<L>)Prefix##_packs_epi32((Register)f((Lanes<L / 2>)Prefix##_madd_epi16(low, weights)),   \
                                          (Register)f((Lanes<L / 2>)Prefix##_madd_epi16(high, weights))); \
  }
TESSERA_WORD_OPERATIONS(8, __m128i, _mm)
TESSERA_INLINE Words<8> narrow_lanes(Lanes<4> low, Lanes<4> high) {
  return (Words<8>)_mm_packs_epi32((__m128i)low, (__m128i)high);
}
/// Adds to as many bytes, which stop at their limits.
TESSERA_INLINE void add_to_bytes(uint8_t* dst, Words<8> words) {
  const __m128i bytes = _mm_unpacklo_epi8(_mm_loadl_epi64((const __m128i*)dst), _mm_setzero_si128());
  const __m128i sum = (__m128i)add_saturated(words, (Words<8>)bytes);
  _mm_storel_epi64((__m128i*)dst, _mm_packus_epi16(sum, sum));
}
#if defined(__AVX2__)
TESSERA_WORD_OPERATIONS(16, __m256i, _mm256)
TESSERA_INLINE Words<16> narrow_lanes(Lanes<8> low, Lanes<8> high) {
  return (Words<16>)_mm256_permute4x64_epi64(_mm256_packs_epi32((__m256i)low, (__m256i)high), 0xd8);
}
TESSERA_INLINE void add_to_bytes(uint8_t* dst, Words<16> words) {
  const __m256i bytes = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i*)dst));
  const __m256i sum = (__m256i)add_saturated(words, (Words<16>)bytes);
  const __m128i high = _mm256_extracti128_si256(sum, 1);
  _mm_storeu_si128((__m128i*)dst, _mm_packus_epi16(_mm256_castsi256_si128(sum), high));
}
#endif
#undef TESSERA_WORD_OPERATIONS
#else
template <class V, class W>
TESSERA_INLINE V saturate_words(W wide) {
  return __builtin_convertvector(clamp_lanes(wide, W{} - 32768, W{} + 32767), V);
}
template <class V>
TESSERA_INLINE V add_saturated(V a, V b) {
  using Wide = Lanes<kLaneCount<V>>;
  return saturate_words<V>(__builtin_convertvector(a, Wide) + __builtin_convertvector(b, Wide));
}
template <class V>
TESSERA_INLINE V subtract_saturated(V a, V b) {
  using Wide = Lanes<kLaneCount<V>>;
  return saturate_words<V>(__builtin_convertvector(a, Wide) - __builtin_convertvector(b, Wide));
}
template <int kCa, int kCb, class V, class F>
TESSERA_INLINE V weighted_sum(V a, V b, F f) {
  using Wide = Lanes<kLaneCount<V>>;
  return saturate_words<V>(
      f(__builtin_convertvector(a, Wide) * kCa + __builtin_convertvector(b, Wide) * kCb));
}
template <class W>
TESSERA_INLINE Words<2 * kLaneCount<W>> narrow_lanes(W low, W high) {
  Words<2 * kLaneCount<W>> v;
  for (int i = 0; i < kLaneCount<W>; ++i)
    v[i] = static_cast<int16_t>(low[i]), v[i + kLaneCount<W>] = static_cast<int16_t>(high[i]);
  return v;
}
#endif

/// Round2( v, kShift ), exact for every value.
template <int kShift, class V>
TESSERA_INLINE V round_lanes(V v) {
  if constexpr (kShift == 0) return v;
  if constexpr (kIsWords<V>) {
#if TESSERA_X86_LANES && defined(__SSE4_1__)
    if constexpr (kLaneCount<V> == 8) return (V)_mm_mulhrs_epi16((__m128i)v, _mm_set1_epi16(1 << (15 - kShift)));
#endif
#if TESSERA_X86_LANES && defined(__AVX2__)
    if constexpr (kLaneCount<V> == 16)
      return (V)_mm256_mulhrs_epi16((__m256i)v, _mm256_set1_epi16(1 << (15 - kShift)));
#endif
    return (v >> kShift) + ((v >> (kShift - 1)) & 1);
  } else {
    return (v + ((1 << kShift) >> 1)) >> kShift;
  }
}

/// The low or high half of v's elements of type U, and those of w, in turns, within each 16 bytes.
template <class U, bool kHigh, class V>
TESSERA_INLINE V interleave_lanes(V v, V w) {
  constexpr int kCount = sizeof(V) / sizeof(U), kPer16 = 16 / sizeof(U);
  using Elements = LanesOf<U, kCount>;
  return [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    return (V)__builtin_shufflevector(
        (Elements)v, (Elements)w,
        (I / kPer16 * kPer16 + I % kPer16 / 2 + (kHigh ? kPer16 / 2 : 0) + (I & 1) * kCount)...);
  }(std::make_integer_sequence<int, kCount>{});
}
/// Transposes the 8 x 8 words in each 16 bytes of v[0 .. 8).
template <class V>
TESSERA_INLINE void transpose_words_8(V* v) {
  V p[8], q[8];
  for (int i = 0; i < 4; ++i) {
    p[2 * i] = interleave_lanes<int16_t, false>(v[2 * i], v[2 * i + 1]);
    p[2 * i + 1] = interleave_lanes<int16_t, true>(v[2 * i], v[2 * i + 1]);
  }
  for (int i = 0; i < 8; i += 4)
    for (int j = 0; j < 2; ++j) {
      q[i + 2 * j] = interleave_lanes<int32_t, false>(p[i + j], p[i + 2 + j]);
      q[i + 2 * j + 1] = interleave_lanes<int32_t, true>(p[i + j], p[i + 2 + j]);
    }
  for (int i = 0; i < 4; ++i) {
    v[2 * i] = interleave_lanes<int64_t, false>(q[i], q[i + 4]);
    v[2 * i + 1] = interleave_lanes<int64_t, true>(q[i], q[i + 4]);
  }
}
TESSERA_INLINE void transpose_lanes(Words<8>* v) {
  transpose_words_8(v);
}
#if defined(__AVX2__)
TESSERA_INLINE void transpose_lanes(Words<16>* v) {
  using Halves = LanesOf<int64_t, 4>;
  transpose_words_8(v);
  transpose_words_8(v + 8);
  for (int i = 0; i < 8; ++i) {
    const Halves a = (Halves)v[i], b = (Halves)v[i + 8];
    v[i] = (Words<16>)__builtin_shufflevector(a, b, 0, 1, 4, 5);
    v[i + 8] = (Words<16>)__builtin_shufflevector(a, b, 2, 3, 6, 7);
  }
}
#endif

/// Calls f<0>() .. f<N-1>().
template <int N, class F>
TESSERA_INLINE void unroll(F&& f) {
  [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
    (f.template operator()<I>(), ...);
  }(std::make_integer_sequence<int, N>{});
}

}  // namespace TESSERA_LANES
}  // namespace tessera
