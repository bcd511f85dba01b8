// Foresees how a square will be divided, before anything is tried, from texture, neighbours and, in inter frames,
// open-loop motion: the odds that SPLIT beats NONE, by logistic models fitted to full searches (docs/search.md).
#pragma once

#include "search/partition_log.h"
#include "search/search_context.h"

namespace tessera {

template <Pixel P>
class PartitionGuide {
 public:
  explicit PartitionGuide(const SearchContext<P>& context) : s_(context) {}

  /// Call before each superblock, after its motion is known.
  void start_superblock();
  /// Probability that the square (16x16 .. 64x64, inside the frame) is better split than whole.
  float split_odds(int mi_row, int mi_col, BlockSize size) const;
  /// The same once the cost of the whole block is known, in inter frames.
  float split_odds_after(int mi_row, int mi_col, BlockSize size, const RdCost& whole, bool whole_skips) const;

  /// What is known of a square when its halves are considered: costs of NONE and SPLIT.
  struct Tried {
    double whole_j, split_j;
    bool whole_skips;
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
  static constexpr int kFeatures = 19, kFeaturesAfter = 27;
  struct Texture {
    float variance = 0, log_variance = 0, peak = 0;  ///< mean, mean of ln(1 + .), largest of its 8x8 blocks
    float mean = 0, square_mean = 0;                 ///< of the 8x8 blocks' means
    float total_variance() const { return variance + square_mean - mean * mean; }
  };
  int gather_cut(int mi_row, int mi_col, int level, bool vertical, const Tried& tried, Array<float, kFeaturesAfter>& f) const;
  int gather_after(int mi_row, int mi_col, int level, const RdCost& whole, bool whole_skips, Array<float, kFeaturesAfter>& f) const;
  int gather_surroundings(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f, int n) const;
  int gather_intra(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f) const;
  float step() const;
  void gather(int mi_row, int mi_col, int level, Array<float, kFeaturesAfter>& f) const;
  SquareMotion best_motion(int level, int row, int col) const;

  const SearchContext<P>& s_;
  Array<Texture, kSquares> texture_ = {};
  struct Model {
    float bias;
    Array<float, kFeaturesAfter> weight;
  };
  static const Array<Model, 3> kBefore, kAfter, kHalves, kIntra, kIntraHalves;
  static const Array<Model, 2> kQuarters, kIntraQuarters;
  float evaluate(const Model& model, const Array<float, kFeaturesAfter>& f, int count) const;
  int guiding_references() const;
};

extern template class PartitionGuide<uint8_t>;
extern template class PartitionGuide<uint16_t>;

}  // namespace tessera
