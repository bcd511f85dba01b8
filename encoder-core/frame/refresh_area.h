// Where a frame stands in a periodic intra refresh: superblock columns that take nothing but intra blocks move from left to
// right. What they have passed is fresh: it depends on nothing from before the period began. The rest is settled: it depends on
// nothing from before the period that went before. So what a loss has spoilt is gone by the end of the next whole period.
#pragma once

#include <algorithm>
#include <limits>

#include "base/array.h"
#include "frame/block_info.h"
#include "spec/block_geometry.h"

namespace tessera {

/// All of a frame, what its edges are extended by as well.
inline constexpr int kWholeFrame = std::numeric_limits<int>::max() / 2;

/// Positions are luma samples from the left.
struct RefreshArea {
  bool active = false;
  int intra_begin = 0, fresh_end = 0;  ///< superblocks from the first to the second are refreshed; up to the second all is to be fresh
  /// By RefFrame: its filtered samples before this are fresh, or settled.
  Array<int, TOTAL_REFS_PER_FRAME> fresh_reference = {}, settled_reference = {};

  bool is_fresh(const BlockInfo& info) const { return info.mi_col * MI_SIZE < fresh_end; }
  bool intra_only(const BlockInfo& info) const { return active && is_fresh(info) && info.mi_col * MI_SIZE >= intra_begin; }
  /// A fresh block with others at its right: above right of it, their samples of the row above are in reach of some modes.
  bool at_the_end(const BlockInfo& info) const { return active && info.mi_col * MI_SIZE + block_width(info.size) == fresh_end; }

  /// Whether all samples that a block's vectors take are fresh (or settled) as the block is to be, those of the interpolation
  /// included: four to the right of the block where the vector is fractional, which chroma's already is at odd luma positions.
  bool may_predict(const BlockInfo& info) const {
    const Array<int, TOTAL_REFS_PER_FRAME>& limit = is_fresh(info) ? fresh_reference : settled_reference;
    constexpr int kTaps = 4;
    const int end = info.mi_col * MI_SIZE + block_width(info.size);
    for (int l = 0; l <= info.is_compound(); l++) {
      const int col = info.mv[l].col, reach = ((col + 7) >> 3) + (col & 15 ? 2 * kTaps : 0);
      // Beyond the left edge the first column counts.
      if (std::max(end + reach, 1) > limit[info.ref_frame[l]]) return false;
    }
    return true;
  }
};

}  // namespace tessera
