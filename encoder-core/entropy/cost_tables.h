// What symbols cost, in 1/512 bit.
#pragma once

#include "base/array.h"
#include "entropy/cdf_context.h"

namespace tessera {

inline constexpr int kCostOneBit = 512;

/// [s]: cost of an interval of s / 512, which is how finely the range coder divides, with the minimum
/// probability that it adds.
extern const Array<uint16_t, 513> kIntervalCost;

/// What coefficient levels cost, summed from symbols. Axes as in CdfContext.
struct LevelCosts {
  /// [size][plane type][ctx][min( magnitude, 3 )]: coeff_base, and a sign bit where there is a magnitude.
  Array<Table3<uint16_t, 2, 42, 4>, 5> base;
  /// [size][plane type][ctx][min( magnitude, 15 )]: every coeff_br of the magnitude, nothing up to 2.
  Array<Table3<uint16_t, 2, 21, 16>, 4> br;
};

/// The cost of every symbol of every CDF, and what follows from that.
struct CostTables : SymbolCosts {
  LevelCosts levels;
};

/// Cost of a bit of probability word / 32768 of being 1.
inline uint32_t boolean_cost(uint16_t word, int bit) {
  const int ones = word >> 6;
  return kIntervalCost[bit ? ones : 512 - ones];
}

/// Cost of a symbol under the CDF as it is.
template <int N>
uint32_t symbol_cost(const Cdf<N>& cdf, int value) {
  // Shifted, word N-1, the counter of at most 32, becomes the 0 that belongs there.
  const int first = (value - 1) >> 31;  // all ones for symbol 0: a select that stays free of branches
  const int above = (512 & first) | ((cdf.w[value - 1 - first] >> 6) & ~first);
  return kIntervalCost[above - (cdf.w[value] >> 6)];
}

/// Costs of every symbol of every CDF of `context`.
void build_cost_tables(const CdfContext& context, CostTables& tables);

/// The costs that belong to a CDF of `context`.
template <int N>
const uint16_t* costs_of(const CostTables& tables, const CdfContext& context, const Cdf<N>& cdf) {
  return reinterpret_cast<const uint16_t*>(&tables) + cdf_offset(context, cdf);
}

}  // namespace tessera
