// One superblock in, decided blocks out: fetches its source, decides its partition tree, then lets its symbols adapt
// the probabilities from which the next ones are estimated.
#pragma once

#include "search/partition_search.h"

namespace tessera {

template <Pixel P>
class SuperblockSearch {
 public:
  explicit SuperblockSearch(SearchContext<P>& context) : s_(context), partitions_(context) {}

  /// Call at a tile's start and before each superblock row.
  void start_tile();
  void start_row();
  void search(int mi_row, int mi_col);
  /// What the tile's symbols would take by its adapting probabilities, 1/512 bit.
  uint64_t bits512() const { return bits512_; }

 private:
  void fetch_source(int mi_row, int mi_col);
  void find_motion(int mi_row, int mi_col);
  void adapt(int mi_row, int mi_col, const BlockContext::Checkpoint& before, uint32_t first_coef);
  void refresh_costs();
  /// The tables of the frame's start serve all of it. Intra frames start from statistics too far off for that.
  bool frozen() const { return s_.settings().cost_refresh_sb == 0 && !s_.header().frame_is_intra(); }

  SearchContext<P>& s_;
  PartitionSearch<P> partitions_;
  int since_refresh_ = 0;
  uint64_t bits512_ = 0;
};

extern template class SuperblockSearch<uint8_t>;
extern template class SuperblockSearch<uint16_t>;

}  // namespace tessera
