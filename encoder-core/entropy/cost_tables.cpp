#include "entropy/cost_tables.h"

#include <algorithm>

#include "base/int_math.h"

namespace tessera {

namespace {

/// 512 * log2(x), rounded: by squaring the mantissa, so that it is the same number everywhere.
constexpr int log2_512(uint32_t x) {
  const int whole = floor_log2(x);
  uint64_t mantissa = uint64_t{x} << (31 - whole);  // [1, 2) as 31-bit fixed point
  int log = whole;
  for (int bit = 0; bit < 11; ++bit) {
    mantissa = (mantissa * mantissa) >> 31;
    const int carry = static_cast<int>(mantissa >> 32);
    log = 2 * log + carry;
    mantissa >>= carry;
  }
  return (log + 2) >> 2;
}

// The coder gives an interval of s / 512 the share (s * (range >> 8) / 2 + 4) / range. Ranges are distributed
// like 1 / x over 32768..65535, which puts the mean of 4 / range at 2.9 / 32768.
constexpr Array<uint16_t, 513> interval_costs() {
  Array<uint16_t, 513> cost = {};
  for (uint32_t s = 0; s <= 512; ++s)
    cost[s] = static_cast<uint16_t>(std::max(0, log2_512(327680) - log2_512(640 * s + 29)));
  return cost;
}

}  // namespace

constexpr Array<uint16_t, 513> kIntervalCost = interval_costs();

namespace {

template <int N>
void fill(const Cdf<N>& cdf, SymbolCost<N>& cost) {
  for (int s = 0; s < N; ++s) cost.bits[s] = static_cast<uint16_t>(symbol_cost(cdf, s));
}
template <class T, class U, size_t N>
void fill(const Array<T, N>& cdfs, Array<U, N>& costs) {
  for (size_t i = 0; i < N; ++i) fill(cdfs[i], costs[i]);
}

void fill_levels(const SymbolCosts& symbols, LevelCosts& levels) {
  for (size_t size = 0; size < levels.base.size(); ++size)
    for (int plane_type = 0; plane_type < 2; ++plane_type)
      for (int ctx = 0; ctx < 42; ++ctx)
        for (int m = 0; m < 4; ++m)
          levels.base[size][plane_type][ctx][m] =
              static_cast<uint16_t>(symbols.coeff_base[size][plane_type][ctx].bits[m] + (m > 0 ? kCostOneBit : 0));
  for (size_t size = 0; size < levels.br.size(); ++size)
    for (int plane_type = 0; plane_type < 2; ++plane_type)
      for (int ctx = 0; ctx < 21; ++ctx) {
        // Each symbol adds up to 3; a 3 is followed by another symbol, of which there are four at most.
        const uint16_t* bits = symbols.coeff_br[size][plane_type][ctx].bits;
        auto& sums = levels.br[size][plane_type][ctx];
        for (int m = 0; m < 3; ++m) sums[m] = 0;
        for (int threes = 0; threes < 4; ++threes)
          for (int rest = 0; rest < 3; ++rest)
            sums[3 + 3 * threes + rest] = static_cast<uint16_t>(threes * bits[3] + bits[rest]);
        sums[15] = static_cast<uint16_t>(4 * bits[3]);
      }
}

}  // namespace

void build_cost_tables(const CdfContext& context, CostTables& tables) {
#define TESSERA_COST_FILL(name, ...) fill(context.name, tables.name);
  TESSERA_SMALL_CDFS(TESSERA_COST_FILL)
  TESSERA_LARGE_CDFS(TESSERA_COST_FILL)
#undef TESSERA_COST_FILL
  fill_levels(tables, tables.levels);
}

}  // namespace tessera
