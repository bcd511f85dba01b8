// Intra block copies of one block: vectors to where the source repeats itself and of the neighbours, ranked.
#pragma once

#include "search/inter_candidate.h"

namespace tessera {

template <Pixel P>
class CopySearch {
 public:
  explicit CopySearch(SearchContext<P>& context) : s_(context) {}

  /// The best ranked copy; false where the block has none.
  bool find(const BlockInfo& block, InterCandidate& best);
  /// Whether the source of the block is what its vector leads to, sample by sample.
  bool repeats_exactly(const BlockInfo& copy) const;

 private:
  static constexpr int kMostVectors = 16;

  void offer(Mv mv, const CopyTarget& target);

  SearchContext<P>& s_;
  RefMvNeighbourhood near_;
  FixedVector<Mv, kMostVectors> vectors_;
};

extern template class CopySearch<uint8_t>;
extern template class CopySearch<uint16_t>;

}  // namespace tessera
