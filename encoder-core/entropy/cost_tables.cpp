#include "entropy/cost_tables.h"

#include <cmath>

namespace tessera {

// The coder gives an interval of s / 512 the share (s * (range >> 8) / 2 + 4) / range. Ranges are distributed
// like 1 / x over 32768..65535, which puts the mean of 4 / range at 2.9 / 32768.
const Array<uint16_t, 513> kIntervalCost = [] {
  Array<uint16_t, 513> cost = {};
  for (int s = 0; s <= 512; ++s) {
    const double share = std::min(1.0, (64.0 * s + 2.9) / 32768);
    cost[s] = static_cast<uint16_t>(std::lround(-kCostOneBit * std::log2(share)));
  }
  return cost;
}();

namespace {

template <int N>
void fill(const Cdf<N>& cdf, SymbolCost<N>& cost) {
  for (int s = 0; s < N; ++s) cost.bits[s] = static_cast<uint16_t>(symbol_cost(cdf, s));
}
template <class T, class U, size_t N>
void fill(const Array<T, N>& cdfs, Array<U, N>& costs) {
  for (size_t i = 0; i < N; ++i) fill(cdfs[i], costs[i]);
}

}  // namespace

void build_cost_tables(const CdfContext& context, CostTables& tables) {
#define TESSERA_COST_FILL(name, ...) fill(context.name, tables.name);
  TESSERA_SMALL_CDFS(TESSERA_COST_FILL)
  TESSERA_LARGE_CDFS(TESSERA_COST_FILL)
#undef TESSERA_COST_FILL
}

}  // namespace tessera
