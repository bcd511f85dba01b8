// Motion search of one block on a reconstructed reference: whole samples by descending diamonds from the best of
// several starts, then fractions on truly interpolated samples.
#pragma once

#include "dsp/dsp_table.h"
#include "frame/block_info.h"
#include "frame/mv_cost.h"

namespace tessera {

struct BlockMotionSettings {
  bool satd = true;      ///< sub-pel positions by SATD, else SAD
  int subpel_depth = 2;  ///< 0 whole samples, 1 half, 2 quarter, 3 eighth
  int max_steps = 16;    ///< moves of each diamond at most
  int first_step = 4;    ///< luma samples, of the widest diamond
  int subpel_rounds = 2; ///< looks around each fraction
  bool foresees = false; ///< fractions start at what the SADs of whole samples foresee, if they do, and then go by quarters
};

template <Pixel P>
struct BlockMotionQuery {
  const DspTable<P>& dsp;
  const P* src;             ///< the block in the source
  ptrdiff_t src_stride;
  PlaneView<const P> ref;   ///< luma, margins replicated
  BlockSize size;
  int x_px, y_px;           ///< of the block in the picture
  Mv pred;                  ///< what the difference is coded against
  const MvCostTable& rate;
  float lambda;             ///< cost (in SAD units) of 1/512 bit
  int bit_depth;
  BlockMotionSettings settings;
};

struct BlockMotion {
  Mv mv;
  uint32_t cost = ~0u;      ///< distortion and rate of the last stage
};

/// Tries the whole-sample positions nearest to `starts` and descends from the best. P* scratch: kMaxPredictSize^2.
template <Pixel P>
BlockMotion search_block_motion(const BlockMotionQuery<P>& query, Span<const Mv> starts, P* scratch);

/// True when a prediction of the block with this vector reads only the reference and its margins.
template <Pixel P>
bool mv_in_reach(const BlockMotionQuery<P>& query, Mv mv);

extern template BlockMotion search_block_motion(const BlockMotionQuery<uint8_t>&, Span<const Mv>, uint8_t*);
extern template BlockMotion search_block_motion(const BlockMotionQuery<uint16_t>&, Span<const Mv>, uint16_t*);

}  // namespace tessera
