// What a block's neighbours say about motion beyond a translation: the samples of local warp, and whether
// there is anything to overlap with (spec 7.10.3, 7.10.4).
#pragma once

#include "block/ref_mv.h"

namespace tessera {

inline constexpr int LEAST_SQUARES_SAMPLES_MAX = 8;

/// CandList of spec 7.10.4: where the middle of a neighbour lies, and where its vector takes it.
struct WarpSample {
  int y, x;        ///< 1/8 luma samples in the frame
  int to_y, to_x;  ///< the same in the reference
};
struct WarpSamples {
  int num_samples = 0;  ///< NumSamples
  Array<WarpSample, LEAST_SQUARES_SAMPLES_MAX> cand_list;
};

/// The neighbours that samples come from, whatever the block's reference and vector will be: found once, asked often.
class WarpNeighbours {
 public:
  /// Reads the grid where it is coded before the block; it must stay as it is while the neighbours are asked.
  void prepare(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block);
  /// NumSamples > 0 for a single reference, which no vector changes.
  bool have(RefFrame ref) const { return refs_ >> ref & 1; }
  /// spec 7.10.4: find warp samples process, for the single reference `ref` and the vector `mv`.
  WarpSamples samples(RefFrame ref, Mv mv) const;

 private:
  void add(const BlockInfoGrid& grid, int mi_row, int mi_col);

  int threshold_ = 0;
  uint8_t refs_ = 0;  ///< bit RefFrame
  /// Blocks of one reference in scan order: two edges of 32 units at most, and two corners.
  FixedVector<const BlockInfo*, 66> blocks_;
};

/// spec 7.10.4: find warp samples process, for one reference and vector.
inline WarpSamples find_warp_samples(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block, RefFrame ref, Mv mv) {
  WarpNeighbours neighbours;
  neighbours.prepare(frame, tile, block);
  return neighbours.samples(ref, mv);
}

/// spec 7.10.3: has overlappable candidates process, for blocks of 8x8 samples and more.
bool has_overlappable_candidates(const BlockInfoGrid& grid, const TileRect& tile, const RefMvBlock& block);

}  // namespace tessera
