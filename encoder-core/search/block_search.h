// Decides one block: intra against inter, then codes the winner for good.
#pragma once

#include "search/copy_search.h"
#include "search/inter_search.h"
#include "search/intra_search.h"

namespace tessera {

template <Pixel P>
class BlockSearch {
 public:
  explicit BlockSearch(SearchContext<P>& context) : s_(context), tx_(context), intra_(context, tx_), inter_(context, tx_), copies_(context) {}

  /// Decides the block and leaves it reconstructed, placed in the grid, entered into contexts, its levels stored.
  RdCost search(int mi_row, int mi_col, BlockSize size, Partition partition);
  /// The last block searched was inter and coded nothing but its prediction.
  bool last_was_plain_skip() const { return last_skip_; }
  /// Nothing but a copy of what the source repeats exactly.
  bool last_was_exact_copy() const { return last_copy_; }

 private:
  bool copy_wins(BlockInfo& info, double bar);
  void enter(const BlockInfo& info);
  uint64_t count_exactly(const BlockInfo& info, uint32_t first_coef);

  SearchContext<P>& s_;
  TxSearch<P> tx_;
  IntraSearch<P> intra_;
  InterSearch<P> inter_;
  CopySearch<P> copies_;
  bool last_skip_ = false, last_copy_ = false;
};

/// Does the block of this size at this place carry chroma (spec 5.11.5, HasChroma)?
constexpr bool block_has_chroma(BlockSize size, int mi_row, int mi_col, const PictureFormat& f) {
  if (f.monochrome) return false;
  const bool odd_h = Num_4x4_Blocks_High[size] & 1, odd_w = Num_4x4_Blocks_Wide[size] & 1;
  if (f.subsampling_y && odd_h && !(mi_row & 1)) return false;
  return !(f.subsampling_x && odd_w && !(mi_col & 1));
}

extern template class BlockSearch<uint8_t>;
extern template class BlockSearch<uint16_t>;

}  // namespace tessera
