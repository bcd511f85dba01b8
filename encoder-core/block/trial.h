// A change that may be taken back: probabilities, contexts, stored levels and the sink's count return to
// where they were unless the trial is committed.
#pragma once

#include "block/write_context.h"
#include "entropy/cdf_journal.h"
#include "entropy/cost_counter.h"

namespace tessera {

/// Everything that a trial rolls back, one a tile job. `S` counts bits: CostCounter or FrozenCostCounter.
template <class S>
struct TrialState {
  WriteContext& wc;
  CdfJournal& journal;
  CoefStore& coefs;
  S& sink;
};

template <class S>
class Trial {
 public:
  /// `mi_col` lies in the superblock that the trial works in.
  Trial(const TrialState<S>& state, int mi_col)
      : state_(state),
        cdfs_(state.journal.checkpoint()),
        context_(state.wc.context->save(mi_col)),
        coefs_(state.coefs.used()),
        cursor_(state.wc.coef_cursor),
        bits_(state.sink.bits512()) {}
  ~Trial() {
    if (!committed_) roll_back();
  }
  Trial(const Trial&) = delete;
  Trial& operator=(const Trial&) = delete;

  /// Bits counted since the trial began, 1/512 bit.
  uint64_t bits512() const { return state_.sink.bits512() - bits_; }
  void commit() { committed_ = true; }
  /// Back to the beginning; the trial goes on from there.
  void roll_back() {
    state_.journal.rollback(*state_.wc.cdfs, cdfs_);
    state_.wc.context->restore(context_);
    state_.coefs.cut(coefs_);
    state_.wc.coef_cursor = cursor_;
    state_.sink.reset(bits_);
  }

 private:
  TrialState<S> state_;
  CdfJournal::Checkpoint cdfs_;
  BlockContext::Checkpoint context_;
  uint32_t coefs_, cursor_;
  uint64_t bits_;
  bool committed_ = false;
};

}  // namespace tessera
