// spec 5.11.18 to 5.11.33, 7.10.3, 7.10.4: inter modes.
#include <algorithm>
#include <cstdlib>

#include "base/int_math.h"
#include "spec/mode_tables.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {

/// spec 5.11.18.
void TileParser::inter_frame_mode_info() {
  left_ref_ = avail_l_ ? left().ref_frame : Array<int8_t, 2>{INTRA_FRAME, NONE};
  above_ref_ = avail_u_ ? above().ref_frame : Array<int8_t, 2>{INTRA_FRAME, NONE};
  left_intra_ = left_ref_[0] <= INTRA_FRAME;
  above_intra_ = above_ref_[0] <= INTRA_FRAME;
  left_single_ = left_ref_[1] <= INTRA_FRAME;
  above_single_ = above_ref_[1] <= INTRA_FRAME;
  inter_segment_id(true);
  read_skip_mode();
  if (b_.skip_mode)
    b_.skip = true;
  else
    read_skip();
  if (!hdr_.segmentation.seg_id_pre_skip) inter_segment_id(false);
  b_.lossless = hdr_.lossless_array[b_.segment_id];
  read_cdef();
  read_delta_qindex();
  read_delta_lf();
  read_deltas_ = false;
  read_is_inter();
  if (b_.is_inter)
    inter_block_mode_info();
  else
    intra_block_mode_info();
}

/// spec 5.11.20.
void TileParser::read_is_inter() {
  if (b_.skip_mode) {
    b_.is_inter = true;
  } else if (seg_feature_active(SEG_LVL_REF_FRAME)) {
    b_.is_inter = hdr_.segmentation.feature_data[b_.segment_id][SEG_LVL_REF_FRAME] != INTRA_FRAME;
  } else if (seg_feature_active(SEG_LVL_GLOBALMV)) {
    b_.is_inter = true;
  } else {
    int ctx = 0;
    if (avail_u_ && avail_l_)
      ctx = left_intra_ && above_intra_ ? 3 : left_intra_ || above_intra_;
    else if (avail_u_ || avail_l_)
      ctx = 2 * (avail_u_ ? above_intra_ : left_intra_);
    b_.is_inter = symbol("is_inter", cdfs_.is_inter[ctx]);
  }
}

/// spec 5.11.23.
void TileParser::inter_block_mode_info() {
  read_ref_frames();
  find_mv_stack();
  read_inter_mode();
  read_drl();
  assign_mv();
  read_interintra_mode();
  read_motion_mode();
  read_compound_type();
  read_interp_filters();
}

void TileParser::read_inter_mode() {
  if (b_.skip_mode) {
    b_.y_mode = NEAREST_NEARESTMV;
  } else if (seg_feature_active(SEG_LVL_SKIP) || seg_feature_active(SEG_LVL_GLOBALMV)) {
    b_.y_mode = GLOBALMV;
  } else if (b_.is_compound()) {
    const int ctx = Compound_Mode_Ctx_Map[ref_mv_context_ >> 1][std::min(new_mv_context_, 4)];
    b_.y_mode =
        static_cast<PredictionMode>(NEAREST_NEARESTMV + symbol("compound_mode", cdfs_.compound_mode[ctx]));
  } else if (symbol("new_mv", cdfs_.new_mv[new_mv_context_]) == 0) {
    b_.y_mode = NEWMV;
  } else if (symbol("zero_mv", cdfs_.zero_mv[zero_mv_context_]) == 0) {
    b_.y_mode = GLOBALMV;
  } else {
    b_.y_mode = symbol("ref_mv", cdfs_.ref_mv[ref_mv_context_]) == 0 ? NEARESTMV : NEARMV;
  }
}

void TileParser::read_drl() {
  const PredictionMode m = b_.y_mode;
  const bool has_nearmv = m == NEARMV || m == NEAR_NEARMV || m == NEAR_NEWMV || m == NEW_NEARMV;
  if (m != NEWMV && m != NEW_NEWMV && !has_nearmv) return;
  const int first = has_nearmv;
  b_.ref_mv_idx = first;
  for (int idx = first; idx < first + 2; idx++) {
    if (num_mv_found_ <= idx + 1) continue;
    if (symbol("drl_mode", cdfs_.drl_mode[drl_ctx_stack_[idx]]) == 0) {
      b_.ref_mv_idx = idx;
      break;
    }
    b_.ref_mv_idx = idx + 1;
  }
}

