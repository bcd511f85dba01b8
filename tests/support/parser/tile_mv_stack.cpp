// spec 7.10.2: motion vector prediction.
#include <algorithm>
#include <cstdlib>

#include "base/int_math.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {
namespace {

constexpr int REF_CAT_LEVEL = 640;

bool has_newmv(PredictionMode mode) {
  return mode == NEWMV || mode == NEW_NEWMV || mode == NEAR_NEWMV || mode == NEW_NEARMV ||
         mode == NEAREST_NEWMV || mode == NEW_NEARESTMV;
}

}  // namespace

/// spec 7.10.2.
void TileParser::find_mv_stack() {
  num_mv_found_ = new_mv_count_ = 0;
  ref_stack_mv_ = {};
  weight_stack_ = {};
  global_mvs_[0] = setup_global_mv(0);
  if (b_.is_compound()) global_mvs_[1] = setup_global_mv(1);
  const auto take_match = [this](bool& found) {
    found = found || found_match_;
    found_match_ = false;
  };
  bool above_match = false, left_match = false;
  found_match_ = false;
  scan_row(-1);
  take_match(above_match);
  scan_col(-1);
  take_match(left_match);
  if (std::max(bw4(), bh4()) <= 16) scan_point(-1, bw4());
  take_match(above_match);
  close_matches_ = above_match + left_match;
  const int num_nearest = num_mv_found_, num_new = new_mv_count_;
  for (int idx = 0; idx < num_nearest; idx++) weight_stack_[idx] += REF_CAT_LEVEL;
  zero_mv_context_ = 0;
  if (hdr_.use_ref_frame_mvs) temporal_scan();
  scan_point(-1, -1);
  take_match(above_match);
  scan_row(-3);
  take_match(above_match);
  scan_col(-3);
  take_match(left_match);
  if (bh4() > 1) scan_row(-5);
  take_match(above_match);
  if (bw4() > 1) scan_col(-5);
  take_match(left_match);
  total_matches_ = above_match + left_match;
  sort_stack(0, num_nearest);
  sort_stack(num_nearest, num_mv_found_);
  if (num_mv_found_ < 2) extra_search();
  contexts_and_clamping(num_new);
}

/// spec 7.10.2.1.
Mv TileParser::setup_global_mv(int ref_list) const {
  const int ref = b_.ref_frame[ref_list];
  Mv mv;
  if (ref == INTRA_FRAME || hdr_.global_motion[ref].gm_type == IDENTITY) return mv;
  const Array<int, 6>& p = hdr_.global_motion[ref].gm_params;
  if (hdr_.global_motion[ref].gm_type == TRANSLATION) {
    mv = {p[0] >> (WARPEDMODEL_PREC_BITS - 3), p[1] >> (WARPEDMODEL_PREC_BITS - 3)};
  } else {
    const int x = b_.mi_col * MI_SIZE + bw() / 2 - 1, y = b_.mi_row * MI_SIZE + bh() / 2 - 1;
    const int xc = (p[2] - (1 << WARPEDMODEL_PREC_BITS)) * x + p[3] * y + p[0];
    const int yc = p[4] * x + (p[5] - (1 << WARPEDMODEL_PREC_BITS)) * y + p[1];
    if (hdr_.allow_high_precision_mv)
      mv = {round2_signed(yc, WARPEDMODEL_PREC_BITS - 3), round2_signed(xc, WARPEDMODEL_PREC_BITS - 3)};
    else
      mv = {round2_signed(yc, WARPEDMODEL_PREC_BITS - 2) * 2,
            round2_signed(xc, WARPEDMODEL_PREC_BITS - 2) * 2};
  }
  lower_mv_precision(mv);
  return mv;
}

/// spec 7.10.2.2.
void TileParser::scan_row(int delta_row) {
  const int end4 = std::min({bw4(), hdr_.size.mi_cols - b_.mi_col, 16});
  int delta_col = 0;
  if (std::abs(delta_row) > 1) {
    delta_row += b_.mi_row & 1;
    delta_col = 1 - (b_.mi_col & 1);
  }
  for (int i = 0; i < end4;) {
    const int mv_row = b_.mi_row + delta_row, mv_col = b_.mi_col + delta_col + i;
    if (!is_inside(mv_row, mv_col)) break;
    int len = std::min<int>(bw4(), Num_4x4_Blocks_Wide[fs_.mi(mv_row, mv_col).mi_size]);
    if (std::abs(delta_row) > 1) len = std::max(2, len);
    if (bw4() >= 16) len = std::max(4, len);
    add_ref_mv_candidate(mv_row, mv_col, len * 2);
    i += len;
  }
}

