// The loop filter over a frame (section 7.14). All vertical edges come before all horizontal ones; within
// either pass rows may go in any order and side by side.
#pragma once

#include "dsp/dsp_table.h"
#include "filter/deblock_find.h"

namespace tessera {

/// spec 7.14.4, 7.14.5 tabulated: what filters an edge of a block.
class DeblockLevels {
 public:
  DeblockLevels(const LoopFilterParams& params, const SegmentationParams& segmentation);

  /// lvl of an edge; delta_lf is not used. 0: it is not filtered.
  int level(int plane, DeblockPass pass, const DeblockEdge& edge) const {
    const auto& levels = level_[plane ? plane + 1 : pass];
    return levels[edge.kind] ? levels[edge.kind] : levels[edge.other];
  }
  const DeblockLimits& limits(int level) const { return limits_[level]; }

 private:
  Table2<uint8_t, 4, kDeblockKinds> level_ = {};
  Array<DeblockLimits, MAX_LOOP_FILTER + 1> limits_ = {};
};

/// The edges to filter, which have been found, and the levels to filter them with.
struct DeblockFrame {
  const PictureFormat& format;
  const DeblockEdges& edges;
  DeblockLevels levels;

  template <Pixel P>
  DeblockFrame(const FrameWork<P>& frame, const LoopFilterParams& params)
      : format(frame.format), edges(frame.deblock_edges), levels(params, frame.header.segmentation) {}
};

/// One pass of the luma rows mi_row_begin .. mi_row_end - 1 (even) over one plane: the edges left of and
/// above the 4x4 units that begin there. `samples` need not be the frame's reconstruction.
template <Pixel P>
void deblock_plane_rows(const DeblockFrame& frame, const DspTable<P>& dsp, PlaneView<P> samples, int plane,
                        DeblockPass pass, int mi_row_begin, int mi_row_end);

/// spec 7.14.1: does the header ask for filtering in any plane?
inline bool deblocks(const FrameHeader& header) {
  return header.loop_filter.loop_filter_level[0] || header.loop_filter.loop_filter_level[1];
}

/// One pass of these luma rows over the planes of the reconstruction that the header filters; frame.deblock_edges are found.
template <Pixel P>
void deblock_rows(FrameWork<P>& frame, const DspTable<P>& dsp, DeblockPass pass, int mi_row_begin,
                  int mi_row_end);

#define TESSERA_DECLARE(P)                                                                            \
  extern template void deblock_plane_rows(const DeblockFrame&, const DspTable<P>&, PlaneView<P>, int, \
                                          DeblockPass, int, int);                                     \
  extern template void deblock_rows(FrameWork<P>&, const DspTable<P>&, DeblockPass, int, int);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
