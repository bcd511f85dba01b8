// Quantisation of a transform block with the error it makes, and dequantisation (section 7.12.3).
#pragma once

#include "base/array.h"
#include "base/int_math.h"
#include "dsp/pixel.h"

namespace tessera {

/// The quantisation step of one coefficient, ready for division: n / step == n * reciprocal >> (32 + shift),
/// exactly, for 0 <= n < 2^31.
struct StepDivisor {
  int32_t step = 4;
  uint32_t reciprocal = 0x80000001;
  int32_t shift = 1;

  constexpr StepDivisor() = default;
  constexpr explicit StepDivisor(int q)
      : step(q),
        reciprocal(
            static_cast<uint32_t>((uint64_t{1} << (32 + ceil_log2(static_cast<uint32_t>(q)) - 1)) / q + 1)),
        shift(ceil_log2(static_cast<uint32_t>(q)) - 1) {}
  constexpr int divide(uint32_t n) const { return static_cast<int>(uint64_t{n} * reciprocal >> 32 >> shift); }
};

/// The steps of one plane at one qindex: dc_q and ac_q (7.12.2), 4 .. 21387.
struct QuantStep {
  StepDivisor dc, ac;
  Coeff limit = (1 << 15) - 1;  ///< largest dequantised value, ( 1 << ( 7 + BitDepth ) ) - 1

  constexpr QuantStep() = default;
  constexpr QuantStep(int dc_q, int ac_q, int bit_depth)
      : dc(dc_q), ac(ac_q), limit((1 << (7 + bit_depth)) - 1) {}
};

/// What is added before the division, in 1/256 of a step: 128 rounds to nearest, less widens the dead zone.
struct QuantRounding {
  int dc, ac;
};

/// level = ( ( |coefficient| << shift ) + rounding * step / 256 ) / step, with the coefficient's sign, at
/// most 32767. `iscan` gives each raster position its place in the scan; `shift` is dequant_shift( size );
/// `count` is a multiple of 16.
struct QuantTask {
  const QuantStep* step;
  const uint16_t* iscan;
  QuantRounding rounding;
  int count, shift;
};
struct Quantised {
  int eob;                  ///< 1 + the last position in the scan whose level is not zero, or 0
  uint64_t error, energy;   ///< sums of ( coefficient - dequantised )^2 and of coefficient^2
};
/// Writes all `count` levels.
using QuantiseFn = Quantised(const Coeff* coeffs, const QuantTask& task, Level* levels);

/// The dequantised value of `count` levels; `shift` is dequant_shift( size ).
using DequantiseFn = void(const Level* levels, int count, const QuantStep& step, int shift,
                          Coeff* dequantised);

/// Sum of the squares of `count` coefficients, a multiple of 16, each counted as `most` where it is larger. `most` is at most 2^30.
using CappedEnergyFn = uint64_t(const Coeff* coeffs, int count, int32_t most);

/// A sum of squares of coefficients in 1/16 of squared pixel differences: comparable across transform sizes.
/// Coefficients are 8 >> shift times orthonormal ones, their squares 64 >> 2 * shift times pixel differences.
constexpr uint64_t in_sixteenths(uint64_t squares, int shift) {
  return shift == 0 ? (squares + 2) >> 2 : squares << (2 * shift - 2);
}

/// The functions do not depend on the pixel type, but faster ones may be chosen by it.
template <Pixel P>
struct QuantiseTable {
  QuantiseFn* quantise;
  DequantiseFn* dequantise;
  CappedEnergyFn* capped_energy;
};

template <Pixel P>
void bind_quantise_scalar(QuantiseTable<P>& table);

extern template void bind_quantise_scalar<uint8_t>(QuantiseTable<uint8_t>&);
extern template void bind_quantise_scalar<uint16_t>(QuantiseTable<uint16_t>&);

/// spec 7.12.3, step 1 c to f: one coefficient, without a quantiser matrix. For trellis use.
constexpr Coeff dequantise_level(int level, int q, int shift, Coeff limit) {
  const int magnitude = ((level < 0 ? -level : level) * q & 0xFFFFFF) >> shift;
  return level < 0 ? -std::min(magnitude, limit + 1) : std::min(magnitude, limit);
}

}  // namespace tessera
