// Single-reference candidates blended with intra prediction: what a vector predicts well, but for what lies near a coded edge.
#pragma once

#include "search/inter_candidate.h"

namespace tessera {

template <Pixel P>
class InterIntraSearch {
 public:
  explicit InterIntraSearch(SearchContext<P>& context) : s_(context) {}

  bool allowed(const BlockInfo& info) const { return allows_interintra(s_.plan.sequence, info); }
  /// Before a block's first candidate.
  void begin() { predicted_ = false; }
  /// The candidate with the intra mode and weights that rank best.
  InterCandidate blend(const InterCandidate& simple);

 private:
  void predict_intra(const BlockInfo& info);
  /// Rank of `info`, whose rate without its inter-intra symbols and its inter prediction are given.
  InterCandidate rank(const BlockInfo& info, uint64_t other_rate, const P* inter);

  SearchContext<P>& s_;
  bool predicted_ = false;  ///< the intra modes of the block at hand
};

extern template class InterIntraSearch<uint8_t>;
extern template class InterIntraSearch<uint16_t>;

}  // namespace tessera
