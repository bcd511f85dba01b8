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
  int predicted = -1;       ///< where the vector's prediction with EIGHTTAP was left, if it was made
};

/// Tries the whole-sample positions nearest to `starts` and descends from the best. Each of `scratch` has room for the block,
/// in rows of its width.
template <Pixel P>
BlockMotion search_block_motion(const BlockMotionQuery<P>& query, Span<const Mv> starts, const Array<P*, 2>& scratch);

/// True when a prediction of the block with this vector reads only the reference and its margins.
template <Pixel P>
bool mv_in_reach(const BlockMotionQuery<P>& query, Mv mv);

extern template BlockMotion search_block_motion(const BlockMotionQuery<uint8_t>&, Span<const Mv>, const Array<uint8_t*, 2>&);
extern template BlockMotion search_block_motion(const BlockMotionQuery<uint16_t>&, Span<const Mv>, const Array<uint16_t*, 2>&);

}  // namespace tessera
