// One-dimensional transforms, run on several columns at once.
//
// A transform is a program: the butterflies of section 7.13.2 as data, emitted at compile time. The inverse
// runs the steps in order; the forward transform is the same program transposed, last step first, so that the
// two are one text. Every step is unrolled over a lane vector (one lane a column), which the compiler maps to
// the widest registers of its target.
#pragma once

#include <utility>

#include "base/array.h"
#include "base/int_math.h"
#include "dsp/lanes.h"
#include "spec/enums.h"

namespace tessera {
inline namespace TESSERA_LANES {

// ---- Programs ----

/// One butterfly on T[ a ] and T[ b ]: a' = aa * a + ab * b, b' = ba * a + bb * b, rounded from 12 fractional
/// bits; or, for a Hadamard step, a' = a + b, b' = a - b.
struct TxStep {
  uint8_t a, b;
  bool hadamard;
  int16_t aa, ab, ba, bb;
  bool a_is_zero = false, b_is_zero = false;  ///< known before the transform runs
};

struct TxProgram {
  int length = 0;
  int count = 0;
  Array<TxStep, 256> steps = {};
  Array<uint8_t, 64> input = {};   ///< T[ i ] starts as element input[ i ]
  Array<uint8_t, 64> output = {};  ///< element i ends as T[ output[ i ] ], negated where negate[ i ]
  Array<bool, 64> negate = {};

  constexpr void rotate(int a, int b, int angle, bool flip);
  constexpr void hadamard(int a, int b, bool flip);
};

/// spec 7.13.2.1: brev( numBits, x ).
constexpr int brev(int num_bits, int x) {
  int t = 0;
  for (int i = 0; i < num_bits; ++i) t += ((x >> i) & 1) << (num_bits - 1 - i);
  return t;
}

/// 4096 * cos( i * pi / 128 ).
inline constexpr Array<int16_t, 65> Cos128_Lookup = {
    4096, 4095, 4091, 4085, 4076, 4065, 4052, 4036, 4017, 3996, 3973, 3948, 3920, 3889, 3857, 3822, 3784,
    3745, 3703, 3659, 3612, 3564, 3513, 3461, 3406, 3349, 3290, 3229, 3166, 3102, 3035, 2967, 2896, 2824,
    2751, 2675, 2598, 2520, 2440, 2359, 2276, 2191, 2106, 2019, 1931, 1842, 1751, 1660, 1567, 1474, 1380,
    1285, 1189, 1092, 995,  897,  799,  700,  601,  501,  401,  301,  201,  101,  0,
};

/// spec 7.13.2.1: cos128( angle ) and sin128( angle ).
constexpr int16_t cos128(int angle) {
  const int folded = angle & 255;
  if (folded <= 64) return Cos128_Lookup[folded];
  if (folded <= 128) return static_cast<int16_t>(-Cos128_Lookup[128 - folded]);
  if (folded <= 192) return static_cast<int16_t>(-Cos128_Lookup[folded - 128]);
  return Cos128_Lookup[256 - folded];
}
constexpr int16_t sin128(int angle) {
  return cos128(angle - 64);
}

/// spec 7.13.2.1: the function B( a, b, angle, flip, r ).
constexpr void TxProgram::rotate(int a, int b, int angle, bool flip) {
  const int16_t c = cos128(angle), s = sin128(angle), minus_s = static_cast<int16_t>(-s);
  TxStep& step = steps[count++];
  step = {static_cast<uint8_t>(a), static_cast<uint8_t>(b), false, c, minus_s, s, c};
  if (flip) step.aa = s, step.ab = c, step.ba = c, step.bb = minus_s;
}
/// spec 7.13.2.1: the function H( a, b, flip, r ).
constexpr void TxProgram::hadamard(int a, int b, bool flip) {
  if (flip) std::swap(a, b);
  steps[count++] = {static_cast<uint8_t>(a), static_cast<uint8_t>(b), true, 1, 1, 1, -1};
}

/// spec 7.13.2.3: inverse DCT process, n the base 2 logarithm of the length. Numbers on the right are the
/// specification's steps.
constexpr TxProgram dct_program(int n) {
  TxProgram p;
  p.length = 1 << n;
  for (int i = 0; i < p.length; ++i) {
    p.input[i] = static_cast<uint8_t>(brev(n, i));
    p.output[i] = static_cast<uint8_t>(i);
  }
  const auto each = [](int count, auto&& f) {
    for (int i = 0; i < count; ++i) f(i);
  };
  const auto each2 = [](int count_i, int count_j, auto&& f) {
    for (int i = 0; i < count_i; ++i)
      for (int j = 0; j < count_j; ++j) f(i, j);
  };
  const bool n3 = n >= 3, n4 = n >= 4, n5 = n >= 5, n6 = n == 6;
  if (n6) each(16, [&](int i) { p.rotate(32 + i, 63 - i, 63 - 4 * brev(4, i), false); });       // 2
  if (n5) each(8, [&](int i) { p.rotate(16 + i, 31 - i, 6 + (brev(3, 7 - i) << 3), false); });  // 3
  if (n6) each(16, [&](int i) { p.hadamard(32 + i * 2, 33 + i * 2, i & 1); });                  // 4
  if (n4) each(4, [&](int i) { p.rotate(8 + i, 15 - i, 12 + (brev(2, 3 - i) << 4), false); });  // 5
  if (n5) each(8, [&](int i) { p.hadamard(16 + 2 * i, 17 + 2 * i, i & 1); });                   // 6
  if (n6)                                                                                       // 7
    each2(4, 2, [&](int i, int j) {
      p.rotate(62 - i * 4 - j, 33 + i * 4 + j, 60 - 16 * brev(2, i) + 64 * j, true);
    });
  if (n3) each(2, [&](int i) { p.rotate(4 + i, 7 - i, 56 - 32 * i, false); });  // 8
  if (n4) each(4, [&](int i) { p.hadamard(8 + 2 * i, 9 + 2 * i, i & 1); });     // 9
  if (n5)                                                                       // 10
    each2(2, 2, [&](int i, int j) {
      p.rotate(30 - 4 * i - j, 17 + 4 * i + j, 24 + (j << 6) + ((1 - i) << 5), true);
    });
  if (n6) each2(8, 2, [&](int i, int j) { p.hadamard(32 + i * 4 + j, 35 + i * 4 - j, i & 1); });  // 11
  each(2, [&](int i) { p.rotate(2 * i, 2 * i + 1, 32 + 16 * i, 1 - i); });                        // 12
  if (n3) each(2, [&](int i) { p.hadamard(4 + 2 * i, 5 + 2 * i, i); });                           // 13
  if (n4) each(2, [&](int i) { p.rotate(14 - i, 9 + i, 48 + 64 * i, true); });                    // 14
  if (n5) each2(4, 2, [&](int i, int j) { p.hadamard(16 + 4 * i + j, 19 + 4 * i - j, i & 1); });  // 15
  if (n6)                                                                                         // 16
    each2(2, 4,
          [&](int i, int j) { p.rotate(61 - i * 8 - j, 34 + i * 8 + j, 56 - i * 32 + (j >> 1) * 64, true); });
  each(2, [&](int i) { p.hadamard(i, 3 - i, false); });                                           // 17
  if (n3) p.rotate(6, 5, 32, true);                                                               // 18
  if (n4) each2(2, 2, [&](int i, int j) { p.hadamard(8 + 4 * i + j, 11 + 4 * i - j, i); });       // 19
  if (n5) each(4, [&](int i) { p.rotate(29 - i, 18 + i, 48 + (i >> 1) * 64, true); });            // 20
  if (n6) each2(4, 4, [&](int i, int j) { p.hadamard(32 + 8 * i + j, 39 + 8 * i - j, i & 1); });  // 21
  if (n3) each(4, [&](int i) { p.hadamard(i, 7 - i, false); });                                   // 22
  if (n4) each(2, [&](int i) { p.rotate(13 - i, 10 + i, 32, true); });                            // 23
  if (n5) each2(2, 4, [&](int i, int j) { p.hadamard(16 + i * 8 + j, 23 + i * 8 - j, i); });      // 24
  if (n6) each(8, [&](int i) { p.rotate(59 - i, 36 + i, i < 4 ? 48 : 112, true); });              // 25
  if (n4) each(8, [&](int i) { p.hadamard(i, 15 - i, false); });                                  // 26
  if (n5) each(4, [&](int i) { p.rotate(27 - i, 20 + i, 32, true); });                            // 27
  if (n6)                                                                                         // 28
    each(8, [&](int i) {
      p.hadamard(32 + i, 47 - i, false);
      p.hadamard(48 + i, 63 - i, true);
    });
  if (n5) each(16, [&](int i) { p.hadamard(i, 31 - i, false); });       // 29
  if (n6) each(8, [&](int i) { p.rotate(55 - i, 40 + i, 32, true); });  // 30
  if (n6) each(32, [&](int i) { p.hadamard(i, 63 - i, false); });       // 31
  return p;
}

/// spec 7.13.2.7, 7.13.2.8: inverse ADST8 and ADST16 processes with their permutations (7.13.2.4, 7.13.2.5).
constexpr TxProgram adst_program(int n) {
  TxProgram p;
  const int length = p.length = 1 << n;
  for (int i = 0; i < length; ++i) {
    p.input[i] = static_cast<uint8_t>((i & 1) ? i - 1 : length - i - 1);
    const int gray = i ^ (i >> 1);
    p.output[i] = static_cast<uint8_t>(brev(4, gray) >> (4 - n));
    p.negate[i] = i & 1;
  }
  for (int i = 0; i < length / 2; ++i) p.rotate(2 * i, 2 * i + 1, n == 3 ? 60 - 16 * i : 62 - 8 * i, true);
  for (int i = 0; i < length / 2; ++i) p.hadamard(i, length / 2 + i, false);
  if (n == 4) {
    for (int i = 0; i < 2; ++i) {
      p.rotate(8 + 2 * i, 9 + 2 * i, 56 - 32 * i, true);
      p.rotate(13 + 2 * i, 12 + 2 * i, 8 + 32 * i, true);
    }
    for (int j = 0; j < 2; ++j)
      for (int i = 0; i < 4; ++i) p.hadamard(8 * j + i, 4 + 8 * j + i, false);
  }
  for (int j = 0; j < length / 8; ++j)
    for (int i = 0; i < 2; ++i) p.rotate(4 + 8 * j + 3 * i, 5 + 8 * j + i, 48 - 32 * i, true);
  for (int j = 0; j < length / 4; ++j)
    for (int i = 0; i < 2; ++i) p.hadamard(4 * j + i, 2 + 4 * j + i, false);
  for (int i = 0; i < length / 4; ++i) p.rotate(2 + 4 * i, 3 + 4 * i, 32, true);
  return p;
}

enum class Tx1d : uint8_t { kDct, kAdst, kIdentity };

/// Marks what is zero when only the first `non_zero` inputs are not.
constexpr TxProgram with_known_zeros(TxProgram p, int non_zero) {
  Array<bool, 64> zero = {};
  for (int i = 0; i < p.length; ++i) zero[i] = p.input[i] >= non_zero;
  for (int i = 0; i < p.count; ++i) {
    TxStep& step = p.steps[i];
    step.a_is_zero = zero[step.a];
    step.b_is_zero = zero[step.b];
    zero[step.a] = zero[step.b] = step.a_is_zero && step.b_is_zero;
  }
  return p;
}

/// The transform of N elements that reads the first kNonZero.
template <Tx1d kKind, int N, int kNonZero = N>
inline constexpr TxProgram kTxProgram = with_known_zeros(kKind == Tx1d::kDct ? dct_program(floor_log2(N))
                                                                             : adst_program(floor_log2(N)),
                                                         kNonZero);

// ---- Execution ----

// Arithmetic is done in 32-bit lanes at any depth, or in 16-bit lanes where values are known to fit: all
// values of the inverse do at 8 bits, by the clamping ranges and by conformance (7.13.2.1). Then both give
// the same results.

/// Round2( ca * a + cb * b, 12 ). 32-bit products and sums wrap: only the final sum has to fit, which
/// conformance guarantees.
template <int kCa, int kCb, class V>
TESSERA_INLINE V combine_q12(V a, V b) {
  if constexpr (kIsWords<V>) {
    return weighted_sum<kCa, kCb>(
        a, b, [](auto sum) __attribute__((always_inline)) { return round_lanes<12>(sum); });
  } else {
    using U = UnsignedLanes<V>;
    // One product where the factors allow it.
    if constexpr (kCa == kCb) return round_lanes<12>((V)(((U)a + (U)b) * static_cast<uint32_t>(kCa)));
    if constexpr (kCa == -kCb) return round_lanes<12>((V)(((U)a - (U)b) * static_cast<uint32_t>(kCa)));
    return round_lanes<12>((V)((U)a * static_cast<uint32_t>(kCa) + (U)b * static_cast<uint32_t>(kCb)));
  }
}
template <int kFactor, class V>
TESSERA_INLINE V scale_q12(V v) {
#if TESSERA_X86_LANES && defined(__SSE4_1__)
  if constexpr (kIsWords<V> && kLaneCount<V> == 8)
    return (V)_mm_mulhrs_epi16((__m128i)v, _mm_set1_epi16(kFactor * 8));
#endif
#if TESSERA_X86_LANES && defined(__AVX2__)
  if constexpr (kIsWords<V> && kLaneCount<V> == 16)
    return (V)_mm256_mulhrs_epi16((__m256i)v, _mm256_set1_epi16(kFactor * 8));
#endif
  return combine_q12<kFactor, 0>(v, V{});
}
template <class V>
TESSERA_INLINE V sum_clamped(V a, V b, V low, V high) {
  if constexpr (kIsWords<V>)
    return add_saturated(a, b);
  else
    return clamp_lanes(a + b, low, high);
}
template <class V>
TESSERA_INLINE V difference_clamped(V a, V b, V low, V high) {
  if constexpr (kIsWords<V>)
    return subtract_saturated(a, b);
  else
    return clamp_lanes(a - b, low, high);
}
template <class V>
TESSERA_INLINE V negate_lanes(V v) {
  if constexpr (kIsWords<V>)
    return subtract_saturated(V{}, v);
  else
    return -v;
}

template <TxStep kStep, class V>
TESSERA_INLINE void inverse_step(V* t, V low, V high) {
  const V a = t[kStep.a], b = t[kStep.b];
  if constexpr (kStep.a_is_zero && kStep.b_is_zero) return;
  if constexpr (kStep.hadamard) {
    t[kStep.a] = kStep.a_is_zero ? b : kStep.b_is_zero ? a : sum_clamped(a, b, low, high);
    t[kStep.b] = kStep.a_is_zero   ? negate_lanes(b)
                 : kStep.b_is_zero ? a
                                   : difference_clamped(a, b, low, high);
  } else if constexpr (kStep.a_is_zero) {
    t[kStep.a] = scale_q12<kStep.ab>(b);
    t[kStep.b] = scale_q12<kStep.bb>(b);
  } else if constexpr (kStep.b_is_zero) {
    t[kStep.a] = scale_q12<kStep.aa>(a);
    t[kStep.b] = scale_q12<kStep.ba>(a);
  } else {
    t[kStep.a] = combine_q12<kStep.aa, kStep.ab>(a, b);
    t[kStep.b] = combine_q12<kStep.ba, kStep.bb>(a, b);
  }
}

template <TxStep kStep, class V>
TESSERA_INLINE void forward_step(V* t) {
  const V a = t[kStep.a], b = t[kStep.b];
  if constexpr (kStep.hadamard) {
    t[kStep.a] = a + b;
    t[kStep.b] = a - b;
  } else {
    t[kStep.a] = combine_q12<kStep.aa, kStep.ba>(a, b);
    t[kStep.b] = combine_q12<kStep.ab, kStep.bb>(a, b);
  }
}

/// Runs a program in place on x[0 .. length); of inputs known to be zero nothing is read. `low` and `high`
/// are the limits of the intermediate clamping range r.
template <auto& kProgram, class V>
void run_inverse(V* x, V low, V high) {
  V t[kProgram.length];
  unroll<kProgram.length>([&]<int i>() __attribute__((always_inline)) { t[i] = x[kProgram.input[i]]; });
  unroll<kProgram.count>([&]<int i>() __attribute__((always_inline)) {
    inverse_step<kProgram.steps[i]>(t, low, high);
  });
  unroll<kProgram.length>([&]<int i>() __attribute__((always_inline)) {
    x[i] = kProgram.negate[i] ? negate_lanes(t[kProgram.output[i]]) : t[kProgram.output[i]];
  });
}

/// Runs the transposed program in place on x[0 .. length); only the first kKept outputs are written.
template <auto& kProgram, int kKept, class V>
void run_forward(V* x) {
  V t[kProgram.length];
  unroll<kProgram.length>([&]<int i>() __attribute__((always_inline)) {
    t[kProgram.output[i]] = kProgram.negate[i] ? -x[i] : x[i];
  });
  unroll<kProgram.count>([&]<int i>() __attribute__((always_inline)) {
    forward_step<kProgram.steps[kProgram.count - 1 - i]>(t);
  });
  unroll<kProgram.length>([&]<int i>() __attribute__((always_inline)) {
    if constexpr (constexpr int to = kProgram.input[i]; to < kKept) x[to] = t[i];
  });
}

inline constexpr int SINPI_1_9 = 1321, SINPI_2_9 = 2482, SINPI_3_9 = 3344, SINPI_4_9 = 3803;

/// spec 7.13.2.6: inverse ADST4 process.
template <class V>
void inverse_adst4(V* x, V, V) {
  using U = UnsignedLanes<V>;
  const U t0 = (U)x[0], t1 = (U)x[1], t2 = (U)x[2], t3 = (U)x[3];
  const U s0 = t0 * SINPI_1_9 + t2 * SINPI_4_9 + t3 * SINPI_2_9;
  const U s1 = t0 * SINPI_2_9 - t2 * SINPI_1_9 - t3 * SINPI_4_9;
  const U s3 = t1 * SINPI_3_9;
  x[0] = (V)(s0 + s3 + 2048u) >> 12;
  x[1] = (V)(s1 + s3 + 2048u) >> 12;
  x[2] = (V)((t0 - t2 + t3) * SINPI_3_9 + 2048u) >> 12;
  x[3] = (V)(s0 + s1 - s3 + 2048u) >> 12;
}

template <class V>
void forward_adst4(V* x) {
  using U = UnsignedLanes<V>;
  const U x0 = (U)x[0], x1 = (U)x[1], x2 = (U)x[2], x3 = (U)x[3];
  x[0] = (V)(x0 * SINPI_1_9 + x1 * SINPI_2_9 + x2 * SINPI_3_9 + x3 * SINPI_4_9 + 2048u) >> 12;
  x[1] = (V)((x0 + x1 - x3) * SINPI_3_9 + 2048u) >> 12;
  x[2] = (V)(x0 * SINPI_4_9 - x1 * SINPI_1_9 - x2 * SINPI_3_9 + x3 * SINPI_2_9 + 2048u) >> 12;
  x[3] = (V)(x0 * SINPI_2_9 - x1 * SINPI_4_9 + x2 * SINPI_3_9 - x3 * SINPI_1_9 + 2048u) >> 12;
}

/// spec 7.13.2.15: inverse identity transform process, followed by Round2( , kShift ). Its own transpose. The
/// factor's whole part is split off, so that products of 20-bit values fit 32 bits.
template <int N, int kShift, class V>
TESSERA_INLINE V identity_lanes(V v) {
  if constexpr (kIsWords<V>) {
    // Between the factor and the shift 16 bits may not do.
    return weighted_sum<1, 0>(
        v, v, [](auto wide) __attribute__((always_inline)) { return identity_lanes<N, kShift>(wide); });
  } else {
    if constexpr (N == 4) return round_lanes<kShift>(v + scale_q12<5793 - 4096>(v));
    if constexpr (N == 8) return round_lanes<kShift>(v * 2);
    if constexpr (N == 16) return round_lanes<kShift>(v * 2 + scale_q12<11586 - 8192>(v));
    return round_lanes<kShift>(v * 4);
  }
}

// ---- Types ----

struct Tx2d {
  Tx1d column, row;  ///< what runs down the columns, and along the rows
  bool flip_ud, flip_lr;
};

/// spec 7.12.3 and 7.13.3: the transform types taken apart.
inline constexpr Array<Tx2d, TX_TYPES> kTx2d = {{
    {Tx1d::kDct, Tx1d::kDct, false, false},            // DCT_DCT
    {Tx1d::kAdst, Tx1d::kDct, false, false},           // ADST_DCT
    {Tx1d::kDct, Tx1d::kAdst, false, false},           // DCT_ADST
    {Tx1d::kAdst, Tx1d::kAdst, false, false},          // ADST_ADST
    {Tx1d::kAdst, Tx1d::kDct, true, false},            // FLIPADST_DCT
    {Tx1d::kDct, Tx1d::kAdst, false, true},            // DCT_FLIPADST
    {Tx1d::kAdst, Tx1d::kAdst, true, true},            // FLIPADST_FLIPADST
    {Tx1d::kAdst, Tx1d::kAdst, false, true},           // ADST_FLIPADST
    {Tx1d::kAdst, Tx1d::kAdst, true, false},           // FLIPADST_ADST
    {Tx1d::kIdentity, Tx1d::kIdentity, false, false},  // IDTX
    {Tx1d::kDct, Tx1d::kIdentity, false, false},       // V_DCT
    {Tx1d::kIdentity, Tx1d::kDct, false, false},       // H_DCT
    {Tx1d::kAdst, Tx1d::kIdentity, false, false},      // V_ADST
    {Tx1d::kIdentity, Tx1d::kAdst, false, false},      // H_ADST
    {Tx1d::kAdst, Tx1d::kIdentity, true, false},       // V_FLIPADST
    {Tx1d::kIdentity, Tx1d::kAdst, false, true},       // H_FLIPADST
}};

}  // namespace TESSERA_LANES
}  // namespace tessera
