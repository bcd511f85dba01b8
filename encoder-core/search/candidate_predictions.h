// Luma predictions of a block's inter candidates: that of the best so far stays while others are made, so that the block is not
// predicted a second time when it is coded.
#pragma once

#include <utility>

#include "frame/block_info.h"

namespace tessera {

template <Pixel P>
class CandidatePredictions {
 public:
  /// Before a block's first candidate.
  void clear() { made_ = {}; }
  /// Where to predict `info`, rows of its width.
  P* begin(const BlockInfo& info) {
    made_[at_hand_] = Made(info);
    return samples_[at_hand_].data();
  }
  /// What was begun last stays; what comes next takes its predecessor's place.
  void keep() { std::swap(kept_, at_hand_); }
  /// Room for a search of `info`'s vector.
  Array<P*, 2> room() {
    made_[at_hand_] = {};
    return {samples_[at_hand_].data(), samples_[spare_].data()};
  }
  /// The search left the prediction of `info` in this part of the room: as if it had been begun.
  void take(const BlockInfo& info, int part) {
    if (part == 1) std::swap(at_hand_, spare_);
    made_[at_hand_] = Made(info);
  }
  /// Null where it is not at hand.
  const P* find(const BlockInfo& info) const {
    const Made wanted(info);
    for (int i = 0; i < 3; i++)
      if (wanted.lasts && wanted == made_[i]) return samples_[i].data();
    return nullptr;
  }

 private:
  /// What a prediction at one place depends on.
  struct Made {
    Array<RefFrame, 2> ref_frame = {};
    Array<Mv, 2> mv = {};
    Array<InterpFilter, 2> filter = {};
    MotionMode motion_mode = {};
    bool lasts = false;  ///< not where it depends on more than that, or leaves a mask behind that chroma takes

    Made() = default;
    explicit Made(const BlockInfo& info)
        : ref_frame(info.ref_frame),
          mv(info.mv),
          filter(info.interp_filter),
          motion_mode(info.motion_mode),
          lasts(!info.use_intrabc && info.compound_type == COMPOUND_AVERAGE) {}
    bool operator==(const Made&) const = default;
  };

  Array<Made, 3> made_ = {};
  int kept_ = 0, at_hand_ = 1, spare_ = 2;
  alignas(64) Table2<P, 3, kSbSize * kSbSize> samples_;
};

}  // namespace tessera
