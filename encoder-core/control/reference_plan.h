// The eight reference slots: which pictures stand in them, which of them a new frame refers to under which name,
// and which slot it takes. Everything follows from coding order, so it can be planned ahead of coding.
#pragma once

#include "control/gop.h"
#include "frame/frame_plan.h"

namespace tessera {

class ReferencePlan {
 public:
  /// With low delay half as many distinct pictures are kept, one of them in several slots: what is further back is not searched,
  /// and each takes memory.
  explicit ReferencePlan(bool low_delay = false) : low_delay_(low_delay) {}
  /// Fills the reference part of a header (ref_frame_idx, ref_order_hint, refresh_frame_flags, primary_ref_frame,
  /// show_existing ...) and the list of references worth searching, then books the step.
  void apply(const GopStep& step, FramePlan& plan);
  void reset() { *this = ReferencePlan(low_delay_); }

 private:
  struct Slot {
    bool used = false;
    bool waits_to_show = false;
    bool key = false;
    uint64_t display_index = 0;
    uint64_t coded_index = 0;
    int layer = 0;
    int temporal_id = 0;
  };

  bool may_refer(const GopStep& step, const Slot& slot) const;

  void name_references(const GopStep& step, FramePlan& plan) const;
  void list_search_references(const GopStep& step, FramePlan& plan) const;
  int choose_primary(const GopStep& step, const FramePlan& plan) const;
  uint8_t slots_to_refresh(const GopStep& step) const;

  bool low_delay_;
  Array<Slot, NUM_REF_FRAMES> slot_ = {};
  uint64_t coded_ = 0;
  uint64_t last_base_ = 0;  ///< coded_index of the latest frame of temporal layer 0
};

}  // namespace tessera