bool TileParser::needs_interp_filter() const {
  const bool large = std::min(bw(), bh()) >= 8;
  const auto type = [&](int list) { return hdr_.global_motion[b_.ref_frame[list]].gm_type; };
  if (b_.skip_mode || b_.motion_mode == LOCALWARP) return false;
  if (large && b_.y_mode == GLOBALMV) return type(0) == TRANSLATION;
  if (large && b_.y_mode == GLOBAL_GLOBALMV) return type(0) == TRANSLATION || type(1) == TRANSLATION;
  return true;
}

void TileParser::read_interp_filters() {
  if (hdr_.interpolation_filter != SWITCHABLE) {
    b_.interp_filter = {hdr_.interpolation_filter, hdr_.interpolation_filter};
    return;
  }
  for (int dir = 0; dir < (seq_.enable_dual_filter ? 2 : 1); dir++) {
    b_.interp_filter[dir] = EIGHTTAP;
    if (!needs_interp_filter()) continue;
    const auto type_of = [&](bool avail, const Array<int8_t, 2>& ref, auto mi) -> int {
      return avail && (ref[0] == b_.ref_frame[0] || ref[1] == b_.ref_frame[0]) ? mi().interp_filter[dir] : 3;
    };
    const int left_type = type_of(avail_l_, left_ref_, [this] { return left(); });
    const int above_type = type_of(avail_u_, above_ref_, [this] { return above(); });
    int ctx = ((dir & 1) * 2 + b_.is_compound()) * 4;
    if (left_type == above_type)
      ctx += left_type;
    else if (left_type == 3)
      ctx += above_type;
    else if (above_type == 3)
      ctx += left_type;
    else
      ctx += 3;
    b_.interp_filter[dir] = static_cast<InterpFilter>(symbol("interp_filter", cdfs_.interp_filter[ctx]));
  }
  if (!seq_.enable_dual_filter) b_.interp_filter[1] = b_.interp_filter[0];
}

/// spec 5.11.28.
void TileParser::read_interintra_mode() {
  if (b_.skip_mode || !seq_.enable_interintra_compound || b_.is_compound() || b_.mi_size < BLOCK_8X8 ||
      b_.mi_size > BLOCK_32X32)
    return;
  const int ctx = Size_Group[b_.mi_size] - 1;
  b_.interintra = symbol("interintra", cdfs_.inter_intra[ctx]);
  if (!b_.interintra) return;
  b_.interintra_mode = symbol("interintra_mode", cdfs_.inter_intra_mode[ctx]);
  b_.ref_frame[1] = INTRA_FRAME;
  b_.wedge_interintra = symbol("wedge_interintra", cdfs_.wedge_inter_intra[b_.mi_size]);
  if (b_.wedge_interintra) b_.wedge_index = symbol("wedge_index", cdfs_.wedge_index[b_.mi_size]);
}

/// spec 5.11.27.
bool TileParser::is_scaled(int ref_frame) const {
  constexpr int shift = 14;
  const FrameSize &ref = fs_.ref(ref_frame).hdr.size, &cur = hdr_.size;
  const int64_t x = ((int64_t{ref.upscaled_width} << shift) + cur.frame_width / 2) / cur.frame_width;
  const int64_t y = ((int64_t{ref.frame_height} << shift) + cur.frame_height / 2) / cur.frame_height;
  return x != 1 << shift || y != 1 << shift;
}

/// spec 5.11.27.
void TileParser::read_motion_mode() {
  if (b_.skip_mode || !hdr_.is_motion_mode_switchable || std::min(bw(), bh()) < 8) return;
  if (!hdr_.force_integer_mv && (b_.y_mode == GLOBALMV || b_.y_mode == GLOBAL_GLOBALMV) &&
      hdr_.global_motion[b_.ref_frame[0]].gm_type > TRANSLATION)
    return;
  if (b_.is_compound() || b_.ref_frame[1] == INTRA_FRAME || !has_overlappable_candidates()) return;
  find_warp_samples();
  if (hdr_.force_integer_mv || b_.num_samples == 0 || !hdr_.allow_warped_motion || is_scaled(b_.ref_frame[0]))
    b_.motion_mode = symbol("use_obmc", cdfs_.use_obmc[b_.mi_size]) ? OBMC : SIMPLE;
  else
    b_.motion_mode = static_cast<MotionMode>(symbol("motion_mode", cdfs_.motion_mode[b_.mi_size]));
}

