// One superblock in, decided blocks out: fetches its source, decides its partition tree, then lets its symbols adapt
// the probabilities from which the next ones are estimated.
#pragma once

#include "search/partition_search.h"

namespace tessera {

/// Whether the costs of the frame's start serve all of it. Intra frames start from statistics too far off for that.
inline bool keeps_costs(const FramePlan& plan) { return plan.settings.cost_refresh_sb == 0 && !plan.header.frame_is_intra(); }

/// What superblocks hand to the next one, besides the adaptive state of the context.
struct SearchProgress {
  int since_refresh = 0;  ///< superblocks
  int widened = 0, gained = 0;  ///< superblocks that looked at more references, and those where one of them was much better
};

template <Pixel P>
class SuperblockSearch {
 public:
  SuperblockSearch(SearchContext<P>& context, SearchProgress& progress);

  /// Call before the first of superblocks that share adaptive state: takes the costs from it.
  void start();
  /// Call before each superblock row.
  void start_row();
  void search(int mi_row, int mi_col);

 private:
  int qindex_of(int mi_row, int mi_col) const;
  void quantise_with(int qindex, float lambda_scale);
  void fetch_source(int mi_row, int mi_col);
  void find_motion(int mi_row, int mi_col);
  uint32_t left_of_quarter(int quarter, int begin, int end) const;
  bool wants_more_references() const;
  void note_gain(int usual);
  void adapt(int mi_row, int mi_col, const BlockContext::Checkpoint& before, uint32_t first_coef);
  void refresh_costs();
  SearchContext<P>& s_;
  SearchProgress& progress_;
  PartitionSearch<P> partitions_;
};

extern template class SuperblockSearch<uint8_t>;
extern template class SuperblockSearch<uint16_t>;

}  // namespace tessera
