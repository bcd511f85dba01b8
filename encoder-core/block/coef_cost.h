// What coefficients would cost under frozen tables, in 1/512 bit: the writer's syntax without a sink, for
// searches that weigh many levels. Equal to writing into a FrozenCostCounter.
#pragma once

#include "block/block_context.h"
#include "dsp/coef_levels.h"
#include "entropy/cost_tables.h"

namespace tessera {

struct CostedBlock {
  int plane;
  TxSize size;
  TxType type;
  TxbContexts ctx;
};

/// all_zero, end of block, levels and signs of one transform block (spec 5.11.39 without transform_type).
/// `levels` is raster; `eob` of them in scan order, the last not zero.
uint32_t coefficient_cost(const CostTables& tables, LevelRateFn* level_rate, const CostedBlock& block,
                          const Level* levels, int eob);

/// The end-of-block symbols alone.
uint32_t eob_cost(const CostTables& tables, int plane, TxSize tx_size, TxClass tx_class, int eob);

/// spec 5.11.47: transform_type( ) of a luma transform; 0 where it is implied.
uint32_t tx_type_cost(const CostTables& tables, const FrameHeader& header, const BlockInfo& info,
                      TxSize tx_size, TxType type);

/// Cost of a Golomb code: `x` >= 1 is the magnitude minus 14.
inline uint32_t golomb_cost(uint32_t x) {
  return (2 * static_cast<uint32_t>(floor_log2(x)) + 1) * kCostOneBit;
}

/// Cost of what coeff_br and the Golomb code say about a magnitude above 2.
inline uint32_t base_range_cost(const SymbolCost<4>& br, int magnitude) {
  const int rest = magnitude - 3;
  if (rest >= 12) return 4u * br.bits[3] + golomb_cost(static_cast<uint32_t>(rest - 11));
  return static_cast<uint32_t>(rest / 3) * br.bits[3] + br.bits[rest % 3];
}

}  // namespace tessera
