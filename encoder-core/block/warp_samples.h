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

/// spec 7.10.4: find warp samples process, for a block of the single reference `ref` with the vector `mv`.
/// Reads the grid where it is coded before the block.
WarpSamples find_warp_samples(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block,
                              RefFrame ref, Mv mv);

/// Whether NumSamples will be over 0, which no vector changes.
inline bool has_warp_samples(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block, RefFrame ref) {
  return find_warp_samples(frame, tile, block, ref, {}).num_samples > 0;
}

/// spec 7.10.3: has overlappable candidates process, for blocks of 8x8 samples and more.
bool has_overlappable_candidates(const BlockInfoGrid& grid, const TileRect& tile, const RefMvBlock& block);

}  // namespace tessera
