// The kernels in use, one pointer each. Built once from the CPU flags, passed by const reference: two encoders
// with different flags run in one process.
#pragma once

#include "dsp/cdef_block.h"
#include "dsp/coef_levels.h"
#include "dsp/compound_blend.h"
#include "dsp/deblock_edge.h"
#include "dsp/distortion.h"
#include "dsp/forward_tx.h"
#include "dsp/intra_table.h"
#include "dsp/inverse_tx.h"
#include "dsp/pixel_ops.h"
#include "dsp/quantize.h"
#include "dsp/restoration.h"
#include "dsp/sad_grid.h"
#include "dsp/subpel.h"
#include "dsp/temporal_blend.h"
#include "dsp/warp_affine.h"

namespace tessera {

template <Pixel P>
struct DspTable {
  DistortionTable<P> distortion;
  SadGridTable<P> sad_grid;
  SubpelTable<P> subpel;
  CompoundBlendTable<P> compound_blend;
  IntraTable<P> intra;
  ForwardTxTable<P> forward_tx;
  InverseTxTable<P> inverse_tx;
  QuantiseTable<P> quantise;
  CoefLevelsTable<P> coef_levels;
  DeblockTable<P> deblock;
  CdefTable<P> cdef;
  RestorationTable<P> restoration;
  TemporalTable<P> temporal;
  WarpAffineTable<P> warp_affine;
  PixelOpsTable<P> pixel_ops;
};

}  // namespace tessera
