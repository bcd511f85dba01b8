#include "motion/light_change.h"

#include <algorithm>
#include <cmath>

#include "base/array.h"
#include "base/int_math.h"

namespace tessera {
namespace {

/// Steps of an 8-bit sample by which means or deviations differ before they count.
constexpr double kNotable = 2.0;
/// Gains beyond this, or its inverse, are of pictures that show hardly anything.
constexpr double kMostGain = 8.0;

struct Light {
  double mean, deviation;
};

Light light_of(View2d<const uint8_t> picture) {
  uint64_t sum = 0, squares = 0;
  for (int y = 0; y < picture.height(); y++) {
    uint32_t row = 0, row_squares = 0;
    for (int x = 0; x < picture.width(); x++) {
      const uint32_t s = picture.at(x, y);
      row += s;
      row_squares += s * s;
    }
    sum += row;
    squares += row_squares;
  }
  const double count = static_cast<double>(picture.width()) * picture.height(), mean = static_cast<double>(sum) / count;
  return {mean, std::sqrt(std::max(0.0, static_cast<double>(squares) / count - mean * mean))};
}

}  // namespace

LightChange light_change(View2d<const uint8_t> from, View2d<const uint8_t> to) {
  const Light a = light_of(from), b = light_of(to);
  if (std::abs(a.mean - b.mean) < kNotable && std::abs(a.deviation - b.deviation) < kNotable) return {};
  LightChange change;
  change.gain = clip3(1 / kMostGain, kMostGain, std::max(b.deviation, 1.0) / std::max(a.deviation, 1.0));
  change.offset = b.mean - change.gain * a.mean;
  return change;
}

void relight(const LightChange& change, View2d<uint8_t> picture) {
  Array<uint8_t, 256> shown;
  for (int s = 0; s < 256; s++) shown[s] = static_cast<uint8_t>(std::lround(clip3(0.0, 255.0, change.gain * s + change.offset)));
  for (int y = -picture.margin_y(); y < picture.height() + picture.margin_y(); y++)
    for (int x = -picture.margin_x(); x < picture.width() + picture.margin_x(); x++) picture.at(x, y) = shown[picture.at(x, y)];
}

}  // namespace tessera
