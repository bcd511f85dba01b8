#include "control/repeat_detector.h"

#include <algorithm>

#include "base/rolling_hash.h"

namespace tessera {
namespace {

constexpr int kRun = 8, kTexture = 12, kLeastStep = 8, kOneIn = 16;
/// So few runs say nothing.
constexpr int kLeastRuns = 16;

constexpr uint32_t kOldest = hash_power(kHashFactor, kRun);

/// Calls fn( x, hash ) for every run of a row; hashes are not finished.
template <Pixel P, class Fn>
void for_each_run(const P* row, int width, Fn&& fn) {
  uint32_t h = 0;
  for (int x = 0; x < width; x++) {
    h = h * kHashFactor + row[x];
    if (x >= kRun) h -= kOldest * row[x - kRun];
    if (x >= kRun - 1) fn(x - kRun + 1, h);
  }
}

template <Pixel P>
bool has_texture(const P* run, int shift) {
  const auto [least, most] = std::minmax_element(run, run + kRun);
  return (*most - *least) >> shift >= kTexture;
}

}  // namespace

RepeatDetector::Run& RepeatDetector::slot_of(uint32_t hash) {
  uint32_t at = hash % kSlots;
  while (runs_[at].hash != 0 && runs_[at].hash != hash) at = (at + 1) % kSlots;
  return runs_[at];
}

template <Pixel P>
bool RepeatDetector::repeats(PlaneView<const P> luma, int bit_depth) {
  const int width = luma.width(), height = luma.height(), runs_a_row = width / kRun;
  if (runs_a_row == 0 || runs_a_row > kMostRuns) return false;
  const int most_rows = kMostRuns / runs_a_row, step = std::max(kLeastStep, (height + most_rows - 1) / most_rows);
  runs_.fill({});
  int textured = 0, repeated = 0;
  // Every eighth run is learnt, all are counted.
  const auto for_each_row = [&](auto&& fn) {
    for (int y = 0; y < height; y += step) fn(luma.ptr(0, y, width, 1));
  };
  for_each_row([&](const P* row) {
    for_each_run(row, width, [&](int x, uint32_t h) {
      if (x % kRun == 0 && has_texture(row + x, bit_depth - 8)) slot_of(finish_hash(h)).hash = finish_hash(h);
    });
  });
  for_each_row([&](const P* row) {
    for_each_run(row, width, [&](int, uint32_t h) { slot_of(finish_hash(h)).seen++; });
  });
  for_each_row([&](const P* row) {
    for_each_run(row, width, [&](int x, uint32_t h) {
      if (x % kRun || !has_texture(row + x, bit_depth - 8)) return;
      textured++;
      repeated += slot_of(finish_hash(h)).seen > 1;
    });
  });
  return textured >= kLeastRuns && repeated * kOneIn >= textured;
}

template bool RepeatDetector::repeats(PlaneView<const uint8_t>, int);
template bool RepeatDetector::repeats(PlaneView<const uint16_t>, int);

}  // namespace tessera
