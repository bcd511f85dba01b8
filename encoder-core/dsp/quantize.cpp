#include "dsp/quantize.h"

#include <algorithm>
#include <cstdlib>

#include "dsp/lanes.h"

namespace tessera {
namespace {

inline constexpr int kLargestLevel = 32767;

int magnitude_level(uint32_t magnitude, const StepDivisor& q, uint32_t offset, int shift) {
  return std::min(q.divide((magnitude << shift) + offset), kLargestLevel);
}

using V = Lanes<kNativeLanes>;
using Pairs = LanesOf<uint64_t, kNativeLanes / 2>;
inline constexpr int kGroup = std::min(2 * kNativeLanes, 16);  ///< coefficients at a time
inline constexpr int kRegisters = kGroup / kNativeLanes;

/// Products of the even lanes, as unsigned numbers.
TESSERA_INLINE Pairs multiply_even(Pairs a, Pairs b) {
#if TESSERA_X86_LANES && defined(__AVX512BW__)
  return (Pairs)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);  // the form without a mask makes GCC 12 warn
#elif TESSERA_X86_LANES && defined(__AVX2__)
  return (Pairs)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#elif TESSERA_X86_LANES
  return (Pairs)_mm_mul_epu32((__m128i)a, (__m128i)b);
#else
  return (a & 0xffffffff) * (b & 0xffffffff);
#endif
}
/// The upper halves of products with a factor.
TESSERA_INLINE V multiply_high(V a, uint32_t factor) {
  const Pairs f = Pairs{} + factor;
  const Pairs even = multiply_even((Pairs)a, f) >> 32, odd = multiply_even((Pairs)a >> 32, f);
  return (V)(even | (odd & ~uint64_t{0xffffffff}));
}
/// Squares of magnitudes, added in twos.
TESSERA_INLINE Pairs squares(V v) {
  const Pairs odd = (Pairs)v >> 32;
  return multiply_even((Pairs)v, (Pairs)v) + multiply_even(odd, odd);
}
TESSERA_INLINE V magnitudes(V v) {
  return v < 0 ? -v : v;
}
TESSERA_INLINE bool any_lane(V v) {
#if TESSERA_X86_LANES && defined(__AVX512BW__)
  return _mm512_test_epi32_mask((__m512i)v, (__m512i)v) != 0;
#elif TESSERA_X86_LANES && defined(__AVX2__)
  return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#elif TESSERA_X86_LANES && defined(__SSE4_1__)
  return !_mm_testz_si128((__m128i)v, (__m128i)v);
#else
  uint64_t bits = 0;
  for (int i = 0; i < kNativeLanes / 2; ++i) bits |= ((Pairs)v)[i];
  return bits != 0;
#endif
}
TESSERA_INLINE Words<kGroup> narrow_group(const V (&v)[kRegisters]) {
#if defined(__AVX512BW__)
  return __builtin_convertvector(v[0], Words<kGroup>);
#else
  return narrow_lanes(v[0], v[1]);
#endif
}
TESSERA_INLINE uint64_t sum_of(Pairs v) {
  uint64_t sum = 0;
  for (int i = 0; i < kNativeLanes / 2; ++i) sum += v[i];
  return sum;
}

/// What is the same for all coefficients but the first.
struct AcStep {
  StepDivisor divisor;
  uint32_t offset;
  int32_t smallest;  ///< of the magnitudes whose level is not zero
  int shift;
  Coeff limit;
};

/// Levels of some coefficients; `change` gets what that adds to the squared error over coding nothing.
TESSERA_INLINE V levels_of(V c, const AcStep& ac, Pairs& change) {
  const V sign = c >> 31, magnitude = magnitudes(c);
  const V numerator = (magnitude << ac.shift) + static_cast<int32_t>(ac.offset);
  const V quotient = multiply_high(numerator, ac.divisor.reciprocal) >> ac.divisor.shift;
  const V level = quotient > kLargestLevel ? V{} + kLargestLevel : quotient;
  const V scaled = ((level * ac.divisor.step) & 0xFFFFFF) >> ac.shift, limit = ac.limit - sign;
  const V value = scaled > limit ? limit : scaled;
  change += squares(magnitudes(magnitude - value)) - squares(magnitude);
  return (level ^ sign) - sign;
}

Quantised quantise(const Coeff* __restrict coeffs, const QuantTask& task, Level* __restrict levels) {
  const StepDivisor dc = task.step->dc;
  const uint32_t offset = static_cast<uint32_t>(task.step->ac.step * task.rounding.ac) >> 8;
  const AcStep ac = {.divisor = task.step->ac,
                     .offset = offset,
                     .smallest = (task.step->ac.step - static_cast<int32_t>(offset) + (1 << task.shift) - 1) >> task.shift,
                     .shift = task.shift,
                     .limit = task.step->limit};
  using W = Words<kGroup>;
  W last = {};
  Pairs energy = {}, change = {};
  for (int i = 0; i < task.count; i += kGroup) {
    V c[kRegisters], large = {};
    for (int r = 0; r < kRegisters; r++) c[r] = load_lanes<V>(coeffs + i + r * kNativeLanes);
    if (i == 0) c[0][0] = 0;  // has another step, and comes first in every scan
    for (const V& v : c) {
      const V magnitude = magnitudes(v);
      energy += squares(magnitude);
      large |= magnitude >= ac.smallest;
    }
    // Most groups hold no level.
    if (!any_lane(large)) {
      store_lanes(levels + i, W{});
      continue;
    }
    for (V& v : c) v = levels_of(v, ac, change);
    const W group = narrow_group(c);
    store_lanes(levels + i, group);
    const W rank = (load_lanes<W>(task.iscan + i) + 1) & (group != 0);
    last = rank > last ? rank : last;
  }
  int eob = 0;
  for (int i = 0; i < kGroup; ++i) eob = std::max<int>(eob, last[i]);

  const uint32_t first = static_cast<uint32_t>(std::abs(coeffs[0]));
  const int level = magnitude_level(first, dc, static_cast<uint32_t>(dc.step * task.rounding.dc) >> 8, task.shift);
  levels[0] = static_cast<Level>(coeffs[0] < 0 ? -level : level);
  const int64_t difference = coeffs[0] - dequantise_level(levels[0], dc.step, task.shift, task.step->limit);
  const uint64_t others = sum_of(energy);
  return {.eob = eob > 0 ? eob : level != 0,
          .error = others + sum_of(change) + static_cast<uint64_t>(difference * difference),
          .energy = others + uint64_t{first} * first};
}

/// spec 7.12.3, step 1 c to f.
void dequantise(const Level* __restrict levels, int count, const QuantStep& step, int shift,
                Coeff* __restrict dequantised) {
  const int q = step.ac.step;
  const Coeff limit = step.limit;
  for (int i = 0; i < count; ++i) {
    const int32_t level = levels[i], sign = level >> 31;
    const int value = std::min((((level ^ sign) - sign) * q & 0xFFFFFF) >> shift, limit - sign);
    dequantised[i] = (value ^ sign) - sign;
  }
  dequantised[0] = dequantise_level(levels[0], step.dc.step, shift, limit);
}

uint64_t capped_energy(const Coeff* coeffs, int count, int32_t most) {
  Pairs sum = {};
  for (int i = 0; i < count; i += kNativeLanes) {
    const V magnitude = magnitudes(load_lanes<V>(coeffs + i));
    const V bounded = magnitude > kLargestLevel ? V{} + (kLargestLevel + 1) : magnitude, square = bounded * bounded;
    const auto capped = (Pairs)(square > most ? V{} + most : square);
    sum += (capped & 0xffffffff) + (capped >> 32);
  }
  return sum_of(sum);
}

}  // namespace

template <Pixel P>
void bind_quantise_scalar(QuantiseTable<P>& table) {
  table = {quantise, dequantise, capped_energy};
}

template void bind_quantise_scalar<uint8_t>(QuantiseTable<uint8_t>&);
template void bind_quantise_scalar<uint16_t>(QuantiseTable<uint16_t>&);

}  // namespace tessera
