// Periodic intra refresh in place of key frames: every period each superblock column is refreshed once, from left to right.
#pragma once

#include "frame/frame_plan.h"

namespace tessera {

class IntraRefresh {
 public:
  /// Fills `plan.refresh` of the next frame in coding order, whose references are planned. `period` in frames, 0: no refresh
  /// now. A period begins behind each key frame and behind the period before.
  void apply(int period, FramePlan& plan);
  void reset() { *this = IntraRefresh{}; }

 private:
  struct Slot {
    uint64_t period = 0;  ///< that its frame belongs to
    int fresh_end = 0;    ///< of its filtered samples
  };

  void start_period();

  Array<Slot, NUM_REF_FRAMES> slot_ = {};
  uint64_t period_ = 0;      ///< number of the one at hand
  int frame_ = 0;            ///< frames of it so far
  int columns_done_ = 0;
};

}  // namespace tessera
