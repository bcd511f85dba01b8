#include "search/trellis.h"

#include <cstdlib>

#include "block/coef_cost.h"
#include "block/level_map.h"
#include "dsp/coef_levels.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"

namespace tessera {
namespace {

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
  bool is_zero(int at) const { return cells_[at] == 0; }
  /// 4 times the context of coeff_base. Not for coefficient 0 of two dimensions, whose context is 0.
  int base_ctx4(int at) const { return kBaseCtx4[sums_[kLead + at]] + offsets_[at]; }
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
  /// 4 * base_ctx_of_sum( sum )
  static constexpr Array<uint8_t, 16> kBaseCtx4 = [] {
    Array<uint8_t, 16> t = {};
    for (int sum = 0; sum < 16; sum++) t[sum] = static_cast<uint8_t>(4 * base_ctx_of_sum(sum));
    return t;
  }();

  int w_log2_, stride_;
  const uint8_t* offsets_;
  alignas(32) uint8_t cells_[level_map_size(32, 32)];
  alignas(32) uint8_t sums_[kLead + level_map_size(32, 32)];
};

/// Rate, and squared error less that of coding nothing.
struct Cost {
  uint32_t rate = 0;
  int64_t error = 0;
};

/// All that the loop over coefficients needs in one place, so that the compiler keeps it at hand.
struct Pass {
  const UnitCosts costs;
  const EobCosts& eob_cost;
  const uint16_t* positions;  ///< the scan's
  const Coeff* coeff;
  TxSize size;
  QuantStep step;
  int shift;                  ///< of dequantised values
  double lambda;              ///< squared coefficient error worth 1/512 bit
  Level* levels;

  double j(const Cost& c) const { return lambda * static_cast<int>(c.rate) + static_cast<double>(c.error); }

  /// Rates and errors of a level and of one step less; signs are equal, so magnitudes do.
  struct Candidate {
    int position, magnitude;
    uint32_t sign;                     ///< rate
    int64_t error, less_error;
  };
  Candidate candidate(int position, int level) const {
    const int m = std::abs(level), q = position == 0 ? step.dc.step : step.ac.step;
    const Coeff limit = step.limit + (level < 0);
    const int64_t twice = 2 * int64_t{std::abs(coeff[position])};
    // ( coeff - value )^2 - coeff^2
    const auto error = [&](int magnitude) {
      const int64_t value = std::min((magnitude * q & 0xFFFFFF) >> shift, limit);
      return value * (value - twice);
    };
    return {position, m, costs.sign(position, level), error(m), error(m - 1)};
  }
  /// The better of both inside the block; true: one less.
  template <class Near>
  bool add_inner(const Candidate& c, const uint16_t* base, const Near& near, Cost& to) const {
    const int m = c.magnitude;
    uint32_t rate = base[std::min(m, 3)] + c.sign, less_rate = base[std::min(m - 1, 3)] + (m > 1 ? c.sign : 0);
    if (m > NUM_BASE_LEVELS) {
      const int ctx = near.br_ctx(c.position);
      rate += costs.above_base(ctx, m);
      if (m - 1 > NUM_BASE_LEVELS) less_rate += costs.above_base(ctx, m - 1);
    }
    const bool less = j({less_rate - rate, c.less_error - c.error}) < 0;
    to.rate += less ? less_rate : rate;
    to.error += less ? c.less_error : c.error;
    return less;
  }
  /// The better of both as the last coefficient. The tail's contexts count although it goes: large levels look
  /// cheaper, which at high rates is worth 0.1 to 0.2 % (foreman, goprowalk, cq-level 6 to 26). `correction` gets what
  /// the rate lacks for that, modulo 2^32.
  template <class Near>
  bool end_at(const Candidate& c, int rank, const Near& near, Cost& to, uint32_t& correction) const {
    const uint16_t* base = costs.base_eob[coeff_base_eob_ctx(size, rank)].bits;
    const int m = c.magnitude, ctx = m > NUM_BASE_LEVELS ? near.br_ctx(c.position) : 0;
    const auto rate = [&](int magnitude, int br_ctx) {
      return base[std::min(magnitude, 3) - 1] + (magnitude > NUM_BASE_LEVELS ? costs.above_base(br_ctx, magnitude) : 0);
    };
    const uint32_t shared = c.sign + eob_cost(rank + 1);
    to = {shared + rate(m, ctx), c.error};
    bool less = false;
    if (m > 1) {
      const Cost other = {shared + rate(m - 1, ctx), c.less_error};
      less = j(other) < j(to);
      if (less) to = other;
    }
    correction = m > NUM_BASE_LEVELS ? shared + rate(m - less, near.last_br_ctx(c.position)) - to.rate : 0;
    return less;
  }

