// How noisy a plane is.
#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>

#include "dsp/temporal_blend.h"
#include "frame/plane.h"

namespace tessera {

/// Deviation of a plane's noise, in steps of an 8-bit sample, from every `row_step`th row; 0 where too few of its samples are no
/// edges to tell. By Immerkaer: the Laplacian of white noise has a mean magnitude of 6 * sqrt(2 / pi) deviations.
template <Pixel P>
double noise_deviation(PlaneView<const P> plane, int row_step, int bit_depth, const TemporalTable<P>& dsp) {
  uint64_t sum = 0, count = 0;
  dsp.noise(plane.data(), plane.stride(), plane.width(), plane.height(), row_step, bit_depth, &sum, &count);
  const double magnitude = static_cast<double>(sum) / static_cast<double>(std::max<uint64_t>(6 * count, 1));
  return count < 16 ? 0 : magnitude * std::sqrt(std::numbers::pi / 2);
}

}  // namespace tessera
