#include "search/trellis.h"

#include <cstdlib>

#include "block/coef_cost.h"
#include "block/level_map.h"
#include "dsp/coef_levels.h"
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
  const Table2<uint16_t, 21, 16>& range;
  const SymbolCost<2>& dc_sign;

  uint32_t sign(int position, int level) const { return position == 0 ? dc_sign.bits[level < 0] : kCostOneBit; }
  /// What a magnitude above 2 costs beyond its base.
  uint32_t above_base(int br_ctx, int magnitude) const {
    const uint32_t rate = range[br_ctx][std::min(magnitude, 15)];
    return magnitude < 15 ? rate : rate + golomb_cost(static_cast<uint32_t>(magnitude - 14));
  }
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

/// Magnitudes of a unit in the layout of dsp/coef_levels.h, and for each position the sum of its neighbours that gives
/// its context, kept up to date.
template <TxClass kClass>
class Neighbourhood {
 public:
  Neighbourhood(const TrellisTask& task, const Level* levels, int last)
      : w_log2_(Tx_Width_Log2[Adjusted_Tx_Size[task.size]]),
        stride_(level_stride(1 << w_log2_)),
        offsets_(base_ctx_offsets(task.size, kClass)) {
    const int rows = reached_rows(kClass, last, w_log2_, Tx_Height[Adjusted_Tx_Size[task.size]]);
    task.build_levels(levels, 1 << w_log2_, rows, cells_);
    task.base_sums(cells_, task.size, kClass, rows, sums_ + kLead);
  }

  /// The place of a raster position.
  int place(int position) const { return position + (position >> w_log2_) * kLevelPad; }
  int base_ctx(int at) const {
    if (kClass == TX_CLASS_2D && at == 0) return 0;
    return base_ctx_of_sum(sums_[kLead + at]) + (offsets_[at] >> 2);
  }
  int br_ctx(int position) const {
    const int row = position >> w_log2_;
    return get_coeff_br_ctx(cells_ + place(position), stride_, kClass, row, position - (row << w_log2_));
  }
  /// The same where all that follows is zero.
  int last_br_ctx(int position) const {
    const int row = position >> w_log2_;
    return br_ctx_offset(kClass, row, position - (row << w_log2_));
  }
  void set(int at, int magnitude) {
    const int change = std::min(magnitude, 3) - std::min<int>(cells_[at], 3);
    cells_[at] = static_cast<uint8_t>(std::min(magnitude, 127));
    if (change == 0) return;
    const int s = stride_, step = kClass == TX_CLASS_HORIZ ? 1 : s;
    uint8_t* const sum = sums_ + kLead + at;
    const auto add = [&](int before) { sum[-before] = static_cast<uint8_t>(sum[-before] + change); };
    add(1);
    add(s);
    if (kClass == TX_CLASS_2D) {
      add(s + 1);
      add(2);
      add(2 * s);
    } else {
      for (int i = 2; i <= 4; i++) add(i * step);
    }
  }

 private:
  static constexpr int kLead = 4 * level_stride(32);  ///< positions before the first, which nobody reads

  int w_log2_, stride_;
  const uint8_t* offsets_;
  alignas(32) uint8_t cells_[level_map_size(32, 32)];
  alignas(32) uint8_t sums_[kLead + level_map_size(32, 32)];
};

struct Pass {
  const TrellisTask& task;
  const UnitCosts& costs;
  const EobCosts& eob_cost;
  const Scan& scan;
  double lambda;   ///< squared coefficient error worth 1/512 bit
  Level* levels;
  Coeff* dequantised;

  /// Rate, and squared error less that of coding nothing.
  struct Cost {
    uint32_t rate = 0;
    int64_t error = 0;
  };
  double j(const Cost& c) const { return lambda * c.rate + static_cast<double>(c.error); }

  int64_t error(int position, Coeff value) const {
    // ( coeff - value )^2 - coeff^2
    return static_cast<int64_t>(value) * (value - 2 * static_cast<int64_t>(task.coeff[position]));
  }
  Coeff dequantise(int position, int level) const {
    const QuantStep& step = task.step;
    return dequantise_level(level, position == 0 ? step.dc.step : step.ac.step, dequant_shift(task.size), step.limit);
  }
  uint32_t last_rate(int rank, int magnitude, int br_ctx) const {
    const uint32_t rate = costs.base_eob[coeff_base_eob_ctx(task.size, rank)].bits[std::min(magnitude, 3) - 1];
    return magnitude > NUM_BASE_LEVELS ? rate + costs.above_base(br_ctx, magnitude) : rate;
  }

