// Rate-distortion optimised levels: one greedy pass from the highest frequency down, in which every coefficient may
// give up one step and the block may end earlier. Contexts come from the higher frequencies, which are final by then.
#pragma once

#include "block/block_context.h"
#include "dsp/coef_levels.h"
#include "dsp/quantize.h"
#include "entropy/cost_tables.h"

namespace tessera {

struct TrellisTask {
  const CostTables& costs;
  BuildLevelsFn* build_levels;  ///< kernels
  LevelSumsFn* base_sums;
  const QuantStep& step;
  double lambda;                ///< squared sample error worth 1/512 bit
  int plane;
  TxSize size;
  TxType type;
  TxbContexts ctx;
  const Coeff* coeff;           ///< raster
};

struct OptimisedLevels {
  int eob;               ///< > 0
  uint32_t rate;         ///< end of block, levels and signs: all but all_zero and transform_type
  int64_t error_change;  ///< squared error of the coefficients, less that of coding nothing
};

/// Improves `levels` (raster; `eob` > 0 of them in scan order, the last not zero). Whether anything is worth coding at all is
/// left to the caller.
OptimisedLevels optimise_levels(const TrellisTask& task, int eob, Level* levels);

}  // namespace tessera
