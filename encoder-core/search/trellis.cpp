#include "search/trellis.h"

#include <cstdlib>

#include "block/coef_cost.h"
#include "block/level_map.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"

namespace tessera {
namespace {

/// Lambda of this pass over the frame's: a level given up also makes its neighbours' contexts cheaper, which the
/// greedy pass does not see.
constexpr double kLumaWeight = 1.0, kChromaWeight = 1.0;

/// The tables of one transform unit.
struct UnitCosts {
  const Array<SymbolCost<4>, 42>& base;
  const Array<SymbolCost<3>, 4>& base_eob;
  const Array<SymbolCost<4>, 21>& range;
  const SymbolCost<2>& dc_sign;
  TxSize size;

  uint32_t sign(int position, int level) const { return position == 0 ? dc_sign.bits[level < 0] : kCostOneBit; }
};

/// Rates of ending the block at each eob class.
struct EobCosts {
  Array<uint32_t, 12> pt;
  const Array<SymbolCost<2>, 9>& extra;

  uint32_t operator()(int eob) const {
    const EobDigits d(eob);
    if (d.extra_bits == 0) return pt[d.pt];
    const int rest = d.extra_bits - 1;
    return pt[d.pt] + extra[d.pt - 2].bits[d.extra >> rest] + static_cast<uint32_t>(rest) * kCostOneBit;
  }
};

EobCosts eob_costs(const CostTables& t, TxSize size, int plane_type, bool one_dim) {
  EobCosts out = {{}, t.eob_extra[tx_size_ctx(size)][plane_type]};
  const auto fill = [&](const auto& cost) {
    for (size_t i = 0; i < std::size(cost.bits); i++) out.pt[i] = cost.bits[i];
  };
  switch (eob_multisize(size)) {
    case 0: fill(t.eob_pt_16[plane_type][one_dim]); break;
    case 1: fill(t.eob_pt_32[plane_type][one_dim]); break;
    case 2: fill(t.eob_pt_64[plane_type][one_dim]); break;
    case 3: fill(t.eob_pt_128[plane_type][one_dim]); break;
    case 4: fill(t.eob_pt_256[plane_type][one_dim]); break;
    case 5: fill(t.eob_pt_512[plane_type]); break;
    default: fill(t.eob_pt_1024[plane_type]); break;
  }
  return out;
}

struct Pass {
  const UnitCosts& costs;
  const EobCosts& eob_cost;
  const Scan& scan;
  const QuantStep& step;
  const Coeff* coeff;
  int shift;
  double lambda;   ///< squared coefficient error worth 1/512 bit
  Level* levels;
  Coeff* dequantised;

  double error(int position, Coeff value) const {
    const double d = static_cast<double>(coeff[position] - value);
    return d * d;
  }
  Coeff dequantise(int position, int level) const {
    return dequantise_level(level, position == 0 ? step.dc.step : step.ac.step, shift, step.limit);
  }

  /// Cost of a magnitude inside the block, or as its last coefficient.
  template <TxClass kClass>
  double inner_cost(const LevelMap& map, int position, int level) const {
    const int m = std::abs(level);
    uint32_t rate = costs.base[map.base_ctx<kClass>(position)].bits[std::min(m, 3)];
    if (m > 0) rate += costs.sign(position, level);
    if (m > NUM_BASE_LEVELS) rate += base_range_cost(costs.range[map.br_ctx<kClass>(position)], m);
    return lambda * rate + error(position, dequantise(position, level));
  }
  template <TxClass kClass>
  double last_cost(const LevelMap& map, int position, int level, int rank) const {
    const int m = std::abs(level);
    uint32_t rate = costs.base_eob[coeff_base_eob_ctx(costs.size, rank)].bits[std::min(m, 3) - 1] + costs.sign(position, level);
    if (m > NUM_BASE_LEVELS) rate += base_range_cost(costs.range[map.br_ctx<kClass>(position)], m);
    return lambda * (rate + eob_cost(rank + 1)) + error(position, dequantise(position, level));
  }

