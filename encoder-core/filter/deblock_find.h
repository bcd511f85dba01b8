// Finds the edges that the loop filter may filter (section 7.14.2), once a frame: the search for levels and the filter share them.
#pragma once

#include "frame/frame_work.h"

namespace tessera {

/// What the level of a block's edges follows from (spec 7.14.4): segment, reference and whether the mode has a type.
inline constexpr int kDeblockKinds = MAX_SEGMENTS * TOTAL_REFS_PER_FRAME * 2;
constexpr uint8_t deblock_kind(int segment, int ref, bool mode_type) {
  return static_cast<uint8_t>((segment * TOTAL_REFS_PER_FRAME + ref) * 2 + mode_type);
}
constexpr uint8_t deblock_kind(const BlockInfo& info) {
  const bool mode_type = info.y_mode >= NEARESTMV && info.y_mode != GLOBALMV && info.y_mode != GLOBAL_GLOBALMV;
  return deblock_kind(info.segment_id, info.ref_frame[0], mode_type);
}

/// Fills frame.deblock_edges for one superblock row, which is decided, as is the one above.
template <Pixel P>
void find_deblock_edges(FrameWork<P>& frame, int sb_row);

extern template void find_deblock_edges(FrameWork<uint8_t>&, int);
extern template void find_deblock_edges(FrameWork<uint16_t>&, int);

}  // namespace tessera
