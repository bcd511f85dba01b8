#include "search/tx_search.h"

#include <algorithm>
#include <cstring>
#include <limits>

#include "block/coef_cost.h"
#include "block/tx_type_rules.h"
#include "block/write_coeffs.h"
#include "block/write_tx_size.h"
#include "search/trellis.h"
#include "search/tx_split_guide.h"
#include "search/tx_split_log.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"

namespace tessera {
namespace {

/// What is added before division by the step, in 1/256: measured best between plain rounding (128) and the usual
/// thirds and sixths of hybrid coders. Trellis starts from more levels, since it takes back what does not pay.
constexpr QuantRounding kIntraRounding = {108, 98}, kInterRounding = {104, 88}, kTrellisRounding = {128, 120};

/// Transform types by how often they win, for intra and inter units whose set holds them.
constexpr Array<TxType, 16> kInterOrder = {DCT_DCT,  IDTX,          ADST_ADST,     ADST_DCT,      DCT_ADST,     FLIPADST_DCT,
                                           DCT_FLIPADST, FLIPADST_ADST, ADST_FLIPADST, FLIPADST_FLIPADST, V_DCT, H_DCT,
                                           V_ADST,   H_ADST,        V_FLIPADST,    H_FLIPADST};
constexpr Array<TxType, 7> kIntraOrder = {DCT_DCT, ADST_ADST, ADST_DCT, DCT_ADST, IDTX, V_DCT, H_DCT};

/// Under this no transform of a residual has a coefficient that rounds to a level: none is larger than the residual as a
/// whole. A tenth is left for what the transforms round.
int64_t least_coded_energy(const QuantStep& step, const QuantRounding& rounding) {
  const int64_t least = std::min<int64_t>(step.dc.step * (256 - rounding.dc), step.ac.step * (256 - rounding.ac));
  constexpr int64_t kUnit = 8 * 256;  // of a step and of rounding
  return least * least / (kUnit * kUnit) * 9 / 10;
}

template <class Fn>
void for_each_level_in_scan(const Scan& scan, const Level* levels, int eob, Fn&& fn) {
  for (int c = 0; c < eob; c++) fn(c, levels[scan.positions[c]]);
}

}  // namespace

/// One transform tree being searched.
template <Pixel P>
struct TxSearch<P>::Tree {
  const int16_t* residual;
  ptrdiff_t stride;
  int max_depth, max_types;
  bool trellis;
  Level* levels;
  CodedPlane* out;
};

template <Pixel P>
Span<const TxType> TxSearch<P>::candidate_types(const BlockInfo& info, TxSize size, int max_types) {
  int n = 0;
  const auto offer = [&](TxType t) {
    if (n >= max_types || !allows_tx_type(s_.header(), info, size, t)) return;
    for (int i = 0; i < n; i++)
      if (types_[i] == t) return;
    types_[n++] = t;
  };
  if (info.is_inter) {
    for (TxType t : kInterOrder) offer(t);
  } else {
    // Prediction from an edge leaves a residual that grows away from it: the mode names its likely transform.
    if (max_types > 1) offer(Mode_To_Txfm[intra_tx_direction(info)]);
    // What a palette misses lies here and there.
    if (info.palette_size[0]) offer(IDTX);
    for (TxType t : kIntraOrder) offer(t);
  }
  if (n == 0) types_[n++] = DCT_DCT;
  return {types_.data(), n};
}

template <Pixel P>
UnitChoice TxSearch<P>::code_unit(const UnitQuery& q, const int16_t* residual, ptrdiff_t stride, Level* levels) {
  const TransformBlock place = {.plane = q.plane, .size = q.size, .x4 = q.x4, .y4 = q.y4};
  const TxbContexts ctx = txb_contexts(s_.wc, q.info, place);
  const int area = coded_area(q.size), shift = dequant_shift(q.size), w = Tx_Width[q.size], h = Tx_Height[q.size];
  const bool lossless = s_.lossless();
  Coeff* const coeff = s_.scratch.coeff.data();
  Level* const trial = s_.scratch.trial_levels.data();

  const int64_t energy = static_cast<int64_t>(s_.dsp.distortion.energy(residual, stride, w, h));
  UnitChoice best = {.size = q.size,
                     .rate = coefficient_cost(s_.costs, s_.dsp.coef_levels.rate, {q.plane, q.size, DCT_DCT, ctx}, nullptr, 0),
                     .distortion = s_.weighed(q.plane, energy)};
  double best_j = lossless && energy > 0 ? std::numeric_limits<double>::infinity() : s_.j(best.distortion, best.rate);
  if (energy == 0) return best;
  const bool trellis = q.trellis && !lossless;
  const QuantRounding rounding = lossless          ? QuantRounding{0, 0}
                                 : trellis         ? kTrellisRounding
                                 : q.info.is_inter ? kInterRounding
                                                   : kIntraRounding;
  if (!lossless && energy < least_coded_energy(s_.quant.step[q.plane], rounding)) return best;

  for (const TxType type : q.types) {
    if (lossless) s_.dsp.forward_tx.wht(residual, stride, coeff, type, s_.bit_depth());
    else s_.dsp.forward_tx.transform[q.size](residual, stride, coeff, type, s_.bit_depth());
    const Scan& scan = get_scan(q.size, type);
    const QuantTask task = {.step = &s_.quant.step[q.plane], .iscan = scan.ranks, .rounding = rounding, .count = area, .shift = shift};
    const Quantised quantised = s_.dsp.quantise.quantise(coeff, task, trial);
    int eob = quantised.eob;
    if (eob == 0) continue;
    uint64_t error = quantised.error;
    uint32_t rate = q.plane == 0 ? tx_type_cost(s_.costs, s_.header(), q.info, q.size, type) : 0;
    if (trellis) {
      const OptimisedLevels optimised = optimise_levels({.costs = s_.costs,
                                                         .build_levels = s_.dsp.coef_levels.build_levels,
                                                         .base_sums = s_.dsp.coef_levels.base_sums,
                                                         .step = s_.quant.step[q.plane],
                                                         .lambda = s_.lambda_of(q.plane),
                                                         .plane = q.plane,
                                                         .size = q.size,
                                                         .type = type,
                                                         .ctx = ctx,
                                                         .coeff = coeff},
                                                        eob, trial);
      eob = optimised.eob;
      error = quantised.energy + static_cast<uint64_t>(optimised.error_change);
      rate += optimised.rate + s_.costs.txb_skip[tx_size_ctx(q.size)][ctx.all_zero].bits[0];
    } else {
      rate += coefficient_cost(s_.costs, s_.dsp.coef_levels.rate, {q.plane, q.size, type, ctx}, trial, eob);
    }
    int64_t distortion = static_cast<int64_t>(in_sixteenths(error, shift) + 8) >> 4;
    // What 64-point transforms cut off is error too.
    if (w > 32 || h > 32) distortion += std::max<int64_t>(0, energy - (static_cast<int64_t>(in_sixteenths(quantised.energy, shift) + 8) >> 4));
    distortion = lossless ? 0 : s_.weighed(q.plane, distortion);
    const double j = s_.j(distortion, rate);
    if (j >= best_j) continue;
    best_j = j;
    const int width_log2 = std::min<int>(Tx_Width_Log2[q.size], 5);
    const int reached = reached_rows(get_tx_class(type), scan.positions[eob - 1], width_log2, area >> width_log2) << width_log2;
    best = {.size = q.size,
            .type = type,
            .eob = static_cast<uint16_t>(eob),
            .context = static_cast<uint8_t>(coef_context_value(trial, reached)),
            .rate = rate,
            .distortion = distortion};
    std::copy_n(trial, area, levels);
  }
  return best;
}

template <Pixel P>
void TxSearch<P>::enter_unit(const UnitChoice& unit, const TransformBlock& place) {
  enter_coef_context(s_.wc, place, unit.context);
}

template <Pixel P>
void TxSearch<P>::reconstruct(const UnitChoice& unit, int plane, bool lossless, const Level* levels, P* dst, ptrdiff_t stride) {
  Coeff* const dequantised = s_.scratch.dequantised.data();
  s_.dsp.quantise.dequantise(levels, coded_area(unit.size), s_.quant.step[plane], dequant_shift(unit.size), dequantised);
  if (lossless) s_.dsp.inverse_tx.wht(dst, stride, dequantised, unit.type, unit.eob, s_.bit_depth());
  else s_.dsp.inverse_tx.add[unit.size](dst, stride, dequantised, unit.type, unit.eob, s_.bit_depth());
}

/// Sums of squares of what a split makes of a residual.
template <Pixel P>
FixedVector<uint64_t, 4> TxSearch<P>::energy_of_parts(const int16_t* residual, ptrdiff_t stride, TxSize size) const {
  const TxSize sub = Split_Tx_Size[size];
  const int w = Tx_Width[sub], h = Tx_Height[sub];
  FixedVector<uint64_t, 4> parts;
  for (int y = 0; y < Tx_Height[size]; y += h)
    for (int x = 0; x < Tx_Width[size]; x += w) parts.push_back(s_.dsp.distortion.energy(residual + y * stride + x, stride, w, h));
  return parts;
}

/// What to try of a transform that may be split.
template <Pixel P>
typename TxSearch<P>::Split TxSearch<P>::foresee_split(const int16_t* residual, ptrdiff_t stride, TxSize size) const {
  if (kTxSplitLog) return Split::kTry;
  const TxSettings& set = s_.settings().tx;
  const FixedVector<uint64_t, 4> parts = energy_of_parts(residual, stride, size);
  const auto may_be_coded = [&](uint64_t energy) { return static_cast<int64_t>(energy) >= least_coded_energy(s_.quant.step[0], kInterRounding); };
  if (std::none_of(parts.begin(), parts.end(), may_be_coded)) return Split::kNever;
  const float odds = tx_split_log_odds({parts.data(), parts.size()}, size, step_in_samples());
  return odds < set.whole_below ? Split::kNever : odds > set.split_above ? Split::kAlways : Split::kTry;
}

template <Pixel P>
void TxSearch<P>::log_split(const FixedVector<uint64_t, 4>& parts, TxSize size, double whole_j, double split_j) const {
  TxSplitLogRow{.area_log2 = Tx_Width_Log2[size] + Tx_Height_Log2[size],
                .parts = {parts.data(), parts.size()},
                .step = step_in_samples(),
                .whole_j = whole_j,
                .split_j = split_j,
                .bit_lambda = s_.j(0, 512)}
      .append();
}

/// One node of the tree: whole, or split while depth and size permit; appends what it decides.
template <Pixel P>
void TxSearch<P>::code_tree(const BlockInfo& info, int mi_row, int mi_col, TxSize size, int depth) {
  if (mi_row >= s_.header().size.mi_rows || mi_col >= s_.header().size.mi_cols) return;
  Tree& t = *tree_;
  CodedPlane& out = *t.out;
  const int w4 = Tx_Width[size] >> 2, h4 = Tx_Height[size] >> 2;
  const TransformBlock place = {0, size, mi_col, mi_row, mi_row, mi_col};
  const BlockContext::Checkpoint start = s_.context.save(mi_col);
  const int first_unit = out.units.size(), first_level = out.num_levels;
  const auto split_rate = [&](bool split) -> uint64_t {
    if (s_.lossless() || s_.header().tx_mode != TX_MODE_SELECT) return 0;
    FrozenCostCounter counter = s_.counter();
    write_txfm_split(counter, s_.wc, info.size, mi_row, mi_col, size, depth, split);
    return counter.bits512();
  };

  Level* const whole_levels = s_.scratch.unit_levels[depth].data();
  const int16_t* const residual = t.residual + (mi_row - info.mi_row) * MI_SIZE * t.stride + (mi_col - info.mi_col) * MI_SIZE;
  const bool may_split = depth < std::min(t.max_depth, MAX_VARTX_DEPTH) && size != TX_4X4;
  const Split way = may_split ? foresee_split(residual, t.stride, size) : Split::kNever;
  UnitChoice whole;
  uint64_t whole_rate = 0;
  double whole_j = std::numeric_limits<double>::infinity();
  if (way != Split::kAlways) {
    whole = code_unit({.info = info,
                       .plane = 0,
                       .size = size,
                       .x4 = mi_col,
                       .y4 = mi_row,
                       .types = candidate_types(info, size, t.max_types),
                       .trellis = t.trellis},
                      residual, t.stride, whole_levels);
    whole_rate = whole.rate + split_rate(false);
    whole_j = s_.j(whole.distortion, whole_rate);
  }
  if (way == Split::kAlways || (way == Split::kTry && whole.eob > 0)) {
    const int64_t distortion_before = out.distortion;
    const uint64_t rate_before = out.rate;
    out.rate += split_rate(true);
    const TxSize sub = Split_Tx_Size[size];
    const int sub_w = Tx_Width[sub] >> 2, sub_h = Tx_Height[sub] >> 2;
    // Parts only add to it: none is coded once the split is dearer.
    const auto split_j = [&] { return s_.j(out.distortion - distortion_before, out.rate - rate_before); };
    for (int r = 0; r < h4; r += sub_h)
      for (int c = 0; c < w4; c += sub_w)
        if (kTxSplitLog || split_j() < whole_j) code_tree(info, mi_row + r, mi_col + c, sub, depth + 1);
    if (kTxSplitLog && depth == 0) log_split(energy_of_parts(residual, t.stride, size), size, whole_j, split_j());
    if (split_j() < whole_j) return;
    out.distortion = distortion_before;
    out.rate = rate_before;
    out.units.resize(first_unit);
    out.places.resize(first_unit);
    out.num_levels = first_level;
    s_.context.restore(start);
  }
  s_.context.enter_tx_size(mi_row, mi_col, w4, h4, Tx_Width_Log2[size], Tx_Height_Log2[size]);
  enter_unit(whole, place);
  if (whole.eob > 0) std::copy_n(whole_levels, coded_area(size), t.levels + first_level);
  out.units.push_back(whole);
  out.places.push_back(place);
  out.num_levels = first_level + coded_area(size);
  out.distortion += whole.distortion;
  out.rate += whole_rate;
}

template <Pixel P>
void TxSearch<P>::code_inter_luma(const BlockInfo& info, const int16_t* residual, ptrdiff_t stride, int max_depth,
                                  int max_types, bool trellis, Level* levels, CodedPlane& out) {
  out.clear();
  Tree tree = {residual, stride, max_depth, max_types, trellis, levels, &out};
  tree_ = &tree;
  const TxSize size = s_.lossless() ? TX_4X4 : Max_Tx_Size_Rect[info.size];
  for (int r = 0; r < Num_4x4_Blocks_High[info.size]; r += Tx_Height[size] >> 2)
    for (int c = 0; c < Num_4x4_Blocks_Wide[info.size]; c += Tx_Width[size] >> 2)
      code_tree(info, info.mi_row + r, info.mi_col + c, size, 0);
  for (const UnitChoice& u : out.units) out.any_coefficients |= u.eob > 0;
}

template <Pixel P>
void TxSearch<P>::code_inter_chroma(const BlockInfo& info, int plane, const CodedPlane& luma, const int16_t* residual,
                                    ptrdiff_t stride, bool trellis, Level* levels, CodedPlane& out) {
  out.clear();
  const TransformLayout layout = s_.layout();
  const TxSize size = chroma_tx_size(info, layout, s_.lossless());
  const int base_x4 = info.mi_col >> layout.subsampling_x, base_y4 = info.mi_row >> layout.subsampling_y;
  walk_transform_raster(layout, info, plane, size, [&](const TransformBlock& t) {
    // The luma unit whose type this one inherits (tx_type_rules.h, luma_unit_of_chroma).
    const int col = std::max<int>(info.mi_col, t.x4 << layout.subsampling_x), row = std::max<int>(info.mi_row, t.y4 << layout.subsampling_y);
    TxType inherited = DCT_DCT;
    for (int i = 0; i < luma.units.size(); i++) {
      const TransformBlock& l = luma.places[i];
      if (row >= l.mi_row && row < l.mi_row + (Tx_Height[l.size] >> 2) && col >= l.mi_col && col < l.mi_col + (Tx_Width[l.size] >> 2))
        inherited = luma.units[i].eob > 0 ? luma.units[i].type : DCT_DCT;
    }
    const TxType type = compute_tx_type_uv(s_.header(), info, size, inherited);
    const UnitChoice unit = code_unit({.info = info,
                                       .plane = plane,
                                       .size = size,
                                       .x4 = t.x4,
                                       .y4 = t.y4,
                                       .types = {&type, 1},
                                       .trellis = trellis},
                                      residual + (t.y4 - base_y4) * 4 * stride + (t.x4 - base_x4) * 4, stride, levels + out.num_levels);
    enter_unit(unit, t);
    out.units.push_back(unit);
    out.places.push_back(t);
    out.num_levels += coded_area(size);
    out.distortion += unit.distortion;
    out.rate += unit.rate;
    out.any_coefficients |= unit.eob > 0;
  });
}

template <Pixel P>
void TxSearch<P>::store_plane(const BlockInfo& info, const CodedPlane& plane, const Level* levels) {
  const View2d<TxUnit> grid = s_.frame.tx.view();
  for (int i = 0; i < plane.units.size(); i++) {
    const UnitChoice& unit = plane.units[i];
    const TransformBlock& place = plane.places[i];
    if (place.plane == 0) {
      const int w4 = Tx_Width[unit.size] >> 2, h4 = Tx_Height[unit.size] >> 2;
      const TxUnit cell = {.size = unit.size, .type = unit.eob > 0 ? unit.type : DCT_DCT, .eob = {}};
      for (int r = 0; r < h4; r++) std::fill_n(grid.ptr(place.mi_col, place.mi_row + r, w4, 1), w4, cell);
    }
    grid.at(place.mi_col, place.mi_row).eob[place.plane] = info.skip ? 0 : unit.eob;
    if (!info.skip) {
      const Scan& scan = get_scan(unit.size, unit.type);
      Level* const out = s_.coefs.tail();
      for_each_level_in_scan(scan, levels, unit.eob, [&](int c, Level level) { out[c] = level; });
      s_.coefs.advance(unit.eob);
    }
    levels += coded_area(unit.size);
  }
}

template <Pixel P>
void TxSearch<P>::store_skipped(const BlockInfo& info) {
  const View2d<TxUnit> grid = s_.frame.tx.view();
  const TxUnit cell = {.size = Max_Tx_Size_Rect[info.size], .type = DCT_DCT, .eob = {}};
  for (int r = 0; r < Num_4x4_Blocks_High[info.size]; r++)
    std::fill_n(grid.ptr(info.mi_col, info.mi_row + r, Num_4x4_Blocks_Wide[info.size], 1), Num_4x4_Blocks_Wide[info.size], cell);
  const TransformLayout layout = s_.layout();
  s_.context.clear_coefficients(info, layout.subsampling_x, layout.subsampling_y);
}

template class TxSearch<uint8_t>;
template class TxSearch<uint16_t>;

}  // namespace tessera
