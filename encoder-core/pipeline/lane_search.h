// The search of a frame in lanes: superblocks that are decided one after the other. A superblock row of a tile is a lane
// and follows the one above, all side by side; where probabilities adapt along the whole tile, the tile is one.
#pragma once

#include <atomic>

#include "base/wavefront.h"
#include "search/superblock_search.h"

namespace tessera {

struct SearchLane {
  int tile = 0;
  int mi_row_start = 0, mi_row_end = 0;
  BlockContext context;
  Probabilities own;  ///< where they adapt
  SearchProgress progress;
};

/// What the jobs that search a frame share.
template <Pixel P>
struct FrameSearch {
  const FramePlan* plan = nullptr;
  FrameWork<P>* frame = nullptr;
  const RefMvFrame* ref_mv_frame = nullptr;
  const CoarseMotions* coarse = nullptr;
  const LateMotions* late = nullptr;
  const CopyMap* copies = nullptr;
  Probabilities start;  ///< of the frame; where they do not adapt, of all of it

  Wavefront order;      ///< its rows are the lanes
  std::vector<SearchLane> lanes;

  void make_room(const PictureFormat& format, const TileInfo& tiles);
  /// Sets up the lanes of the frame at hand; start.cdfs are loaded. `tile_context`( tile ) holds the tile's upper edges.
  template <class TileContext>
  void prepare(const TileContext& tile_context) {
    const TileInfo& tiles = plan->header.tile_info;
    order.clear();
    for (int t = 0; t < tiles.num_tiles(); t++) {
      BlockContext& context = tile_context(t);
      context.resize(tile_rect(tiles, t));
      context.start_tile(tile_rect(tiles, t), plan->header.quantization.base_q_idx);
      add_lanes(t, context);
    }
    if (keeps_costs(*plan)) start.refresh_costs(plan->header);
  }

 private:
  void add_lanes(int tile, BlockContext& tile_context);
};

/// Memory of a job that searches, reused from frame to frame.
template <Pixel P>
class LaneSearch {
 public:
  /// Decides superblocks of the lane from the turn's on, as far as it can go.
  void run(FrameSearch<P>& search, const DspTable<P>& dsp, const Wavefront::Turn& turn);

 private:
  CdfJournal journal_;
  BlockDecodedMap decoded_;
  SearchScratch<P> scratch_;
  RegionSnapshots<P> kept_;
};

extern template struct FrameSearch<uint8_t>;
extern template struct FrameSearch<uint16_t>;
extern template class LaneSearch<uint8_t>;
extern template class LaneSearch<uint16_t>;

}  // namespace tessera
