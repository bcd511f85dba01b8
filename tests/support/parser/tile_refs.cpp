// spec 5.11.25 and the contexts of 8.3.2 that look at the neighbours' reference frames.
#include <cstdlib>
#include <numeric>

#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {
namespace {

bool check_backward(int ref_frame) {
  return ref_frame >= BWDREF_FRAME && ref_frame <= ALTREF_FRAME;
}
bool is_samedir_ref_pair(int ref0, int ref1) {
  return (ref0 >= BWDREF_FRAME) == (ref1 >= BWDREF_FRAME);
}

}  // namespace

int TileParser::count_refs(int type) const {
  int c = 0;
  if (avail_u_) c += (above_ref_[0] == type) + (above_ref_[1] == type);
  if (avail_l_) c += (left_ref_[0] == type) + (left_ref_[1] == type);
  return c;
}

/// 0, 1, 2 where the references of `a` are rarer, as frequent, more frequent than those of `b`.
int TileParser::ref_count_ctx(std::initializer_list<int> a, std::initializer_list<int> b) const {
  int counts0 = 0, counts1 = 0;
  for (int ref : a) counts0 += count_refs(ref);
  for (int ref : b) counts1 += count_refs(ref);
  return counts0 < counts1 ? 0 : counts0 == counts1 ? 1 : 2;
}

int TileParser::comp_mode_ctx() const {
  if (avail_u_ && avail_l_) {
    if (above_single_ && left_single_) return check_backward(above_ref_[0]) ^ check_backward(left_ref_[0]);
    if (above_single_) return 2 + (check_backward(above_ref_[0]) || above_intra_);
    if (left_single_) return 2 + (check_backward(left_ref_[0]) || left_intra_);
    return 4;
  }
  if (avail_u_) return above_single_ ? check_backward(above_ref_[0]) : 3;
  if (avail_l_) return left_single_ ? check_backward(left_ref_[0]) : 3;
  return 1;
}

int TileParser::comp_ref_type_ctx() const {
  const bool above_comp_inter = avail_u_ && !above_intra_ && !above_single_;
  const bool left_comp_inter = avail_l_ && !left_intra_ && !left_single_;
  const bool above_uni_comp = above_comp_inter && is_samedir_ref_pair(above_ref_[0], above_ref_[1]);
  const bool left_uni_comp = left_comp_inter && is_samedir_ref_pair(left_ref_[0], left_ref_[1]);
  if (avail_u_ && !above_intra_ && avail_l_ && !left_intra_) {
    const bool samedir = is_samedir_ref_pair(above_ref_[0], left_ref_[0]);
    if (!above_comp_inter && !left_comp_inter) return 1 + 2 * samedir;
    if (!above_comp_inter) return left_uni_comp ? 3 + samedir : 1;
    if (!left_comp_inter) return above_uni_comp ? 3 + samedir : 1;
    if (!above_uni_comp && !left_uni_comp) return 0;
    if (!above_uni_comp || !left_uni_comp) return 2;
    return 3 + ((above_ref_[0] == BWDREF_FRAME) == (left_ref_[0] == BWDREF_FRAME));
  }
  if (avail_u_ && avail_l_) {
    if (above_comp_inter) return 1 + 2 * above_uni_comp;
    if (left_comp_inter) return 1 + 2 * left_uni_comp;
    return 2;
  }
  if (above_comp_inter) return 4 * above_uni_comp;
  if (left_comp_inter) return 4 * left_uni_comp;
  return 2;
}

int TileParser::comp_group_idx_ctx() {
  int ctx = 0;
  if (avail_u_) ctx += !above_single_ ? above().comp_group_idx : above_ref_[0] == ALTREF_FRAME ? 3 : 0;
  if (avail_l_) ctx += !left_single_ ? left().comp_group_idx : left_ref_[0] == ALTREF_FRAME ? 3 : 0;
  return std::min(5, ctx);
}

