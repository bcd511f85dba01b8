// What the second of two passes knows: the frames of the first that are still to come, and how bits follow the step where both passes
// coded the same frame. The exponents that the first began with hold for natural pictures; bits of a screen hardly follow the step.
#pragma once

#include <memory>

#include "control/pass_statistics.h"
#include "control/rate_model.h"

namespace tessera {

class SecondPass {
 public:
  /// `statistics` null: there was no first pass, and nothing is known.
  void begin(std::shared_ptr<const PassStatistics> statistics, int bit_depth, RateModel& model);

  /// Frames not planned yet, key frames among them, and how long their pictures are shown.
  int frames() const { return frames_; }
  int keys() const { return keys_; }
  double seconds() const { return seconds_; }
  /// Content of those of one kind, as if all had the step of their kind.
  double content(FrameKind kind, const RateModel& model) const;

  /// The picture as the first pass coded it; null where it did not as a frame of this kind.
  const PassFrame* frame(uint64_t index, FrameKind kind) const;
  /// The picture is planned.
  void count_off(uint64_t index);

  /// A frame of the first pass took so many bits in this one. What was learned of the step holds for the model from now on.
  void compare(const PassFrame& before, int qindex, double bits, RateModel& model);

 private:
  /// Weighted sums over frames of a kind: octaves that their bits should differ by between the passes, and that they do.
  struct Comparison {
    double weight = 0, expected = 0, found = 0, expected_squared = 0, product = 0;
  };
  /// The frame's qindex, had importance not changed its step.
  int kind_qindex(const PassFrame& f) const;

  std::shared_ptr<const PassStatistics> statistics_;
  int bit_depth_ = 8;
  int frames_ = 0, keys_ = 0;
  double seconds_ = 0;
  RateExponents usual_ = {};                               ///< the model's when the pass began
  double inter_bits_ = 0;                                  ///< of all inter frames in the first pass
  Array<Array<double, 256>, kFrameKinds> bits_left_ = {};  ///< without overhead, by kind and its qindex
  Array<Comparison, kFrameKinds> comparison_ = {};
};

}  // namespace tessera
