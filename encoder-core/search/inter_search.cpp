#include "search/inter_search.h"

#include <algorithm>
#include <limits>
#include <type_traits>

#include "block/tx_type_rules.h"
#include "block/write_inter_info.h"

namespace tessera {
namespace {

constexpr float kNever = std::numeric_limits<float>::infinity();

constexpr bool is_forward_name(RefFrame r) { return r >= LAST_FRAME && r <= GOLDEN_FRAME; }

}  // namespace

/// As the syntax counts it, but from the table where that reaches.
template <Pixel P>
uint64_t InterSearch<P>::rate_of_vectors(const BlockInfo& info) {
  uint64_t rate = 0;
  for (int list = 0; list <= info.is_compound(); list++) {
    if (get_mode(info.y_mode, list) != NEWMV) continue;
    const Mv pred = info.mv_ctx.pred_mv[list], mv = info.mv[list];
    const Mv diff = {static_cast<int16_t>(mv.row - pred.row), static_cast<int16_t>(mv.col - pred.col)};
    if (MvCostTable::is_exact(diff)) [[likely]] {
      rate += s_.mv_cost.cost(diff);
      continue;
    }
    FrozenCostCounter counter = s_.counter();
    write_mvs(counter, s_.wc, info);
    return counter.bits512();
  }
  return rate;
}

/// Of a candidate without a motion mode of its own, while `rank` gathers them.
template <Pixel P>
uint64_t InterSearch<P>::rate_of(const BlockInfo& info) {
  // Modes of a global motion that is more than a shift have no motion mode coded.
  if (s_.header().global_motion[info.ref_frame[0]].gm_type > TRANSLATION) return inter_mode_rate(s_, info);
  FrozenCostCounter own = s_.counter();
  write_inter_mode(own, s_.wc, info);
  const uint64_t vectors = rate_of_vectors(info);
  if (shared_.ref_frame != info.ref_frame) {
    BlockInfo nearest = info;
    nearest.y_mode = info.is_compound() ? NEAREST_NEARESTMV : NEARESTMV;
    FrozenCostCounter mode = s_.counter(), filter = s_.counter();
    write_inter_mode(mode, s_.wc, nearest);
    write_interp_filter(filter, s_.wc, nearest);
    shared_ = {info.ref_frame, inter_mode_rate(s_, nearest) - mode.bits512() - filter.bits512(), filter.bits512()};
  }
  return shared_.rate + own.bits512() + vectors + (needs_interp_filter(s_.header(), info) ? shared_.filter : 0);
}

/// One half of a pair's luma prediction, made once for all pairs that share it. The memory of levels is free while candidates
/// are ranked.
template <Pixel P>
const int16_t* InterSearch<P>::prepared(const BlockInfo& info, int list) {
  static_assert(std::is_same_v<Level, int16_t>);
  SearchScratch<P>& memory = s_.scratch;
  const auto samples = [&](int slot) {
    return slot < 3 ? memory.block_levels.data() + slot * kSbSize * kSbSize : memory.chroma_levels.data() + (slot - 3) * kSbSize * kSbSize;
  };
  for (int i = 0; i < prepared_.size(); i++)
    if (prepared_[i].ref == info.ref_frame[list] && prepared_[i].mv == info.mv[list]) return samples(i);
  // What comes late is seldom asked for again.
  int16_t* const out = prepared_.full() ? memory.inter.pred[list].data() : samples(prepared_.size());
  if (!prepared_.full()) prepared_.push_back({info.ref_frame[list], info.mv[list]});
  const int w = block_width(info.size), h = block_height(info.size);
  const InterRect rect = {info.mi_col * MI_SIZE, info.mi_row * MI_SIZE, w, h, 0, 0, s_.bit_depth()};
  prepare_inter_rect(s_.dsp.subpel, rect, InterSource<P>{predicts_from(s_, info, list, 0), info.mv[list], info.interp_filter},
                     memory.inter, out);
  return out;
}

template <Pixel P>
uint32_t InterSearch<P>::pair_error(const BlockInfo& info) {
  const int w = block_width(info.size);
  P* const pred = s_.scratch.candidates.begin(info);
  const int16_t* const first = prepared(info, 0);
  s_.dsp.compound_blend.average(pred, w, first, prepared(info, 1), w, block_height(info.size), s_.bit_depth());
  return s_.dsp.distortion.satd[info.size](s_.source_at(0, info.mi_row, info.mi_col), s_.source_stride[0], pred, w);
}

template <Pixel P>
void InterSearch<P>::add(BlockInfo info, const RefMvs& refs, PredictionMode mode, int ref_mv_idx, MvPair mv) {
  const bool compound = info.is_compound();
  // The same prediction under another name: only the first, cheapest, is worth the error measurement.
  for (const InterCandidate& c : candidates_)
    if (c.info.ref_frame == info.ref_frame && c.info.mv == mv && !c.info.skip_mode) return;
  if (candidates_.full()) return;
  info.y_mode = mode;
  info.ref_mv_idx = static_cast<uint8_t>(ref_mv_idx);
  info.mv = mv;
  if (limited_ && !s_.plan.refresh.may_predict(info)) return;
  info.mv_ctx = mv_contexts(refs, mode, ref_mv_idx, compound);
  if (compound) {
    const uint64_t rate = rate_of(info);
    const float cost = static_cast<float>(pair_error(info)) + s_.sad_lambda * static_cast<float>(rate);
    candidates_.push_back({.info = info, .rate = rate, .cost = cost});
  } else {
    candidates_.push_back(rank_candidate(s_, info, rate_of(info)));
  }
  const InterCandidate& c = candidates_.back();
  keep_best(c);
  const RefFrame ref = info.ref_frame[0];
  if (!compound) {
    best_of_[ref] = std::min(best_of_[ref], c.cost);
    best_single_ = std::min(best_single_, c.cost);
  } else {
    best_pair_ = std::min(best_pair_, c.cost);
  }
}

/// Of a candidate whose prediction was made last, if it was made at all: whole-sample vectors have theirs in the reference.
template <Pixel P>
void InterSearch<P>::keep_best(const InterCandidate& c) {
  if (c.cost >= best_) return;
  best_ = c.cost;
  s_.scratch.candidates.keep();
}

/// Searched vectors, coded against whichever of the stack's makes them cheapest: a pair's of all, a single one's of as many as are tried.
template <Pixel P>
void InterSearch<P>::add_new(const BlockInfo& info, const RefMvs& refs, PredictionMode mode, const MvPair& mv) {
  const bool compound = info.is_compound();
  const RefMvIdxRange range = ref_mv_idx_range(mode, refs.num_mv_found);
  int best_idx = range.first;
  uint32_t best_cost = ~0u;
  const int last = compound ? range.last : std::min(range.last, range.first + s_.settings().inter.max_ref_mv_idx - 1);
  for (int i = range.first; i <= last; i++) {
    const MvPair pred = pred_mv(refs, mode, i, compound);
    uint32_t cost = static_cast<uint32_t>(512 * (i - range.first));
    for (int list = 0; list <= compound; list++)
      cost += s_.mv_cost.cost({static_cast<int16_t>(mv[list].row - pred[list].row), static_cast<int16_t>(mv[list].col - pred[list].col)});
    if (cost < best_cost) {
      best_cost = cost;
      best_idx = i;
    }
  }
  add(info, refs, mode, best_idx, mv);
}

template <Pixel P>
Mv InterSearch<P>::search_new_mv(const BlockInfo& base, RefFrame ref, const RefMvs& refs) {
  CandidatePredictions<P>& predictions = s_.scratch.candidates;
  const InterSettings& set = s_.settings().inter;
  const MvPair pred = pred_mv(refs, NEWMV, 0, false);
  const BlockMotionQuery<P> query = {.dsp = s_.dsp,
                                     .src = s_.source_at(0, base.mi_row, base.mi_col),
                                     .src_stride = s_.source_stride[0],
                                     .ref = s_.frame.refs[ref]->picture.plane(0),
                                     .size = base.size,
                                     .x_px = base.mi_col * MI_SIZE,
                                     .y_px = base.mi_row * MI_SIZE,
                                     .pred = pred[0],
                                     .rate = s_.mv_cost,
                                     .lambda = s_.sad_lambda,
                                     .bit_depth = s_.bit_depth(),
                                     .settings = {.satd = set.subpel_satd,
                                                  .subpel_depth = std::min(set.subpel_depth, s_.header().allow_high_precision_mv ? 3 : 2),
                                                  .max_steps = set.open_loop_start ? 2 : set.full_pel_range,
                                                  .first_step = set.open_loop_start ? 1 : 4,
                                                  .subpel_rounds = set.subpel_rounds,
                                                  .foresees = set.subpel_foreseen}};
  const auto found_from = [&](const FixedVector<Mv, 8>& from) {
    const BlockMotion found = search_block_motion(query, Span<const Mv>(from.data(), from.size()), predictions.room());
    if (found.cost == ~0u) return pred[0];
    if (found.predicted >= 0) {
      BlockInfo info = base;
      info.ref_frame = {ref, NONE};
      info.mv = {found.mv, Mv{}};
      predictions.take(info, found.predicted);
    }
    return found.mv;
  };
  FixedVector<Mv, 8> starts;
  starts.push_back(pred[0]);
  if (set.open_loop_start) {
    for (const SquareMotion& m : open_loop(base, ref))
      if (m.sad != ~0u) starts.push_back(m.mv);
    return found_from(starts);
  }
  starts.push_back({});
  for (int i = 0; i < std::min(2, refs.num_mv_found); i++) starts.push_back(refs.stack[i].mv[0]);
  if (const CoarseMotion* coarse = s_.coarse[ref]) {
    // The units under the block's corner and centre.
    const int col = base.mi_col / 4, row = base.mi_row / 4;
    const int mid_col = std::min((base.mi_col + Num_4x4_Blocks_Wide[base.size] / 2) / 4, coarse->mv.width() - 1);
    const int mid_row = std::min((base.mi_row + Num_4x4_Blocks_High[base.size] / 2) / 4, coarse->mv.height() - 1);
    const auto fine = [](Mv m) { return Mv{static_cast<int16_t>(8 * m.row), static_cast<int16_t>(8 * m.col)}; };
    starts.push_back(fine(coarse->mv.at(col, row)));
    if (mid_col != col || mid_row != row) starts.push_back(fine(coarse->mv.at(mid_col, mid_row)));
  }
  return found_from(starts);
}

/// The squares or halves of squares that open-loop motion knows the block by: one, or two of a narrow block.
template <Pixel P>
FixedVector<SquareMotion, 4> InterSearch<P>::open_loop(const BlockInfo& base, RefFrame ref) const {
  const int w = std::max(block_width(base.size), 8), h = std::max(block_height(base.size), 8);
  const int y = (base.mi_row - s_.sb_mi_row) * MI_SIZE, x = (base.mi_col - s_.sb_mi_col) * MI_SIZE;
  const SuperblockMotion& motion = s_.motion[ref];
  FixedVector<SquareMotion, 4> out;
  if (w == 2 * h || h == 2 * w) {
    const int side = std::max(w, h), square = square_index(6 - floor_log2(static_cast<uint32_t>(side)), y / side, x / side);
    out.push_back(motion.half[4 * square + (w > h ? (y & h ? HALF_BOTTOM : HALF_TOP) : (x & w ? HALF_RIGHT : HALF_LEFT))]);
    return out;
  }
  const int side = std::min(w, h), level = 6 - floor_log2(static_cast<uint32_t>(side));
  for (int r = 0; r < h / side; r++)
    for (int c = 0; c < w / side; c++) out.push_back(motion.square[square_index(level, y / side + r, x / side + c)]);
  return out;
}

template <Pixel P>
void InterSearch<P>::gather_single(const BlockInfo& base, RefFrame ref) {
  BlockInfo info = base;
  info.ref_frame = {ref, NONE};
  RefMvs& refs = refs_[ref];
  info.has_warp_samples = may_warp_ && s_.scratch.warp.neighbours.have(ref);
  near_.find_mv_stack(ref, NONE, refs);
  add(info, refs, NEARESTMV, 0, pred_mv(refs, NEARESTMV, 0, false));
  const int depth = s_.settings().inter.max_ref_mv_idx;
  const RefMvIdxRange near_range = ref_mv_idx_range(NEARMV, refs.num_mv_found);
  for (int i = near_range.first; i <= std::min(near_range.last, near_range.first + depth - 1); i++)
    add(info, refs, NEARMV, i, pred_mv(refs, NEARMV, i, false));
  add(info, refs, GLOBALMV, 0, {refs.global_mvs[0], Mv{}});

  new_mv_[ref] = pred_mv(refs, NEARESTMV, 0, false)[0];
  if (!searched_[ref]) return;
  const Mv mv = search_new_mv(base, ref, refs);
  new_mv_[ref] = mv;
  add_new(info, refs, NEWMV, {mv, Mv{}});
}

/// The stack of the pair that was asked for last stays: skip mode's is often among those that compound prediction tries.
template <Pixel P>
const RefMvs& InterSearch<P>::refs_of_pair(const Array<RefFrame, 2>& pair) {
  if (!(pair == pair_)) near_.find_mv_stack(pair[0], pair[1], pair_refs_);
  pair_ = pair;
  return pair_refs_;
}

template <Pixel P>
void InterSearch<P>::gather_compound(const BlockInfo& base, RefFrame ref0, RefFrame ref1) {
  BlockInfo info = base;
  info.ref_frame = {ref0, ref1};
  const RefMvs& refs = refs_of_pair(info.ref_frame);
  const MvPair nearest = pred_mv(refs, NEAREST_NEARESTMV, 0, true);
  add(info, refs, NEAREST_NEARESTMV, 0, nearest);
  const InterSettings& set = s_.settings().inter;
  const RefMvIdxRange near_range = ref_mv_idx_range(NEAR_NEARMV, refs.num_mv_found);
  for (int i = near_range.first; i <= std::min(near_range.last, near_range.first + set.near_pairs - 1); i++)
    add(info, refs, NEAR_NEARMV, i, pred_mv(refs, NEAR_NEARMV, i, true));
  if (searched_[ref0] && searched_[ref1]) add_new(info, refs, NEW_NEWMV, {new_mv_[ref0], new_mv_[ref1]});
  if (set.mixed_pair_margin > 0 && best_pair_ > set.mixed_pair_margin * best_single_) return;
  add(info, refs, NEAREST_NEWMV, 0, {nearest[0], new_mv_[ref1]});
  add(info, refs, NEW_NEARESTMV, 0, {new_mv_[ref0], nearest[1]});
  for (int i = near_range.first; i <= std::min(near_range.last, near_range.first + set.mixed_near_pairs - 1); i++) {
    const MvPair near = pred_mv(refs, NEAR_NEARMV, i, true);
    add(info, refs, NEAR_NEWMV, i, {near[0], new_mv_[ref1]});
    add(info, refs, NEW_NEARMV, i, {new_mv_[ref0], near[1]});
  }
}

template <Pixel P>
void InterSearch<P>::gather_skip_mode(const BlockInfo& base) {
  if (!allows_skip_mode(s_.header(), base)) return;
  BlockInfo info = base;
  const RefFrame ref0 = static_cast<RefFrame>(s_.header().skip_mode_frame[0]), ref1 = static_cast<RefFrame>(s_.header().skip_mode_frame[1]);
  info.ref_frame = {ref0, ref1};
  info.skip_mode = 1;
  info.skip = 1;
  const RefMvs& refs = refs_of_pair(info.ref_frame);
  info.y_mode = NEAREST_NEARESTMV;
  info.ref_mv_idx = 0;
  info.mv = pred_mv(refs, NEAREST_NEARESTMV, 0, true);
  info.mv_ctx = mv_contexts(refs, NEAREST_NEARESTMV, 0, true);
  if (limited_ && !s_.plan.refresh.may_predict(info)) return;
  if (candidates_.full()) return;
  InterCandidate c = {.info = info, .rate = inter_mode_rate(s_, info)};
  // The best pair of neighbours' vectors is often the same prediction.
  const InterCandidate* same = nullptr;
  for (const InterCandidate& known : candidates_)
    if (known.info.ref_frame == info.ref_frame && known.info.mv == info.mv) same = &known;
  const float saved = same ? s_.sad_lambda * (static_cast<float>(same->rate) - static_cast<float>(c.rate)) : 0.0f;
  c.cost = same ? same->cost - saved : static_cast<float>(pair_error(info)) + s_.sad_lambda * static_cast<float>(c.rate);
  candidates_.push_back(c);
}

/// Luma error and rate with one transform per unit of the largest size, or without residual if that is cheaper.
template <Pixel P>
RdCost InterSearch<P>::luma_trial(const InterCandidate& candidate) {
  const BlockInfo& info = candidate.info;
  const int w = block_width(info.size), h = block_height(info.size);
  const P* const pred = candidate_prediction(s_, info);
  const P* const src = s_.source_at(0, info.mi_row, info.mi_col);
  const int64_t sse = static_cast<int64_t>(s_.dsp.distortion.sse[info.size](src, s_.source_stride[0], pred, w));
  RdCost plain = {.distortion = sse, .rate = candidate.rate, .j = s_.j(sse, candidate.rate)};
  if (info.skip_mode) return plain;
  s_.dsp.distortion.residual(src, s_.source_stride[0], pred, w, s_.scratch.residual.data(), w, w, h);
  const TxSize size = s_.lossless() ? TX_4X4 : Max_Tx_Size_Rect[info.size];
  if (s_.lossless()) return {.distortion = 0, .rate = candidate.rate, .j = candidate.cost};
  const UnitChoice unit = tx_.code_unit({.info = info,
                                         .plane = 0,
                                         .size = size,
                                         .x4 = info.mi_col,
                                         .y4 = info.mi_row,
                                         .types = tx_.candidate_types(info, size, 1),
                                         .trellis = s_.settings().tx.trellis_in_trials},
                                        s_.scratch.residual.data(), w, s_.scratch.unit_levels[0].data());
  const uint64_t rate = candidate.rate + unit.rate;
  const RdCost coded = {.distortion = unit.distortion, .rate = rate, .j = s_.j(unit.distortion, rate)};
  return coded.j < plain.j ? coded : plain;
}

/// Lets the best ranked of one reference compete with other motion modes, too.
template <Pixel P>
void InterSearch<P>::gather_motion_modes() {
  const InterSettings& set = s_.settings().inter;
  const float limit = set.motion_mode_margin * candidates_[0].cost;
  FixedVector<InterCandidate, 2 * kMaxMotionModes> found;
  int singles = 0;
  for (int i = 0; i < candidates_.size() && singles < std::max(set.warp_candidates, set.overlap_candidates); i++) {
    const InterCandidate& c = candidates_[i];
    if (c.info.is_compound()) continue;
    if (c.cost > limit || !motion_modes_.allowed(c.info)) break;
    InterCandidate other;
    if (singles < set.warp_candidates && motion_modes_.warp(c, other)) {
      keep_best(other);
      found.push_back(other);
    }
    if (singles < set.overlap_candidates && motion_modes_.overlap(c, other)) {
      keep_best(other);
      found.push_back(other);
    }
    singles++;
  }
  insert({found.data(), found.size()});
}

/// The same with intra prediction beside them.
template <Pixel P>
void InterSearch<P>::gather_inter_intra() {
  const InterSettings& set = s_.settings().inter;
  const float limit = set.motion_mode_margin * candidates_[0].cost;
  FixedVector<InterCandidate, 2 * kMaxMotionModes> found;
  inter_intra_.begin();
  for (int i = 0; i < candidates_.size() && found.size() < set.inter_intra_candidates && candidates_[i].cost <= limit; i++) {
    const InterCandidate& c = candidates_[i];
    if (c.info.is_compound() || c.info.motion_mode != SIMPLE) continue;
    if (!inter_intra_.allowed(c.info)) break;
    found.push_back(inter_intra_.blend(c));
  }
  insert({found.data(), found.size()});
}

/// The same for the best pairs: other vectors, other weights.
template <Pixel P>
void InterSearch<P>::gather_other_pairs() {
  const InterSettings& set = s_.settings().inter;
  const int most = std::max(set.moved_pairs, set.blended_pairs);
  const float limit = set.motion_mode_margin * candidates_[0].cost;
  FixedVector<InterCandidate, 2 * kMaxMotionModes> found;
  int pairs = 0;
  for (int i = 0; i < candidates_.size() && pairs < most; i++) {
    InterCandidate best = candidates_[i], other;
    if (best.cost > limit) break;
    if (!best.info.is_compound() || best.info.skip_mode) continue;
    if (pairs < set.moved_pairs && pairs_.move(best, other) && !(limited_ && !s_.plan.refresh.may_predict(other.info))) found.push_back(best = other);
    if (pairs < set.blended_pairs && pairs_.blend(best, other)) found.push_back(other);
    pairs++;
  }
  insert({found.data(), found.size()});
}

/// Candidates of `found` among those that are ranked.
template <Pixel P>
void InterSearch<P>::insert(Span<const InterCandidate> found) {
  for (const InterCandidate& c : found) {
    int at = 0;
    while (at < candidates_.size() && candidates_[at].cost <= c.cost) at++;
    if (candidates_.full()) candidates_.pop_back();
    if (at <= candidates_.size()) candidates_.insert(at, c);
  }
}

/// Those that the block's open-loop SADs leave. Fills searched_.
template <Pixel P>
FixedVector<RefFrame, REFS_PER_FRAME> InterSearch<P>::choose_references(const BlockInfo& info) {
  const InterSettings& set = s_.settings().inter;
  const int usual = std::min(set.max_references, s_.num_refs);
  uint32_t least = ~0u;
  Array<uint32_t, TOTAL_REFS_PER_FRAME> foreseen = {};
  const bool foresees = set.reference_margin > 0 || set.reference_drop > 0 || s_.num_refs > usual;
  for (int i = 0; foresees && i < s_.num_refs; i++) {
    const RefFrame r = s_.plan.search_refs[i];
    for (const SquareMotion& m : open_loop(info, r)) foreseen[r] += std::min(m.cost, 1u << 24);
    if (i < usual) least = std::min(least, foreseen[r]);
  }
  const auto within = [&](RefFrame r, float margin) {
    return margin <= 0 || static_cast<float>(foreseen[r]) <= margin * static_cast<float>(least);
  };
  FixedVector<RefFrame, REFS_PER_FRAME> refs;
  for (int i = 0; i < usual; i++) {
    const RefFrame r = s_.plan.search_refs[i];
    searched_[r] = within(r, set.reference_margin);
    if (i == 0 || within(r, set.reference_drop)) refs.push_back(r);
  }
  for (int i = usual; i < s_.num_refs; i++) {
    const RefFrame r = s_.plan.search_refs[i];
    searched_[r] = within(r, set.extra_margin);
    if (searched_[r]) refs.push_back(r);
  }
  return refs;
}

template <Pixel P>
float InterSearch<P>::rank(BlockInfo& info) {
  const InterSettings& set = s_.settings().inter;
  candidates_.clear();
  prepared_.clear();
  s_.scratch.candidates.clear();
  best_ = kNever;
  pair_ = {NONE, NONE};
  best_of_.fill(kNever);
  best_single_ = best_pair_ = kNever;
  limited_ = s_.plan.refresh.active;
  shared_.ref_frame = {NONE, NONE};
  info.is_inter = 1;
  info.skip = 0;
  info.skip_mode = 0;
  info.uv_mode = DC_PRED;
  info.angle_delta_y = info.angle_delta_uv = 0;
  info.interp_filter = {EIGHTTAP, EIGHTTAP};
  info.tx_size = Max_Tx_Size_Rect[info.size];
  near_.prepare(s_.ref_mv_frame,
                s_.tile,
                {info.mi_row, info.mi_col, info.size, info.partition});
  const bool big_enough = std::min(block_width(info.size), block_height(info.size)) >= 8;
  may_warp_ = big_enough && s_.header().is_motion_mode_switchable && s_.header().allow_warped_motion;
  if (may_warp_) prepare_warp(s_, info);
  const FixedVector<RefFrame, REFS_PER_FRAME> refs = choose_references(info);
  for (const RefFrame r : refs) gather_single(info, r);

  if (set.compound && s_.header().reference_select && big_enough) {
    // Pairs of a forward and a backward name, those first whose single predictions were good.
    for (int i = 0; i < refs.size(); i++)
      for (int k = 0; k < refs.size(); k++) {
        const RefFrame a = refs[i], b = refs[k];
        if (!is_forward_name(a) || is_forward_name(b)) continue;
        if (i + k > set.compound_pair_span) continue;
        const auto [better, worse] = std::minmax(best_of_[a], best_of_[b]);
        if (set.pair_margin > 0 && worse > set.pair_margin * better) continue;
        gather_compound(info, a, b);
      }
  }
  if (s_.header().skip_mode_present && big_enough && s_.header().skip_mode_frame[0] > 0) gather_skip_mode(info);

  if (candidates_.empty()) return std::numeric_limits<float>::infinity();
  std::sort(candidates_.begin(), candidates_.end(), [](const InterCandidate& a, const InterCandidate& b) { return a.cost < b.cost; });
  if (s_.header().is_motion_mode_switchable && big_enough) gather_motion_modes();
  if (set.inter_intra_candidates > 0 && !limited_) gather_inter_intra();
  if (set.moved_pairs > 0 || set.blended_pairs > 0) gather_other_pairs();
  info = candidates_[0].info;
  mode_rate_ = candidates_[0].rate;
  return candidates_[0].cost;
}

template <Pixel P>
void InterSearch<P>::choose_alone(BlockInfo& info) {
  const InterSettings& set = s_.settings().inter;
  bool others = set.full_rd_modes > 1;
  for (const InterCandidate& c : candidates_) others |= c.info.skip_mode && c.cost < set.skip_mode_margin * candidates_[0].cost;
  if (others || !set.rank_decides) choose(info);
}

template <Pixel P>
RdCost InterSearch<P>::choose(BlockInfo& info) {
  const InterSettings& set = s_.settings().inter;
  RdCost best = {.j = std::numeric_limits<double>::infinity()};
  int winner = 0, tried = 0;
  for (int i = 0; i < candidates_.size(); i++) {
    // Skip mode ranks badly by error alone: its lack of a residual is what it is tried for.
    if (tried >= set.full_rd_modes && !candidates_[i].info.skip_mode) continue;
    tried += !candidates_[i].info.skip_mode;
    const RdCost cost = luma_trial(candidates_[i]);
    if (cost.j < best.j) {
      best = cost;
      winner = i;
    }
  }
  info = candidates_[winner].info;
  mode_rate_ = candidates_[winner].rate;
  return best;
}

/// False where there is nothing to choose.
template <Pixel P>
bool InterSearch<P>::choose_filter(BlockInfo& info) {
  if (!s_.settings().inter.interp_search || !s_.header().is_filter_switchable || !needs_interp_filter(s_.header(), info)) return false;
  // Whole-sample vectors are copied whatever the filter.
  bool fractional = false;
  for (int l = 0; l <= info.is_compound(); l++) fractional |= ((info.mv[l].row | info.mv[l].col) & 7) != 0;
  if (!fractional) return false;
  float best_cost = std::numeric_limits<float>::infinity();
  InterpFilter best = EIGHTTAP;
  for (InterpFilter f : {EIGHTTAP, EIGHTTAP_SMOOTH, EIGHTTAP_SHARP}) {
    info.interp_filter = {f, f};
    FrozenCostCounter counter = s_.counter();
    write_interp_filter(counter, s_.wc, info);
    const float cost = static_cast<float>(inter_prediction_error(s_, info)) +
                       s_.sad_lambda * static_cast<float>(counter.bits512());
    if (cost < best_cost) {
      best_cost = cost;
      best = f;
    }
  }
  info.interp_filter = {best, best};
  return true;
}

/// Mode and vectors without a residual, by what they take with one.
template <Pixel P>
uint64_t InterSearch<P>::skipped_rate(BlockInfo info, uint64_t with_residual) {
  const Neighbours near(s_.context, info.mi_row, info.mi_col);
  FrozenCostCounter coded = s_.counter(), skipped = s_.counter();
  info.skip = 0;
  write_skip(coded, s_.wc, near, info);
  info.skip = 1;
  write_skip(skipped, s_.wc, near, info);
  return with_residual - coded.bits512() + skipped.bits512();
}

template <Pixel P>
RdCost InterSearch<P>::code(BlockInfo& info) {
  if (info.use_intrabc || (!info.skip_mode && choose_filter(info))) mode_rate_ = inter_mode_rate(s_, info);
  const PictureFormat& f = s_.frame.format;
  const int planes = info.has_chroma ? f.planes() : 1;
  Array<PlaneView<P>, kPlanes> recon;  // of the block, at first its prediction
  int64_t plain_sse = 0;
  for (int p = 0; p < planes; p++) {
    const int w = std::max(block_width(info.size) >> f.ss_x(p), 4), h = std::max(block_height(info.size) >> f.ss_y(p), 4);
    const PlaneView<P> plane = s_.frame.plane(p);
    P* const at = plane.ptr((info.mi_col >> f.ss_x(p)) * MI_SIZE, (info.mi_row >> f.ss_y(p)) * MI_SIZE, w, h);
    recon[p] = PlaneView<P>(at, plane.stride(), w, h);
    const P* const ranked = p == 0 ? s_.scratch.candidates.find(info) : nullptr;
    if (ranked) s_.dsp.subpel.put(at, plane.stride(), ranked, w, w, h, 0, 0, EIGHTTAP, EIGHTTAP, s_.bit_depth());
    else predict_block_plane(s_, info, p, at, plane.stride());
    const BlockSize size = p == 0 ? info.size : get_plane_residual_size(info.size, f.ss_x(p), f.ss_y(p));
    const uint64_t sse = s_.dsp.distortion.sse[size](s_.source_at(p, info.mi_row, info.mi_col), s_.source_stride[p], at, plane.stride());
    plain_sse += s_.weighed(p, static_cast<int64_t>(sse));
  }

  const BlockContext::Checkpoint start = s_.context.save(info.mi_col);
  Array<Level*, kPlanes> levels = {s_.scratch.block_levels.data(), s_.scratch.chroma_levels.data(),
                                   s_.scratch.chroma_levels.data() + kSbSize * kSbSize};
  RdCost coded = {.j = std::numeric_limits<double>::infinity()};
  bool any = false;
  if (!info.skip_mode) {
    info.skip = 0;
    coded = {.rate = mode_rate_};
    int64_t& distortion = coded.distortion;
    for (int p = 0; p < planes; p++) {
      const int w = recon[p].width();
      s_.dsp.distortion.residual(s_.source_at(p, info.mi_row, info.mi_col), s_.source_stride[p], recon[p].ptr(0, 0), recon[p].stride(),
                                 s_.scratch.residual.data(), w, w, recon[p].height());
      const TxSettings& tx = s_.settings().tx;
      if (p == 0) {
        const int depth = s_.lossless() || s_.header().tx_mode != TX_MODE_SELECT ? 0 : tx.inter_depth;
        tx_.code_inter_luma(info, s_.scratch.residual.data(), w, depth, tx.type_candidates_inter, tx.trellis, levels[p], coded_[p]);
      } else {
        tx_.code_inter_chroma(info, p, coded_[0], s_.scratch.residual.data(), w, tx.trellis, levels[p], coded_[p]);
      }
      distortion += coded_[p].distortion;
      coded.rate += coded_[p].rate;
      any |= coded_[p].any_coefficients;
    }
    coded.j = s_.j(coded.distortion, coded.rate);
  }
  RdCost plain = {.distortion = plain_sse, .rate = info.skip_mode ? mode_rate_ : skipped_rate(info, mode_rate_)};
  plain.j = s_.j(plain.distortion, plain.rate);
  const bool lossy_skip = !s_.lossless() || plain_sse == 0;
  info.skip = !any || (lossy_skip && plain.j <= coded.j);
  if (info.skip) {
    s_.context.restore(start);
    tx_.store_skipped(info);
    return plain;
  }
  for (int p = 0; p < planes; p++) {
    const PlaneView<P> plane = s_.frame.plane(p);
    const Level* at = levels[p];
    for (int i = 0; i < coded_[p].units.size(); i++) {
      const UnitChoice& unit = coded_[p].units[i];
      const TransformBlock& t = coded_[p].places[i];
      if (unit.eob > 0) tx_.reconstruct(unit, p, s_.lossless(), at, plane.ptr(t.x4 * 4, t.y4 * 4), plane.stride());
      at += coded_area(unit.size);
    }
    tx_.store_plane(info, coded_[p], levels[p]);
  }
  return coded;
}

template class InterSearch<uint8_t>;
template class InterSearch<uint16_t>;

}  // namespace tessera
