// The search of one tile: the adaptive state and memory of a tile job, reused from frame to frame.
#pragma once

#include "search/superblock_search.h"

namespace tessera {

template <Pixel P>
class TileSearch {
 public:
  /// Decides every superblock of tile `tile_index` of the frame, starting from `cdfs`.
  void run(const FramePlan& plan, FrameWork<P>& frame, const DspTable<P>& dsp, const RefMvFrame& ref_mv_frame,
           const CoarseMotions& coarse, const CdfContext& cdfs, int tile_index);
  uint64_t bits512() const { return bits512_; }
  void make_room(const TileRect& tile) { context_.resize(tile); }

 private:
  CdfContext cdfs_;
  CdfJournal journal_;
  CostTables costs_;
  MvCostTable mv_cost_;
  BlockContext context_;
  BlockDecodedMap decoded_;
  SearchScratch<P> scratch_;
  RegionSnapshots<P> kept_;
  uint64_t bits512_ = 0;
};

extern template class TileSearch<uint8_t>;
extern template class TileSearch<uint16_t>;

}  // namespace tessera