/// spec 5.11.29.
void TileParser::read_compound_type() {
  if (b_.skip_mode) return;
  if (!b_.is_compound()) {
    if (b_.interintra) b_.compound_type = b_.wedge_interintra ? COMPOUND_WEDGE : COMPOUND_INTRA;
    return;
  }
  if (seq_.enable_masked_compound)
    b_.comp_group_idx = symbol("comp_group_idx", cdfs_.comp_group_idx[comp_group_idx_ctx()]);
  if (b_.comp_group_idx == 0) {
    if (seq_.enable_jnt_comp)
      b_.compound_idx = symbol("compound_idx", cdfs_.compound_idx[compound_idx_ctx()]);
    b_.compound_type = b_.compound_idx ? COMPOUND_AVERAGE : COMPOUND_DISTANCE;
  } else if (Wedge_Bits[b_.mi_size] == 0) {
    b_.compound_type = COMPOUND_DIFFWTD;
  } else {
    b_.compound_type = static_cast<CompoundType>(symbol("compound_type", cdfs_.compound_type[b_.mi_size]));
  }
  if (b_.compound_type == COMPOUND_WEDGE) {
    b_.wedge_index = symbol("wedge_index", cdfs_.wedge_index[b_.mi_size]);
    b_.wedge_sign = literal("wedge_sign", 1);
  } else if (b_.compound_type == COMPOUND_DIFFWTD) {
    b_.mask_type = literal("mask_type", 1);
  }
}

/// spec 7.10.3.
bool TileParser::has_overlappable_candidates() {
  if (avail_u_)
    for (int c = b_.mi_col; c < std::min(hdr_.size.mi_cols, b_.mi_col + bw4()); c += 2)
      if (fs_.mi(b_.mi_row - 1, c | 1).ref_frame[0] > INTRA_FRAME) return true;
  if (avail_l_)
    for (int r = b_.mi_row; r < std::min(hdr_.size.mi_rows, b_.mi_row + bh4()); r += 2)
      if (fs_.mi(r | 1, b_.mi_col - 1).ref_frame[0] > INTRA_FRAME) return true;
  return false;
}

/// spec 7.10.4.1.
void TileParser::find_warp_samples() {
  b_.num_samples = num_samples_scanned_ = 0;
  bool do_top_left = true, do_top_right = true;
  const int w4 = bw4(), h4 = bh4();
  if (avail_u_) {
    const int src_w = Num_4x4_Blocks_Wide[above().mi_size];
    if (w4 <= src_w) {
      const int col_offset = -(b_.mi_col & (src_w - 1));
      if (col_offset < 0) do_top_left = false;
      if (col_offset + src_w > w4) do_top_right = false;
      add_sample(-1, 0);
    } else {
      for (int i = 0; i < std::min(w4, hdr_.size.mi_cols - b_.mi_col);) {
        const int step = std::min<int>(w4, Num_4x4_Blocks_Wide[fs_.mi(b_.mi_row - 1, b_.mi_col + i).mi_size]);
        add_sample(-1, i);
        i += step;
      }
    }
  }
  if (avail_l_) {
    const int src_h = Num_4x4_Blocks_High[left().mi_size];
    if (h4 <= src_h) {
      if (b_.mi_row & (src_h - 1)) do_top_left = false;
      add_sample(0, -1);
    } else {
      for (int i = 0; i < std::min(h4, hdr_.size.mi_rows - b_.mi_row);) {
        const int step = std::min<int>(h4, Num_4x4_Blocks_High[fs_.mi(b_.mi_row + i, b_.mi_col - 1).mi_size]);
        add_sample(i, -1);
        i += step;
      }
    }
  }
  if (do_top_left) add_sample(-1, -1);
  if (do_top_right && std::max(w4, h4) <= 16) add_sample(-1, w4);
  if (b_.num_samples == 0 && num_samples_scanned_ > 0) b_.num_samples = 1;
}

/// spec 7.10.4.2, counting only.
void TileParser::add_sample(int delta_row, int delta_col) {
  constexpr int LEAST_SQUARES_SAMPLES_MAX = 8;
  if (num_samples_scanned_ >= LEAST_SQUARES_SAMPLES_MAX) return;
  const int mv_row = b_.mi_row + delta_row, mv_col = b_.mi_col + delta_col;
  if (!is_inside(mv_row, mv_col)) return;
  const ModeInfo& cand = fs_.mi(mv_row, mv_col);
  if (!cand.written || cand.ref_frame[0] != b_.ref_frame[0] || cand.ref_frame[1] != NONE) return;
  const int threshold = clip3(16, 112, std::max(bw(), bh()));
  const int diff = std::abs(cand.mv[0].row - b_.mv[0].row) + std::abs(cand.mv[0].col - b_.mv[0].col);
  num_samples_scanned_++;
  if (diff <= threshold) b_.num_samples++;
}

