// How a superblock is divided: each square is tried whole, split, and in rectangles, and the cheapest way stays.
#pragma once

#include "search/block_search.h"
#include "search/partition_guide.h"
#include "search/region_snapshot.h"

namespace tessera {

template <Pixel P>
class PartitionSearch {
 public:
  explicit PartitionSearch(SearchContext<P>& context) : s_(context), blocks_(context), guide_(context) {}

  /// Call before each superblock, once its motion is known.
  void start_superblock();
  /// Decides the square `size` at (mi_row, mi_col) and leaves it reconstructed, entered into grids and contexts. A
  /// result that reaches `budget` may be left unfinished: the caller must rewind.
  RdCost search(int mi_row, int mi_col, BlockSize size, double budget);

 private:
  struct Node;
  uint64_t partition_rate(const Node& node, Partition partition);
  void replay(const Node& node);
  bool allowed(const Node& node, Partition partition) const;
  bool small_pays(const Node& node) const;
  bool may_be_copy(const Node& node) const;
  float none_below(const Node& node) const;
  bool worth_trying(const Node& node, Partition partition) const;
  void try_partition(Node& node, Partition partition);
  RdCost code_parts(const Node& node, Partition partition, double budget, Array<double, 4>& parts);
  static double foreseen_j(const Node& node, Partition partition);
  bool stop_after_none(const Node& node) const;
  void ask_guide(Node& node);
#ifdef TESSERA_PARTITION_LOG
  void log(const Node& node) const;
#endif

  SearchContext<P>& s_;
  BlockSearch<P> blocks_;
  PartitionGuide<P> guide_;
};

extern template class PartitionSearch<uint8_t>;
extern template class PartitionSearch<uint16_t>;

}  // namespace tessera