  template <TxClass kClass>
  static OptimisedLevels run(const TrellisTask& task, Pass pass, int eob) {
    Neighbourhood<kClass> near(task, pass.levels, pass.positions[eob - 1]);
    const uint16_t* const positions = pass.positions;
    Level* const levels = pass.levels;
    const uint16_t* const base_costs = pass.costs.base[0].bits;
    const auto put = [&](int position, int level) {
      levels[position] = static_cast<Level>(level);
      near.set(near.place(position), std::abs(level));
    };
    int end = 0;  // end of block of the tail kept so far; 0: no tail
    Cost kept;    // of that tail
    uint32_t correction = 0;
    for (int c = eob - 1; c >= 0; c--) {
      uint32_t zeros = 0;
      for (; c > 0; c--) {
        const int at = near.place(positions[c]);
        if (!near.is_zero(at)) break;
        zeros += base_costs[near.base_ctx4(at)];
      }
      kept.rate += zeros;
      const int position = positions[c], level = levels[position];
      const uint16_t* const base = base_costs + (kClass == TX_CLASS_2D && position == 0 ? 0 : near.base_ctx4(near.place(position)));
      if (level == 0) {
        kept.rate += base[0];
        continue;
      }
      const Candidate here = pass.candidate(position, level);
      Cost inner = kept;
      bool less = end > 0 && pass.add_inner(here, base, near, inner);
      // The block may end here, everything above dropped; not where that would not even pay if it cost nothing.
      const double inner_j = pass.j(inner);
      if (end == 0 || inner_j > static_cast<double>(here.magnitude > 1 ? std::min(here.error, here.less_error) : here.error)) {
        Cost last;
        uint32_t last_correction;
        const bool last_less = pass.end_at(here, c, near, last, last_correction);
        if (end == 0 || pass.j(last) < inner_j) {
          for (int d = c + 1; d < end; d++)
            if (levels[positions[d]] != 0) put(positions[d], 0);
          end = c + 1;
          inner = last;
          correction = last_correction;
          less = last_less;
        }
      }
      kept = inner;
      if (less) put(position, level < 0 ? level + 1 : level - 1);
    }
    // The caller compares with coding nothing at all, which costs all_zero.
    return {end, kept.rate + correction, kept.error};
  }
};

}  // namespace

OptimisedLevels optimise_levels(const TrellisTask& task, int eob, Level* levels) {
  const int size_ctx = tx_size_ctx(task.size), plane_type = task.plane > 0, shift = dequant_shift(task.size);
  const TxClass tx_class = get_tx_class(task.type);
  const UnitCosts costs = {task.costs.coeff_base[size_ctx][plane_type], task.costs.coeff_base_eob[size_ctx][plane_type],
                           task.costs.levels.br[std::min(size_ctx, 3)][plane_type], task.costs.dc_sign[plane_type][task.ctx.dc_sign]};
  const EobCosts eob_cost = eob_costs(task.costs, task.size, plane_type, tx_class != TX_CLASS_2D);
  // Coefficients are 8 >> shift times the orthonormal transform.
  const double scale = 64.0 / (1 << (2 * shift));
  const Pass pass = {.costs = costs,
                     .eob_cost = eob_cost,
                     .positions = get_scan(task.size, task.type).positions,
                     .coeff = task.coeff,
                     .size = task.size,
                     .step = task.step,
                     .shift = shift,
                     .lambda = task.lambda * scale,
                     .levels = levels};
  switch (tx_class) {
    case TX_CLASS_2D: return Pass::run<TX_CLASS_2D>(task, pass, eob);
    case TX_CLASS_HORIZ: return Pass::run<TX_CLASS_HORIZ>(task, pass, eob);
    default: return Pass::run<TX_CLASS_VERT>(task, pass, eob);
  }
}

}  // namespace tessera
