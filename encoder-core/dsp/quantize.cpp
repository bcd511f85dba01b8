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

inline constexpr int kGroup = 16;

/// The number of coefficients, a multiple of kGroup, beyond which none is as large as `smallest`.
int significant_count(const Coeff* coeffs, int count, int32_t smallest) {
  using V = Lanes<kNativeLanes>;
  using Pairs = LanesOf<uint64_t, kNativeLanes / 2>;
  for (; count > 0; count -= kGroup) {
    V any = {};
    for (int i = count - kGroup; i < count; i += kNativeLanes) {
      const V c = load_lanes<V>(coeffs + i);
      any |= (c < 0 ? -c : c) >= smallest;
    }
    const Pairs pairs = (Pairs)any;
    uint64_t bits = 0;
    for (int i = 0; i < kNativeLanes / 2; ++i) bits |= pairs[i];
    if (bits != 0) break;
  }
  return count;
}

int quantise(const Coeff* __restrict coeffs, const QuantTask& task, Level* __restrict levels,
             Coeff* __restrict dequantised) {
  const StepDivisor ac = task.step->ac, dc = task.step->dc;
  const Coeff limit = task.step->limit;
  const int shift = task.shift;
  const uint32_t offset = static_cast<uint32_t>(ac.step * task.rounding.ac) >> 8;
  // Most blocks are zero beyond their low frequencies: divide only as far as a level of 1 is reached.
  const int32_t smallest = (ac.step - static_cast<int32_t>(offset) + (1 << shift) - 1) >> shift;
  const int count = significant_count(coeffs, task.count & -kGroup, smallest) & -kGroup;
  const uint16_t* __restrict const iscan = task.iscan;
  int last = 0;
  for (int i = 0; i < count; ++i) {
    const int32_t c = coeffs[i], sign = c >> 31;
    const int level = magnitude_level(static_cast<uint32_t>((c ^ sign) - sign), ac, offset, shift);
    const int value = std::min((level * ac.step & 0xFFFFFF) >> shift, limit - sign);
    levels[i] = static_cast<Level>((level ^ sign) - sign);
    dequantised[i] = (value ^ sign) - sign;
    last = std::max(last, (iscan[i] + 1) & -(level != 0));
  }
  std::fill(levels + count, levels + task.count, Level{0});
  std::fill(dequantised + count, dequantised + task.count, Coeff{0});
  // The first coefficient has another step; it comes first in every scan.
  const int first = magnitude_level(static_cast<uint32_t>(std::abs(coeffs[0])), dc,
                                    static_cast<uint32_t>(dc.step * task.rounding.dc) >> 8, shift);
  levels[0] = static_cast<Level>(coeffs[0] < 0 ? -first : first);
  dequantised[0] = dequantise_level(levels[0], dc.step, shift, limit);
  if (last <= 1) last = first != 0;
  return last;
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

TxError error(const Coeff* __restrict coeffs, const Coeff* __restrict dequantised, int count, int shift) {
  // Squares of magnitudes: an unsigned 32 x 32 product is a single instruction on every target.
  uint64_t sum = 0, energy = 0;
  for (int i = 0; i < count; ++i) {
    const uint32_t difference = static_cast<uint32_t>(std::abs(coeffs[i] - dequantised[i]));
    const uint32_t magnitude = static_cast<uint32_t>(std::abs(coeffs[i]));
    sum += uint64_t{difference} * difference;
    energy += uint64_t{magnitude} * magnitude;
  }
  // Coefficients are 8 >> shift times orthonormal ones, their squares 64 >> 2 * shift times pixel
  // differences.
  const auto scaled = [shift](uint64_t v) { return shift == 0 ? (v + 2) >> 2 : v << (2 * shift - 2); };
  return {scaled(sum), scaled(energy)};
}

}  // namespace

template <Pixel P>
void bind_quantise_scalar(QuantiseTable<P>& table) {
  table = {quantise, dequantise, error};
}

template void bind_quantise_scalar<uint8_t>(QuantiseTable<uint8_t>&);
template void bind_quantise_scalar<uint16_t>(QuantiseTable<uint16_t>&);

}  // namespace tessera
