// Pairs of references beyond the mean of what each does best alone: vectors that move together, and other weights.
#pragma once

#include "search/inter_candidate.h"

namespace tessera {

template <Pixel P>
class CompoundSearch {
 public:
  explicit CompoundSearch(SearchContext<P>& context) : s_(context) {}

  /// The pair with its new vectors moved while the mean of both predictions gets better; false where none is new or moves.
  bool move(const InterCandidate& pair, InterCandidate& out);
  /// The pair with the best of all masks that settings allow; false where the sequence has none.
  bool blend(const InterCandidate& pair, InterCandidate& out);

 private:
  /// Both halves of the luma prediction, in scratch memory.
  void prepare(const BlockInfo& info, int list);
  /// Rank of `info`, whose halves are prepared.
  float cost_of(const BlockInfo& info, uint64_t rate);
  uint64_t vector_rate(const BlockInfo& info, int list) const;

  SearchContext<P>& s_;
};

extern template class CompoundSearch<uint8_t>;
extern template class CompoundSearch<uint16_t>;

}  // namespace tessera