/// spec 7.10.2.3.
void TileParser::scan_col(int delta_col) {
  const int end4 = std::min({bh4(), hdr_.size.mi_rows - b_.mi_row, 16});
  int delta_row = 0;
  if (std::abs(delta_col) > 1) {
    delta_row = 1 - (b_.mi_row & 1);
    delta_col += b_.mi_col & 1;
  }
  for (int i = 0; i < end4;) {
    const int mv_row = b_.mi_row + delta_row + i, mv_col = b_.mi_col + delta_col;
    if (!is_inside(mv_row, mv_col)) break;
    int len = std::min<int>(bh4(), Num_4x4_Blocks_High[fs_.mi(mv_row, mv_col).mi_size]);
    if (std::abs(delta_col) > 1) len = std::max(2, len);
    if (bh4() >= 16) len = std::max(4, len);
    add_ref_mv_candidate(mv_row, mv_col, len * 2);
    i += len;
  }
}

/// spec 7.10.2.4.
void TileParser::scan_point(int delta_row, int delta_col) {
  const int mv_row = b_.mi_row + delta_row, mv_col = b_.mi_col + delta_col;
  if (is_inside(mv_row, mv_col) && fs_.mi(mv_row, mv_col).written) add_ref_mv_candidate(mv_row, mv_col, 4);
}

/// spec 7.10.2.5.
void TileParser::temporal_scan() {
  const int w4 = bw4(), h4 = bh4();
  const int step_w4 = w4 >= 16 ? 4 : 2, step_h4 = h4 >= 16 ? 4 : 2;
  for (int r = 0; r < std::min(h4, 16); r += step_h4)
    for (int c = 0; c < std::min(w4, 16); c += step_w4) add_tpl_ref_mv(r, c);
  if (h4 < 2 || h4 >= 16 || w4 < 2 || w4 >= 16) return;
  const int sample[3][2] = {{h4, -2}, {h4, w4}, {h4 - 2, w4}};
  for (const auto& [r, c] : sample) {
    const int row = (b_.mi_row & 15) + r, col = (b_.mi_col & 15) + c;
    if (row >= 0 && row < 16 && col >= 0 && col < 16) add_tpl_ref_mv(r, c);
  }
}

/// spec 7.10.2.6.
void TileParser::add_tpl_ref_mv(int delta_row, int delta_col) {
  const int mv_row = (b_.mi_row + delta_row) | 1, mv_col = (b_.mi_col + delta_col) | 1;
  if (!is_inside(mv_row, mv_col)) return;
  const bool center = delta_row == 0 && delta_col == 0;
  if (center) zero_mv_context_ = 1;
  const int lists = 1 + b_.is_compound();
  Array<Mv, 2> cand = {};
  for (int list = 0; list < lists; list++) {
    cand[list] = fs_.motion_field[b_.ref_frame[list]](mv_row >> 1, mv_col >> 1);
    if (cand[list].row == kInvalidMv) return;
  }
  bool far = false;
  for (int list = 0; list < lists; list++) {
    lower_mv_precision(cand[list]);
    far = far || std::abs(cand[list].row - global_mvs_[list].row) >= 16 ||
          std::abs(cand[list].col - global_mvs_[list].col) >= 16;
  }
  if (center) zero_mv_context_ = far;
  push_candidate(cand, 2);
}