/// spec 5.11.30.
PredictionMode TileParser::get_mode(int ref_list) const {
  const PredictionMode m = b_.y_mode;
  if (m < NEAREST_NEARESTMV) return m;
  const auto is = [m](auto... modes) { return ((m == modes) || ...); };
  if (ref_list == 0) {
    if (is(NEW_NEWMV, NEW_NEARESTMV, NEW_NEARMV)) return NEWMV;
    if (is(NEAREST_NEARESTMV, NEAREST_NEWMV)) return NEARESTMV;
    return is(NEAR_NEARMV, NEAR_NEWMV) ? NEARMV : GLOBALMV;
  }
  if (is(NEW_NEWMV, NEAREST_NEWMV, NEAR_NEWMV)) return NEWMV;
  if (is(NEAREST_NEARESTMV, NEW_NEARESTMV)) return NEARESTMV;
  return is(NEAR_NEARMV, NEW_NEARMV) ? NEARMV : GLOBALMV;
}

/// spec 5.11.26.
void TileParser::assign_mv() {
  constexpr int INTRABC_DELAY_PIXELS = 256;
  for (int i = 0; i < 1 + b_.is_compound(); i++) {
    const PredictionMode mode = b_.use_intrabc ? NEWMV : get_mode(i);
    if (b_.use_intrabc) {
      pred_mv_[0] = ref_stack_mv_[0][0];
      if (pred_mv_[0] == Mv{}) pred_mv_[0] = ref_stack_mv_[1][0];
      if (pred_mv_[0] == Mv{}) {
        const int sb4 = seq_.sb_mi();
        if (b_.mi_row - sb4 < mi_row_start_)
          pred_mv_[0] = {0, -(sb4 * MI_SIZE + INTRABC_DELAY_PIXELS) * 8};
        else
          pred_mv_[0] = {-(sb4 * MI_SIZE * 8), 0};
      }
    } else if (mode == GLOBALMV) {
      pred_mv_[i] = global_mvs_[i];
    } else {
      const int pos = mode == NEARESTMV || (mode == NEWMV && num_mv_found_ <= 1) ? 0 : b_.ref_mv_idx;
      pred_mv_[i] = ref_stack_mv_[pos][i];
    }
    b_.mv[i] = pred_mv_[i];
    if (mode == NEWMV) read_mv(i);
  }
}

/// spec 5.11.31.
void TileParser::read_mv(int ref) {
  MvCdfs& cdfs = cdfs_.mv[b_.use_intrabc];
  const int joint = symbol("mv_joint", cdfs.joint);
  if (joint == MV_JOINT_HZVNZ || joint == MV_JOINT_HNZVNZ) b_.mv[ref].row += read_mv_component(cdfs.comp[0]);
  if (joint == MV_JOINT_HNZVZ || joint == MV_JOINT_HNZVNZ) b_.mv[ref].col += read_mv_component(cdfs.comp[1]);
}

/// spec 5.11.32.
int TileParser::read_mv_component(MvComponentCdfs& cdfs) {
  const int sign = symbol("mv_sign", cdfs.sign);
  const int mv_class = symbol("mv_class", cdfs.mv_class);
  int mag = 0;
  if (mv_class == 0) {
    const int bit = symbol("mv_class0_bit", cdfs.class0_bit);
    const int fr = hdr_.force_integer_mv ? 3 : symbol("mv_class0_fr", cdfs.class0_fr[bit]);
    const int hp = hdr_.allow_high_precision_mv ? symbol("mv_class0_hp", cdfs.class0_hp) : 1;
    mag = ((bit << 3) | (fr << 1) | hp) + 1;
  } else {
    int d = 0;
    for (int i = 0; i < mv_class; i++) d |= symbol("mv_bit", cdfs.bit[i]) << i;
    const int fr = hdr_.force_integer_mv ? 3 : symbol("mv_fr", cdfs.fr);
    const int hp = hdr_.allow_high_precision_mv ? symbol("mv_hp", cdfs.hp) : 1;
    mag = (2 << (mv_class + 2)) + ((d << 3) | (fr << 1) | hp) + 1;
  }
  return sign ? -mag : mag;
}

}  // namespace tessera::parser
