// The stack of one reference or pair of references, built from what the scans gathered.
#include "block/ref_mv.h"

#include <cstdlib>

#include "block/ref_mv_temporal.h"

namespace tessera {
namespace {

bool same(const MvPair& a, const MvPair& b) {
  return std::bit_cast<uint64_t>(a) == std::bit_cast<uint64_t>(b);
}

int16_t lower_component(int v, bool force_integer_mv) {
  if (force_integer_mv) {
    const int whole = (std::abs(v) + 3) >> 3 << 3;
    return static_cast<int16_t>(v > 0 ? whole : -whole);
  }
  return static_cast<int16_t>((v + (v < 0)) & ~1);  // towards zero
}

bool is_far(Mv a, Mv b) { return std::abs(a.row - b.row) >= 16 || std::abs(a.col - b.col) >= 16; }

/// spec 7.10.2.11: sorting process. Stable, heaviest first.
void sort_stack(Array<RefMvs::Entry, MAX_REF_MV_STACK_SIZE>& stack, int start, int end) {
  for (int i = start + 1; i < end; i++) {
    const RefMvs::Entry entry = stack[i];
    int at = i;
    for (; at > start && stack[at - 1].weight < entry.weight; at--) stack[at] = stack[at - 1];
    stack[at] = entry;
  }
}

}  // namespace

Mv lower_mv_precision(const FrameHeader& header, Mv mv) {
  if (header.allow_high_precision_mv) return mv;
  return {lower_component(mv.row, header.force_integer_mv), lower_component(mv.col, header.force_integer_mv)};
}

/// spec 7.10.2.1: setup global MV process.
Mv RefMvNeighbourhood::global_mv(RefFrame ref) const {
  const FrameHeader& header = frame_->header;
  const auto& [gm_type, gm_params] = header.global_motion[ref];
  if (ref == INTRA_FRAME || gm_type == IDENTITY) return {};
  int64_t row, col;
  if (gm_type == TRANSLATION) {
    row = gm_params[0] >> (WARPEDMODEL_PREC_BITS - 3);
    col = gm_params[1] >> (WARPEDMODEL_PREC_BITS - 3);
  } else {
    constexpr int kOne = 1 << WARPEDMODEL_PREC_BITS;
    const int64_t x = block_.mi_col * MI_SIZE + 2 * bw4_ - 1, y = block_.mi_row * MI_SIZE + 2 * bh4_ - 1;
    const int64_t xc = (gm_params[2] - kOne) * x + gm_params[3] * y + gm_params[0];
    const int64_t yc = gm_params[4] * x + (gm_params[5] - kOne) * y + gm_params[1];
    const int coarse = header.allow_high_precision_mv ? 0 : 1;
    row = round2_signed(yc, WARPEDMODEL_PREC_BITS - 3 + coarse) * (1 << coarse);
    col = round2_signed(xc, WARPEDMODEL_PREC_BITS - 3 + coarse) * (1 << coarse);
  }
  return lower_mv_precision(header, {static_cast<int16_t>(row), static_cast<int16_t>(col)});
}

/// The steps of 7.10.2 that look at the references.
class RefMvNeighbourhood::Builder {
 public:
  Builder(const RefMvNeighbourhood& around, RefFrame ref0, RefFrame ref1, RefMvs& out)
      : around_(around), header_(around.frame_->header), out_(out), ref_{ref0, ref1},
        compound_(ref1 > INTRA_FRAME) {}

  void build();

 private:
  void add(const MvPair& mv, int weight);
  void add_spatial(int begin, int end);
  void add_temporal();
  void extend_single();
  void extend_compound();
  void set_contexts();
  void clamp_stack();
  bool has_warp(int list) const { return header_.global_motion[ref_[list]].gm_type > TRANSLATION; }
  /// A vector of another reference, turned round where that lies on the other side in time.
  Mv towards(RefFrame ref, Mv mv, RefFrame mv_ref) const {
    const auto& sign_bias = around_.frame_->sign_bias;
    if (sign_bias[ref] == sign_bias[mv_ref]) return mv;
    return {static_cast<int16_t>(-mv.row), static_cast<int16_t>(-mv.col)};
  }