/// spec 7.10.2.7, 7.10.2.8, 7.10.2.9.
void TileParser::add_ref_mv_candidate(int mv_row, int mv_col, int weight) {
  const ModeInfo& cand = fs_.mi(mv_row, mv_col);
  if (!cand.is_inter) return;
  const auto warped = [&](int list) {
    return b_.ref_frame[list] > INTRA_FRAME && hdr_.global_motion[b_.ref_frame[list]].gm_type > TRANSLATION;
  };
  if (b_.is_compound()) {
    if (cand.ref_frame != b_.ref_frame) return;
    Array<Mv, 2> mvs = cand.mv;
    for (int list = 0; list < 2; list++) {
      if (cand.y_mode == GLOBAL_GLOBALMV && warped(list)) mvs[list] = global_mvs_[list];
      lower_mv_precision(mvs[list]);
    }
    found_match_ = true;
    push_candidate(mvs, weight);
    new_mv_count_ += has_newmv(cand.y_mode);
    return;
  }
  const bool large = std::min(Num_4x4_Blocks_Wide[cand.mi_size], Num_4x4_Blocks_High[cand.mi_size]) >= 2;
  const bool global = cand.y_mode == GLOBALMV || cand.y_mode == GLOBAL_GLOBALMV;
  for (int list = 0; list < 2; list++) {
    if (cand.ref_frame[list] != b_.ref_frame[0]) continue;
    Mv mv = global && warped(0) && large ? global_mvs_[0] : cand.mv[list];
    lower_mv_precision(mv);
    new_mv_count_ += has_newmv(cand.y_mode);
    found_match_ = true;
    push_candidate({mv, Mv{}}, weight);
  }
}

/// Adds `weight` to an equal entry, else appends one while there is room.
void TileParser::push_candidate(const Array<Mv, 2>& mvs, int weight) {
  for (int idx = 0; idx < num_mv_found_; idx++)
    if (ref_stack_mv_[idx][0] == mvs[0] && (!b_.is_compound() || ref_stack_mv_[idx][1] == mvs[1])) {
      weight_stack_[idx] += weight;
      return;
    }
  if (num_mv_found_ >= MAX_REF_MV_STACK_SIZE) return;
  ref_stack_mv_[num_mv_found_] = mvs;
  weight_stack_[num_mv_found_++] = weight;
}

/// spec 7.10.2.10.
void TileParser::lower_mv_precision(Mv& mv) const {
  if (hdr_.allow_high_precision_mv) return;
  for (int* v : {&mv.row, &mv.col}) {
    if (hdr_.force_integer_mv) {
      const int a = (std::abs(*v) + 3) >> 3;
      *v = *v > 0 ? a << 3 : -(a << 3);
    } else if (*v & 1) {
      *v += *v > 0 ? -1 : 1;
    }
  }
}

/// spec 7.10.2.11: stable, heaviest first.
void TileParser::sort_stack(int start, int end) {
  while (end > start) {
    int new_end = start;
    for (int idx = start + 1; idx < end; idx++)
      if (weight_stack_[idx - 1] < weight_stack_[idx]) {
        std::swap(weight_stack_[idx - 1], weight_stack_[idx]);
        std::swap(ref_stack_mv_[idx - 1], ref_stack_mv_[idx]);
        new_end = idx;
      }
    end = new_end;
  }
}

/// spec 7.10.2.12.
void TileParser::extra_search() {
  ref_id_count_ = ref_diff_count_ = {};
  const int w4 = std::min({16, bw4(), hdr_.size.mi_cols - b_.mi_col});
  const int h4 = std::min({16, bh4(), hdr_.size.mi_rows - b_.mi_row});
  const int num4x4 = std::min(w4, h4);
  for (int pass = 0; pass < 2; pass++)
    for (int idx = 0; idx < num4x4 && num_mv_found_ < 2;) {
      const int mv_row = pass == 0 ? b_.mi_row - 1 : b_.mi_row + idx;
      const int mv_col = pass == 0 ? b_.mi_col + idx : b_.mi_col - 1;
      if (!is_inside(mv_row, mv_col)) break;
      add_extra_mv_candidate(mv_row, mv_col);
      const BlockSize size = fs_.mi(mv_row, mv_col).mi_size;
      idx += pass == 0 ? Num_4x4_Blocks_Wide[size] : Num_4x4_Blocks_High[size];
    }
  if (b_.is_compound())
    combine_extra_candidates();
  else
    for (int idx = num_mv_found_; idx < 2; idx++) ref_stack_mv_[idx][0] = global_mvs_[0];
}

