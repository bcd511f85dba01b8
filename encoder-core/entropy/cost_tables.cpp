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

}  // namespace

void build_cost_tables(const CdfContext& context, CostTables& tables) {
#define TESSERA_COST_FILL(name, ...) fill(context.name, tables.name);
  TESSERA_SMALL_CDFS(TESSERA_COST_FILL)
  TESSERA_LARGE_CDFS(TESSERA_COST_FILL)
#undef TESSERA_COST_FILL
}

}  // namespace tessera