  const RefMvNeighbourhood& around_;
  const FrameHeader& header_;
  RefMvs& out_;
  const Array<RefFrame, 2> ref_;
  const bool compound_;
  bool found_new_ = false;         ///< NewMvCount > 0
  int close_sides_ = 0, sides_ = 0;  ///< where matches were found in the first scans, in all scans
};

void RefMvNeighbourhood::find_mv_stack(RefFrame ref0, RefFrame ref1, RefMvs& out) const {
  Builder(*this, ref0, ref1, out).build();
}

void RefMvNeighbourhood::Builder::build() {
  out_.num_mv_found = 0;
  out_.zero_mv_context = 0;
  out_.global_mvs = {around_.global_mv(ref_[0]), compound_ ? around_.global_mv(ref_[1]) : Mv{}};

  add_spatial(0, around_.num_close_);
  const bool num_new = found_new_;
  const int num_nearest = out_.num_mv_found;
  for (int i = 0; i < num_nearest; i++)
    out_.stack[i].weight = static_cast<uint16_t>(out_.stack[i].weight + REF_CAT_LEVEL);
  if (around_.frame_->field) add_temporal();
  add_spatial(around_.num_close_, around_.candidates_.size());
  found_new_ = num_new;

  sort_stack(out_.stack, 0, num_nearest);
  sort_stack(out_.stack, num_nearest, out_.num_mv_found);
  if (out_.num_mv_found < 2) compound_ ? extend_compound() : extend_single();
  set_contexts();
  clamp_stack();
}

/// The last paragraphs of spec 7.10.2.6, 7.10.2.8 and 7.10.2.9: a known candidate gains weight, a new one
/// enters while there is room.
void RefMvNeighbourhood::Builder::add(const MvPair& mv, int weight) {
  const int num = out_.num_mv_found;
  for (int i = 0; i < num; i++)
    if (same(out_.stack[i].mv, mv)) {
      out_.stack[i].weight = static_cast<uint16_t>(out_.stack[i].weight + weight);
      return;
    }
  if (num == MAX_REF_MV_STACK_SIZE) return;
  out_.stack[num] = {mv, static_cast<uint16_t>(weight)};
  out_.num_mv_found = num + 1;
}

/// spec 7.10.2.7 to 7.10.2.9: add reference motion vector, search stack and compound search stack processes.
/// The vectors of coded blocks have the frame's precision already. No block has the same reference twice.
void RefMvNeighbourhood::Builder::add_spatial(int begin, int end) {
  for (int i = begin; i < end; i++) {
    const Candidate& c = around_.candidates_[i];
    MvPair mv = {};
    if (compound_) {
      if (!(c.ref_frame == ref_)) continue;
      for (int list = 0; list < 2; list++)
        mv[list] = c.is_global && has_warp(list) ? out_.global_mvs[list] : c.mv[list];
    } else {
      const int list = c.ref_frame[0] == ref_[0] ? 0 : 1;
      if (c.ref_frame[list] != ref_[0]) continue;
      mv[0] = c.is_global && has_warp(0) ? out_.global_mvs[0] : c.mv[list];
    }
    found_new_ |= c.has_newmv;
    close_sides_ |= c.close_sides;
    sides_ |= c.sides;
    add(mv, c.weight);
  }
}

/// spec 7.10.2.6: temporal sample process, for every distinct cell under and around the block.
void RefMvNeighbourhood::Builder::add_temporal() {
  const auto& ref_distance = around_.frame_->ref_distance;
  out_.zero_mv_context = 1;
  for (int i = 0; i < around_.temporal_.size(); i++) {
    const auto& [cell, weight] = around_.temporal_[i];
    MvPair mv = {};
    for (int list = 0; list <= compound_; list++)
      mv[list] = lower_mv_precision(
        header_, project_mv(cell.mv, mv_projection_factor(ref_distance[ref_[list]], cell.ref_offset)));
    if (i == 0 && around_.has_colocated_)
      out_.zero_mv_context =
        is_far(mv[0], out_.global_mvs[0]) || (compound_ && is_far(mv[1], out_.global_mvs[1]));
    add(mv, weight);
  }
}

/// spec 7.10.2.12, 7.10.2.13: extra search process for a single reference.
void RefMvNeighbourhood::Builder::extend_single() {
  for (const ExtraCandidate& c : around_.extra_) {
    if (out_.num_mv_found >= 2) return;
    for (int list = 0; list < 2; list++) {
      if (c.ref_frame[list] <= INTRA_FRAME) continue;
      const MvPair mv = {towards(ref_[0], c.mv[list], c.ref_frame[list]), Mv{}};
      const int num = out_.num_mv_found;
      bool known = false;
      for (int i = 0; i < num; i++) known |= same(out_.stack[i].mv, mv);
      if (!known) out_.stack[out_.num_mv_found++] = {mv, 2};
    }
  }
  for (int i = out_.num_mv_found; i < 2; i++) out_.stack[i] = {out_.global_mvs, 0};
}

/// spec 7.10.2.12, 7.10.2.13: extra search process for a pair of references.
void RefMvNeighbourhood::Builder::extend_compound() {
  struct Found {
    Mv mv[2];
    int count = 0;
  };
  Found same_ref[2], other_ref[2];  // RefIdMvs, RefDiffMvs
  for (const ExtraCandidate& c : around_.extra_)
    for (int cand_list = 0; cand_list < 2; cand_list++) {
      const RefFrame cand_ref = c.ref_frame[cand_list];
      if (cand_ref <= INTRA_FRAME) continue;
      for (int list = 0; list < 2; list++) {
        Found &same_found = same_ref[list], &other_found = other_ref[list];
        if (cand_ref == ref_[list] && same_found.count < 2)
          same_found.mv[same_found.count++] = c.mv[cand_list];
        else if (other_found.count < 2)
          other_found.mv[other_found.count++] = towards(ref_[list], c.mv[cand_list], cand_ref);
      }
    }

  MvPair combined[2];
  for (int list = 0; list < 2; list++) {
    int count = 0;
    for (int i = 0; i < same_ref[list].count; i++) combined[count++][list] = same_ref[list].mv[i];
    for (int i = 0; i < other_ref[list].count && count < 2; i++)
      combined[count++][list] = other_ref[list].mv[i];
    while (count < 2) combined[count++][list] = out_.global_mvs[list];
  }
  if (out_.num_mv_found == 1) {
    out_.stack[1] = {combined[same(combined[0], out_.stack[0].mv) ? 1 : 0], 2};
  } else {
    out_.stack[0] = {combined[0], 2};
    out_.stack[1] = {combined[1], 2};
  }
  out_.num_mv_found = 2;
}

/// spec 7.10.2.14: context and clamping process, the contexts.
void RefMvNeighbourhood::Builder::set_contexts() {
  const auto is_close = [&](int i) { return out_.stack[i].weight >= REF_CAT_LEVEL; };
  for (int i = 0; i < 3; i++) {
    uint8_t z = 0;
    if (i + 1 < out_.num_mv_found) z = !is_close(i) ? 2 : !is_close(i + 1) ? 1 : 0;
    out_.drl_ctx_stack[i] = z;
  }

  const int close_matches = (close_sides_ & 1) + (close_sides_ >> 1);
  const int total_matches = (sides_ & 1) + (sides_ >> 1);
  const int num_new = found_new_;
  int new_mv_context = 5 - num_new, ref_mv_context = 5;
  if (close_matches == 0) {
    new_mv_context = std::min(total_matches, 1);
    ref_mv_context = total_matches;
  } else if (close_matches == 1) {
    new_mv_context = 3 - num_new;
    ref_mv_context = 2 + total_matches;
  }
  out_.new_mv_context = static_cast<uint8_t>(new_mv_context);
  out_.ref_mv_context = static_cast<uint8_t>(ref_mv_context);
}

/// spec 7.10.2.14: the clamping; 5.11.53, 5.11.54: clamp_mv_row( ), clamp_mv_col( ).
void RefMvNeighbourhood::Builder::clamp_stack() {
  const RefMvBlock& block = around_.block_;
  const BlockInfoGrid& grid = around_.frame_->grid;
  constexpr int kMiUnits = MI_SIZE * 8;  // 1/8 luma samples
  const int border_row = MV_BORDER + around_.bh4_ * kMiUnits;
  const int border_col = MV_BORDER + around_.bw4_ * kMiUnits;
  const int top = -block.mi_row * kMiUnits - border_row, left = -block.mi_col * kMiUnits - border_col;
  const int bottom = (grid.mi_rows() - around_.bh4_ - block.mi_row) * kMiUnits + border_row;
  const int right = (grid.mi_cols() - around_.bw4_ - block.mi_col) * kMiUnits + border_col;
  for (int i = 0; i < out_.num_mv_found; i++)
    for (int list = 0; list <= compound_; list++) {
      Mv& mv = out_.stack[i].mv[list];
      mv.row = static_cast<int16_t>(clip3<int>(top, bottom, mv.row));
      mv.col = static_cast<int16_t>(clip3<int>(left, right, mv.col));
    }
}

PredictionMode get_mode(PredictionMode mode, int ref_list) {
  static constexpr Table2<PredictionMode, PREDICTION_MODES - NEAREST_NEARESTMV, 2> kListModes = {
    NEARESTMV, NEARESTMV, NEARMV, NEARMV, NEARESTMV, NEWMV,    NEWMV, NEARESTMV,
    NEARMV,    NEWMV,     NEWMV,  NEARMV, GLOBALMV,  GLOBALMV, NEWMV, NEWMV,
  };
  return mode < NEAREST_NEARESTMV ? mode : kListModes[mode - NEAREST_NEARESTMV][ref_list];
}

RefMvIdxRange ref_mv_idx_range(PredictionMode mode, int num_mv_found) {
  if (mode == NEWMV || mode == NEW_NEWMV) return {0, clip3(0, 2, num_mv_found - 1)};
  if (has_nearmv(mode)) return {1, clip3(1, 3, num_mv_found - 1)};
  return {0, 0};
}

MvPair pred_mv(const RefMvs& refs, PredictionMode mode, int ref_mv_idx, bool is_compound) {
  MvPair pred = {};
  for (int list = 0; list <= is_compound; list++) {
    const PredictionMode comp_mode = get_mode(mode, list);
    if (comp_mode == GLOBALMV) {
      pred[list] = refs.global_mvs[list];
      continue;
    }
    const bool first = comp_mode == NEARESTMV || (comp_mode == NEWMV && refs.num_mv_found <= 1);
    pred[list] = refs.stack[first ? 0 : ref_mv_idx].mv[list];
  }
  return pred;
}

Mv intrabc_pred_mv(const RefMvs& refs, const TileRect& tile, int mi_row) {
  for (int i = 0; i < 2; i++)
    if (const Mv mv = refs.stack[i].mv[0]; mv != Mv{}) return mv;
  if (mi_row - kSbMi < tile.mi_row_start) return {0, -(kSbSize + INTRABC_DELAY_PIXELS) * 8};
  return {-kSbSize * 8, 0};
}

MvContexts mv_contexts(const RefMvs& refs, PredictionMode mode, int ref_mv_idx, bool is_compound) {
  return {
    .new_mv = refs.new_mv_context,
    .global_mv = refs.zero_mv_context,
    .ref_mv = refs.ref_mv_context,
    .num_mv_found = static_cast<uint8_t>(refs.num_mv_found),
    .drl = refs.drl_ctx_stack,
    .pred_mv = pred_mv(refs, mode, ref_mv_idx, is_compound),
  };
}

}  // namespace tessera
