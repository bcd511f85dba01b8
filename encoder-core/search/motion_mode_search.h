// Motion beyond one translation: a single-reference candidate with its prediction warped by a model of the neighbours'
// vectors, or overlapped with what these vectors predict.
#pragma once

#include "search/inter_candidate.h"

namespace tessera {

template <Pixel P>
class MotionModeSearch {
 public:
  explicit MotionModeSearch(SearchContext<P>& context) : s_(context) {}

  /// May `info` take another motion mode than SIMPLE at all?
  bool allowed(const BlockInfo& info) const;
  /// The candidate warped, NEWMV with a better vector if there is one; false where neighbours give no model, or one that only
  /// moves the block.
  bool warp(const InterCandidate& simple, InterCandidate& out);
  /// The candidate overlapped; false where that would change nothing.
  bool overlap(const InterCandidate& simple, InterCandidate& out);

 private:
  uint64_t rate_of(const BlockInfo& info, const InterCandidate& simple);
  void refine_warp(InterCandidate& c);

  SearchContext<P>& s_;
};

extern template class MotionModeSearch<uint8_t>;
extern template class MotionModeSearch<uint16_t>;

}  // namespace tessera