void TileParser::combine_extra_candidates() {
  Table2<Mv, 2, 2> combined = {};
  for (int list = 0; list < 2; list++) {
    int count = 0;
    for (int idx = 0; idx < ref_id_count_[list]; idx++) combined[count++][list] = ref_id_mvs_[list][idx];
    for (int idx = 0; idx < ref_diff_count_[list] && count < 2; idx++)
      combined[count++][list] = ref_diff_mvs_[list][idx];
    while (count < 2) combined[count++][list] = global_mvs_[list];
  }
  if (num_mv_found_ == 1) {
    ref_stack_mv_[1] = combined[0] == ref_stack_mv_[0] ? combined[1] : combined[0];
    weight_stack_[1] = 2;
    num_mv_found_ = 2;
  } else {
    for (int idx = 0; idx < 2; idx++) {
      ref_stack_mv_[num_mv_found_] = combined[idx];
      weight_stack_[num_mv_found_++] = 2;
    }
  }
}

/// spec 7.10.2.13.
void TileParser::add_extra_mv_candidate(int mv_row, int mv_col) {
  const ModeInfo& cand = fs_.mi(mv_row, mv_col);
  for (int cand_list = 0; cand_list < 2; cand_list++) {
    const int cand_ref = cand.ref_frame[cand_list];
    if (cand_ref <= INTRA_FRAME) continue;
    const auto toward = [&](int list) {
      const bool flip = fs_.ref_frame_sign_bias[cand_ref] != fs_.ref_frame_sign_bias[b_.ref_frame[list]];
      const Mv& mv = cand.mv[cand_list];
      return flip ? Mv{-mv.row, -mv.col} : mv;
    };
    if (b_.is_compound()) {
      for (int list = 0; list < 2; list++) {
        if (cand_ref == b_.ref_frame[list] && ref_id_count_[list] < 2)
          ref_id_mvs_[list][ref_id_count_[list]++] = cand.mv[cand_list];
        else if (ref_diff_count_[list] < 2)
          ref_diff_mvs_[list][ref_diff_count_[list]++] = toward(list);
      }
      continue;
    }
    const Mv mv = toward(0);
    int idx = 0;
    while (idx < num_mv_found_ && ref_stack_mv_[idx][0] != mv) idx++;
    if (idx == num_mv_found_) {
      ref_stack_mv_[idx][0] = mv;
      weight_stack_[idx] = 2;
      num_mv_found_++;
    }
  }
}

/// spec 7.10.2.14.
void TileParser::contexts_and_clamping(int num_new) {
  for (int idx = 0; idx < num_mv_found_; idx++) {
    int z = 0;
    if (idx + 1 < num_mv_found_) {
      if (weight_stack_[idx] < REF_CAT_LEVEL)
        z = 2;
      else if (weight_stack_[idx + 1] < REF_CAT_LEVEL)
        z = 1;
    }
    drl_ctx_stack_[idx] = z;
  }
  const auto clamp = [](int v, int pos_mi, int size_mi, int end_mi, int border) {
    const int lo = -(pos_mi * MI_SIZE * 8), hi = (end_mi - size_mi - pos_mi) * MI_SIZE * 8;
    return clip3(lo - border, hi + border, v);
  };
  for (int idx = 0; idx < num_mv_found_; idx++)
    for (int list = 0; list < 1 + b_.is_compound(); list++) {
      Mv& mv = ref_stack_mv_[idx][list];
      mv.row = clamp(mv.row, b_.mi_row, bh4(), hdr_.size.mi_rows, MV_BORDER + bh() * 8);
      mv.col = clamp(mv.col, b_.mi_col, bw4(), hdr_.size.mi_cols, MV_BORDER + bw() * 8);
    }
  if (close_matches_ == 0) {
    new_mv_context_ = std::min(total_matches_, 1);
    ref_mv_context_ = total_matches_;
  } else if (close_matches_ == 1) {
    new_mv_context_ = 3 - std::min(num_new, 1);
    ref_mv_context_ = 2 + total_matches_;
  } else {
    new_mv_context_ = 5 - std::min(num_new, 1);
    ref_mv_context_ = 5;
  }
}

}  // namespace tessera::parser
