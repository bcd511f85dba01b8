// What a tile's syntax is written with, besides the sink: headers, probabilities, contexts and the decided
// blocks. Borrowed, one a tile job; search makes another one for counting.
#pragma once

#include "block/block_context.h"
#include "block/transform_blocks.h"
#include "dsp/coef_levels.h"
#include "entropy/cdf_context.h"
#include "frame/block_info_grid.h"
#include "frame/coef_store.h"
#include "frame/palette_grid.h"
#include "frame/restoration_unit.h"
#include "frame/tx_grid.h"
#include "spec/filter_tables.h"

namespace tessera {

/// What restoration units are coded against: the last ones of the tile in each plane.
struct RestorationState {
  Table3<int8_t, kPlanes, 2, 3> ref_lr_wiener;  ///< RefLrWiener
  Table2<int8_t, kPlanes, 2> ref_sgr_xqd;       ///< RefSgrXqd

  RestorationState() {
    for (int plane = 0; plane < kPlanes; plane++) {
      ref_lr_wiener[plane].fill(Wiener_Taps_Mid);
      ref_sgr_xqd[plane] = Sgrproj_Xqd_Mid;
    }
  }
};

struct WriteContext {
  const SequenceHeader* sequence = nullptr;
  const FrameHeader* header = nullptr;
  TransformLayout layout;
  uint8_t scaled_references = 0;  ///< bit RefFrame: that reference has another size (is_scaled)

  CdfContext* cdfs = nullptr;
  BlockContext* context = nullptr;
  const BlockInfoGrid* blocks = nullptr;
  View2d<const TxUnit> tx_units;
  const PaletteGrid* palettes = nullptr;  ///< read for blocks with palettes
  const CoefStore* coefs = nullptr;
  uint32_t coef_cursor = 0;       ///< next level of `coefs`; residuals advance it
  LevelSymbolsFn* level_symbols = tessera::level_symbols;  ///< kernel
  View2d<const int8_t> cdef_idx;  ///< by 64x64 square; empty while undecided (written as 0)
  Array<View2d<const RestorationUnit>, kPlanes> restoration;  ///< of planes that the header restores
  RestorationState restoration_state;

  WriteContext() = default;
  WriteContext(const SequenceHeader& seq, const FrameHeader& hdr, CdfContext& cdf_context,
               BlockContext& block_context)
      : sequence(&seq), header(&hdr), layout(seq, hdr), cdfs(&cdf_context), context(&block_context) {}

  bool lossless(const BlockInfo& info) const { return header->lossless_array[info.segment_id]; }
  bool seg_feature_active(const BlockInfo& info, SegmentationFeature feature) const {
    return header->segmentation.active(info.segment_id, feature);
  }
};

}  // namespace tessera