  template <TxClass kClass>
  int run(int eob) {
    Level in_scan[32 * 32];
    for (int c = 0; c < eob; c++) in_scan[c] = levels[scan.positions[c]];
    LevelMap map(in_scan, eob, costs.size, scan);
    const auto put = [&](int position, int level) {
      levels[position] = static_cast<Level>(level);
      map.set(position, std::abs(level));
    };
    int end = 0;             // end of block of the tail kept so far; 0: no tail
    double kept = 0;         // cost of that tail
    double dropped = 0;      // error of coding nothing from here up
    for (int c = eob - 1; c >= 0; c--) {
      const int position = scan.positions[c], level = levels[position];
      const double zero_error = error(position, 0);
      if (level == 0) {
        if (end > 0) kept += inner_cost<kClass>(map, position, 0);
        dropped += zero_error;
        continue;
      }
      const int less = level < 0 ? level + 1 : level - 1;
      // This coefficient as the last one of the block, everything above dropped.
      map.set(position, 0);
      double best_last = dropped + last_cost<kClass>(map, position, level, c);
      int last_level = level;
      if (less != 0) {
        const double j = dropped + last_cost<kClass>(map, position, less, c);
        if (j < best_last) {
          best_last = j;
          last_level = less;
        }
      }
      // Or inside it.
      double best_inner = 0;
      int inner_level = level;
      if (end > 0) {
        best_inner = kept + inner_cost<kClass>(map, position, level);
        const double j = kept + inner_cost<kClass>(map, position, less);
        if (j < best_inner) {
          best_inner = j;
          inner_level = less;
        }
      }
      if (end == 0 || best_last < best_inner) {
        for (int d = c + 1; d < end; d++) put(scan.positions[d], 0);
        end = c + 1;
        kept = best_last;
        put(position, last_level);
      } else {
        kept = best_inner;
        put(position, inner_level);
      }
      dropped += zero_error;
    }
    // The caller compares with coding nothing at all, which costs all_zero.
    for (int c = end; c < eob; c++) levels[scan.positions[c]] = 0;
    for (int c = 0; c < eob; c++) dequantised[scan.positions[c]] = dequantise(scan.positions[c], levels[scan.positions[c]]);
    return end;
  }
};

}  // namespace

template <Pixel P>
int optimise_levels(const SearchContext<P>& s, const TrellisQuery& q, const Coeff* coeff, int eob, Level* levels,
                    Coeff* dequantised) {
  const int size_ctx = tx_size_ctx(q.size), plane_type = q.plane > 0, shift = dequant_shift(q.size);
  const TxClass tx_class = get_tx_class(q.type);
  const UnitCosts costs = {s.costs.coeff_base[size_ctx][plane_type], s.costs.coeff_base_eob[size_ctx][plane_type],
                           s.costs.coeff_br[std::min(size_ctx, 3)][plane_type], s.costs.dc_sign[plane_type][q.ctx.dc_sign], q.size};
  const EobCosts eob_cost = eob_costs(s.costs, q.size, plane_type, tx_class != TX_CLASS_2D);
  // Coefficients are 8 >> shift times the orthonormal transform.
  const double scale = 64.0 / (1 << (2 * shift));
  Pass pass = {costs, eob_cost, get_scan(q.size, q.type), s.quant.step[q.plane], coeff, shift,
               s.lambda * scale * (plane_type ? kChromaWeight : kLumaWeight), levels, dequantised};
  switch (tx_class) {
    case TX_CLASS_2D: return pass.run<TX_CLASS_2D>(eob);
    case TX_CLASS_HORIZ: return pass.run<TX_CLASS_HORIZ>(eob);
    default: return pass.run<TX_CLASS_VERT>(eob);
  }
}

template int optimise_levels(const SearchContext<uint8_t>&, const TrellisQuery&, const Coeff*, int, Level*, Coeff*);
template int optimise_levels(const SearchContext<uint16_t>&, const TrellisQuery&, const Coeff*, int, Level*, Coeff*);

}  // namespace tessera
