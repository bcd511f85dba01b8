#include "control/intra_refresh.h"

#include <algorithm>

#include "base/int_math.h"

namespace tessera {
namespace {

/// How far the loop filters carry the rest into what is fresh: deblocking changes six samples of luma (two of chroma), then
/// CDEF takes its direction from whole 8x8 blocks and two samples beyond them, which the six do not reach.
constexpr int kFilterReach = 8;

}  // namespace

void IntraRefresh::start_period() {
  period_++;
  frame_ = columns_done_ = 0;
}

void IntraRefresh::apply(int period, FramePlan& plan) {
  const FrameHeader& h = plan.header;
  plan.refresh = {};
  if (h.frame_is_intra() || period == 0) {
    // As if a period ended here: nothing is promised about what was before.
    for (int i = 0; i < NUM_REF_FRAMES; i++)
      if (h.refresh_frame_flags >> i & 1) slot_[i] = {period_, kWholeFrame};
    start_period();
    return;
  }
  const int columns = div_ceil(h.size.mi_cols, kSbMi);
  if (columns_done_ == columns && frame_ >= period) start_period();
  const int64_t after = frame_ + 1;
  const int due = after >= period ? columns : static_cast<int>((after * columns + period - 1) / period);
  RefreshArea& area = plan.refresh;
  area.active = true;
  area.intra_begin = columns_done_ * kSbSize;
  columns_done_ = std::max(columns_done_, due);
  area.fresh_end = columns_done_ == columns ? kWholeFrame : columns_done_ * kSbSize;
  frame_++;
  for (int r = LAST_FRAME; r <= ALTREF_FRAME; r++) {
    const Slot& slot = slot_[h.ref_frame_idx[r - LAST_FRAME]];
    const bool current = slot.period == period_;
    area.fresh_reference[r] = current ? slot.fresh_end : 0;
    area.settled_reference[r] = current ? kWholeFrame : slot.period + 1 == period_ ? slot.fresh_end : 0;
  }
  const int fresh_end = area.fresh_end == kWholeFrame ? kWholeFrame : area.fresh_end - kFilterReach;
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    if (h.refresh_frame_flags >> i & 1) slot_[i] = {period_, fresh_end};
}

}  // namespace tessera