int TileParser::compound_idx_ctx() {
  const auto dist = [&](int list) {
    return std::abs(get_relative_dist(seq_, fs_.order_hints[b_.ref_frame[list]], fs_.order_hint()));
  };
  int ctx = dist(0) == dist(1) ? 3 : 0;
  if (avail_u_) ctx += !above_single_ ? above().compound_idx : above_ref_[0] == ALTREF_FRAME;
  if (avail_l_) ctx += !left_single_ ? left().compound_idx : left_ref_[0] == ALTREF_FRAME;
  return ctx;
}

/// spec 5.11.25.
void TileParser::read_ref_frames() {
  if (b_.skip_mode) {
    b_.ref_frame = hdr_.skip_mode_frame;
    return;
  }
  b_.ref_frame = {LAST_FRAME, NONE};
  if (seg_feature_active(SEG_LVL_REF_FRAME)) {
    b_.ref_frame[0] = static_cast<int8_t>(hdr_.segmentation.feature_data[b_.segment_id][SEG_LVL_REF_FRAME]);
    return;
  }
  if (seg_feature_active(SEG_LVL_SKIP) || seg_feature_active(SEG_LVL_GLOBALMV)) return;

  constexpr int L = LAST_FRAME, L2 = LAST2_FRAME, L3 = LAST3_FRAME, G = GOLDEN_FRAME, B = BWDREF_FRAME,
                A2 = ALTREF2_FRAME, A = ALTREF_FRAME;
  const int fwd_or_bwd = ref_count_ctx({L, L2, L3, G}, {B, A2, A});
  const int early_or_late = ref_count_ctx({L, L2}, {L3, G});
  const int last_or_last2 = ref_count_ctx({L}, {L2});
  const int last3_or_gold = ref_count_ctx({L3}, {G});
  const int near_or_alt = ref_count_ctx({B, A2}, {A});
  const int bwd_or_alt2 = ref_count_ctx({B}, {A2});
  const auto set = [&](int list, int ref) { b_.ref_frame[list] = static_cast<int8_t>(ref); };

  const bool compound = hdr_.reference_select && std::min(bw4(), bh4()) >= 2 &&
                        symbol("comp_mode", cdfs_.comp_mode[comp_mode_ctx()]);
  if (!compound) {
    auto& cdf = cdfs_.single_ref;
    if (symbol("single_ref_p1", cdf[fwd_or_bwd][0])) {
      if (symbol("single_ref_p2", cdf[near_or_alt][1]))
        set(0, A);
      else
        set(0, symbol("single_ref_p6", cdf[bwd_or_alt2][5]) ? A2 : B);
    } else if (symbol("single_ref_p3", cdf[early_or_late][2])) {
      set(0, symbol("single_ref_p5", cdf[last3_or_gold][4]) ? G : L3);
    } else {
      set(0, symbol("single_ref_p4", cdf[last_or_last2][3]) ? L2 : L);
    }
    return;
  }
  if (symbol("comp_ref_type", cdfs_.comp_ref_type[comp_ref_type_ctx()]) == UNIDIR_COMP_REFERENCE) {
    auto& cdf = cdfs_.uni_comp_ref;
    if (symbol("uni_comp_ref", cdf[fwd_or_bwd][0])) {
      b_.ref_frame = {B, A};
    } else if (symbol("uni_comp_ref_p1", cdf[ref_count_ctx({L2}, {L3, G})][1])) {
      set(1, symbol("uni_comp_ref_p2", cdf[last3_or_gold][2]) ? G : L3);
    } else {
      set(1, L2);
    }
    return;
  }
  if (symbol("comp_ref", cdfs_.comp_ref[early_or_late][0]) == 0)
    set(0, symbol("comp_ref_p1", cdfs_.comp_ref[last_or_last2][1]) ? L2 : L);
  else
    set(0, symbol("comp_ref_p2", cdfs_.comp_ref[last3_or_gold][2]) ? G : L3);
  if (symbol("comp_bwdref", cdfs_.comp_bwd_ref[near_or_alt][0]) == 0)
    set(1, symbol("comp_bwdref_p1", cdfs_.comp_bwd_ref[bwd_or_alt2][1]) ? A2 : B);
  else
    set(1, A);
}

}  // namespace tessera::parser
