// Foresees how a square will be divided, before anything is tried, from texture, neighbours and, in inter frames,
// open-loop motion: the odds that SPLIT beats NONE, by logistic models fitted to full searches (docs/search.md).
#pragma once

#include "search/partition_log.h"
#include "search/partition_models.h"
#include "search/search_context.h"

namespace tessera {

template <Pixel P>
class PartitionGuide {
 public:
  explicit PartitionGuide(const SearchContext<P>& context) : s_(context) {}

  /// Call before each superblock, after its motion is known.
  void start_superblock();
  /// Probability that the square (16x16 .. 64x64, inside the frame) is better split than whole.
  /// What follows about a square is asked only after this: it goes by the same signs.
  float split_odds(int mi_row, int mi_col, BlockSize size);
  /// The same once the cost of the whole block is known, in inter frames.
  float split_odds_after(BlockSize size, const RdCost& whole, bool whole_skips) const;

  /// What is known of a square when its halves are considered: costs of NONE and SPLIT.
  struct Tried {
    double whole_j, split_j;
  };
  /// Probability that HORZ (or VERT) beats both.
  float halves_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const;
  /// Probability that HORZ_4 (or VERT_4) beats them and HORZ and VERT; 0 for 64x64.
  float quarters_odds(int mi_row, int mi_col, BlockSize size, bool vertical, const Tried& tried) const;
#ifdef TESSERA_PARTITION_LOG
  /// What all models see of a square, for the log.
  void describe(int mi_row, int mi_col, BlockSize size, const RdCost& whole, bool whole_skips, PartitionLogRow& row) const;
#endif

 private:
  struct Texture {
    float variance = 0, log_variance = 0, peak = 0;  ///< mean, mean of ln(1 + .), largest of its 8x8 blocks
    float mean = 0, square_mean = 0;                 ///< of the 8x8 blocks' means
    float total_variance() const { return variance + square_mean - mean * mean; }
  };
  int gather_edge(int mi_row, int mi_col, int level, bool above, PartitionSigns& f, int n) const;
  int gather_surroundings(int mi_row, int mi_col, int level, PartitionSigns& f, int n) const;
  int gather_intra(int mi_row, int mi_col, int level, PartitionSigns& f) const;
  int gather_inter(int mi_row, int mi_col, int level, PartitionSigns& f) const;
  int add_whole(int level, const RdCost& whole, bool whole_skips, PartitionSigns& f) const;
  int add_cut(int mi_row, int mi_col, int level, bool vertical, const Tried& tried, PartitionSigns& f) const;
  float variance_spread(int level, int row, int col, int count) const;
  float step() const;
  SquareMotion best_motion(int level, int row, int col) const;
  int guiding_references() const;

  const SearchContext<P>& s_;
  Array<Texture, kSquares> texture_ = {};
  Array<PartitionSigns, 3> signs_ = {};  ///< of the square of 64, 32, 16 that was asked about last
};

extern template class PartitionGuide<uint8_t>;
extern template class PartitionGuide<uint16_t>;

}  // namespace tessera
