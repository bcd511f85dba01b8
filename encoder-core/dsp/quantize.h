// Quantisation and dequantisation of a transform block (section 7.12.3), and the error it makes.
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
/// most 32767. Writes `levels` and `dequantised`, all `count` (a multiple of 16) of them, and returns the end
/// of block: 1 + the last position in the scan whose level is not zero, or 0. `iscan` gives each raster
/// position its place in the scan; `shift` is dequant_shift( size ).
struct QuantTask {
  const QuantStep* step;
  const uint16_t* iscan;
  QuantRounding rounding;
  int count, shift;
};
using QuantiseFn = int(const Coeff* coeffs, const QuantTask& task, Level* levels, Coeff* dequantised);

/// The dequantised value of `count` levels; `shift` is dequant_shift( size ).
using DequantiseFn = void(const Level* levels, int count, const QuantStep& step, int shift,
                          Coeff* dequantised);

/// Both in 1/16 of squared pixel differences: comparable across transform sizes.
struct TxError {
  uint64_t error;   ///< sum of ( coefficient - dequantised )^2
  uint64_t energy;  ///< sum of coefficient^2: the error of coding nothing
};
/// `shift` is dequant_shift( size ): coefficients are 8 >> shift times the orthonormal transform.
using TxErrorFn = TxError(const Coeff* coeffs, const Coeff* dequantised, int count, int shift);

/// The functions do not depend on the pixel type, but faster ones may be chosen by it.
template <Pixel P>
struct QuantiseTable {
  QuantiseFn* quantise;
  DequantiseFn* dequantise;
  TxErrorFn* error;
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