  template <TxClass kClass>
  OptimisedLevels run(int eob) {
    Neighbourhood<kClass> near(task, levels, scan.positions[eob - 1]);
    const auto put = [&](int position, int level, Coeff value) {
      levels[position] = static_cast<Level>(level);
      dequantised[position] = value;
      near.set(near.place(position), std::abs(level));
    };
    int end = 0;  // end of block of the tail kept so far; 0: no tail
    Cost kept;    // of that tail
    uint32_t correction = 0;  // what its rate lacks, modulo 2^32
    for (int c = eob - 1; c >= 0; c--) {
      const int position = scan.positions[c], level = levels[position], at = near.place(position);
      const uint16_t* const base = costs.base[near.base_ctx(at)].bits;
      if (level == 0) {
        kept.rate += base[0];
        continue;
      }
      const int m = std::abs(level), less = level < 0 ? level + 1 : level - 1;
      const uint32_t sign = costs.sign(position, level);
      const Coeff value = dequantised[position], less_value = dequantise(position, less);
      const int64_t value_error = error(position, value), less_error = error(position, less_value);
      // This coefficient inside the block.
      bool inner_less = false;
      Cost inner = kept;
      if (end > 0) {
        uint32_t rate = base[std::min(m, 3)] + sign, less_rate = base[std::min(m - 1, 3)] + (less ? sign : 0);
        if (m > NUM_BASE_LEVELS) {
          const int ctx = near.br_ctx(position);
          rate += costs.above_base(ctx, m);
          if (m - 1 > NUM_BASE_LEVELS) less_rate += costs.above_base(ctx, m - 1);
        }
        inner_less = j({less_rate, less_error}) < j({rate, value_error});
        inner.rate += inner_less ? less_rate : rate;
        inner.error += inner_less ? less_error : value_error;
      }
      // Or as its last one, everything above dropped; not where that saves nothing even if it cost nothing.
      const double inner_j = j(inner);
      if (end == 0 || inner_j > static_cast<double>(less ? std::min(value_error, less_error) : value_error)) {
        // The tail's contexts although it goes: large levels look cheaper, which at high rates is worth 0.1 to 0.2 %
        // (foreman, goprowalk, cq-level 6 to 26).
        const int ctx = m > NUM_BASE_LEVELS ? near.br_ctx(position) : 0;
        const uint32_t shared = sign + eob_cost(c + 1);
        Cost last = {shared + last_rate(c, m, ctx), value_error};
        bool last_less = false;
        if (less != 0) {
          const Cost other = {shared + last_rate(c, m - 1, ctx), less_error};
          last_less = j(other) < j(last);
          if (last_less) last = other;
        }
        if (end == 0 || j(last) < inner_j) {
          for (int d = c + 1; d < end; d++)
            if (levels[scan.positions[d]] != 0) put(scan.positions[d], 0, 0);
          end = c + 1;
          kept = last;
          const uint32_t exact_rate = shared + last_rate(c, last_less ? m - 1 : m, near.last_br_ctx(position));
          correction = exact_rate - last.rate;
          if (last_less) put(position, less, less_value);
          continue;
        }
      }
      kept = inner;
      if (inner_less) put(position, less, less_value);
    }
    // The caller compares with coding nothing at all, which costs all_zero.
    return {end, kept.rate + correction};
  }
};

}  // namespace

OptimisedLevels optimise_levels(const TrellisTask& task, int eob, Level* levels, Coeff* dequantised) {
  const int size_ctx = tx_size_ctx(task.size), plane_type = task.plane > 0, shift = dequant_shift(task.size);
  const TxClass tx_class = get_tx_class(task.type);
  const UnitCosts costs = {task.costs.coeff_base[size_ctx][plane_type], task.costs.coeff_base_eob[size_ctx][plane_type],
                           task.costs.levels.br[std::min(size_ctx, 3)][plane_type], task.costs.dc_sign[plane_type][task.ctx.dc_sign]};
  const EobCosts eob_cost = eob_costs(task.costs, task.size, plane_type, tx_class != TX_CLASS_2D);
  // Coefficients are 8 >> shift times the orthonormal transform.
  const double scale = 64.0 / (1 << (2 * shift));
  Pass pass = {task, costs, eob_cost, get_scan(task.size, task.type), task.lambda * scale * (plane_type ? kChromaWeight : kLumaWeight),
               levels, dequantised};
  switch (tx_class) {
    case TX_CLASS_2D: return pass.run<TX_CLASS_2D>(eob);
    case TX_CLASS_HORIZ: return pass.run<TX_CLASS_HORIZ>(eob);
    default: return pass.run<TX_CLASS_VERT>(eob);
  }
}

}  // namespace tessera
