// Inter decisions of one block: references, modes and vectors ranked by prediction error, the best few tried with
// their residual, and the winner coded.
#pragma once

#include "search/compound_search.h"
#include "search/inter_candidate.h"
#include "search/inter_intra_search.h"
#include "search/motion_mode_search.h"
#include "search/tx_search.h"

namespace tessera {

template <Pixel P>
class InterSearch {
 public:
  InterSearch(SearchContext<P>& context, TxSearch<P>& tx) : s_(context), tx_(tx), motion_modes_(context), inter_intra_(context), pairs_(context) {}

  /// Gathers and ranks candidates; returns the rank (prediction error and rate) of the best, infinite where the frame's
  /// refresh leaves none.
  float rank(BlockInfo& info);
  /// The best of the ranked, filled into `info`; returns its luma and mode cost. Leaves nothing behind.
  RdCost choose(BlockInfo& info);
  /// The same without a cost to compare with: one candidate alone needs no trial.
  void choose_alone(BlockInfo& info);
  /// What luma and mode of a candidate cost. Leaves nothing behind.
  RdCost luma_trial(const InterCandidate& candidate);
  /// Codes the block: interpolation filter, transform tree, chroma, or no residual at all; reconstructs, stores
  /// levels and enters coefficient contexts.
  RdCost code(BlockInfo& info);

 private:
  static constexpr int kMaxCandidates = 96, kMaxMotionModes = 4;

  FixedVector<RefFrame, REFS_PER_FRAME> choose_references(const BlockInfo& info);
  void gather_single(const BlockInfo& base, RefFrame ref);
  void gather_compound(const BlockInfo& base, RefFrame ref0, RefFrame ref1);
  void gather_skip_mode(const BlockInfo& base);
  const RefMvs& refs_of_pair(const Array<RefFrame, 2>& pair);
  uint64_t rate_of_vectors(const BlockInfo& info);
  uint64_t rate_of(const BlockInfo& info);
  const int16_t* prepared(const BlockInfo& info, int list);
  uint32_t pair_error(const BlockInfo& info);
  void keep_best(const InterCandidate& c);
  void add(BlockInfo info, const RefMvs& refs, PredictionMode mode, int ref_mv_idx, MvPair mv);
  void add_new(const BlockInfo& info, const RefMvs& refs, PredictionMode mode, const MvPair& mv);
  Mv search_new_mv(const BlockInfo& base, RefFrame ref, const RefMvs& refs);
  FixedVector<SquareMotion, 4> open_loop(const BlockInfo& base, RefFrame ref) const;
  void gather_motion_modes();
  void gather_inter_intra();
  void gather_other_pairs();
  void insert(Span<const InterCandidate> found);
  bool choose_filter(BlockInfo& info);
  uint64_t skipped_rate(BlockInfo info, uint64_t with_residual);

  /// What the candidates of one pair of references cost alike: all symbols but those of mode, vectors and filter; and the filter.
  struct SharedRate {
    Array<RefFrame, 2> ref_frame;
    uint64_t rate, filter;
  };

  SearchContext<P>& s_;
  TxSearch<P>& tx_;
  MotionModeSearch<P> motion_modes_;
  InterIntraSearch<P> inter_intra_;
  CompoundSearch<P> pairs_;
  bool may_warp_ = false;              ///< the block's motion mode may be LOCALWARP where samples permit
  uint64_t mode_rate_ = 0;             ///< of the chosen candidate
  float best_ = 0;                     ///< rank of what was predicted
  float best_single_ = 0, best_pair_ = 0;  ///< ranks
  Array<float, TOTAL_REFS_PER_FRAME> best_of_ = {};  ///< ranks of single references
  bool limited_ = false;               ///< intra refresh forbids some of what references hold
  RefMvNeighbourhood near_;
  Array<RefMvs, TOTAL_REFS_PER_FRAME> refs_;
  Array<RefFrame, 2> pair_ = {};       ///< that pair_refs_ is of
  RefMvs pair_refs_;
  Array<Mv, TOTAL_REFS_PER_FRAME> new_mv_;
  Array<bool, TOTAL_REFS_PER_FRAME> searched_ = {};  ///< new_mv_ comes from a search
  /// What halves of pairs are at hand.
  struct Prepared {
    RefFrame ref;
    Mv mv;
  };
  FixedVector<Prepared, 5> prepared_;
  FixedVector<InterCandidate, kMaxCandidates> candidates_;
  SharedRate shared_ = {};
  Array<CodedPlane, kPlanes> coded_;
};

extern template class InterSearch<uint8_t>;
extern template class InterSearch<uint16_t>;

}  // namespace tessera
