// spec 5.11.8 to 5.11.13, 5.11.56 to 5.11.58: what a block says beside its modes.
#include <cstdlib>

#include "base/int_math.h"
#include "spec/filter_tables.h"
#include "tests/support/parser/tile_parser.h"

namespace tessera::parser {
namespace {

/// spec 5.11.9: neg_deinterleave( ).
int neg_deinterleave(int diff, int ref, int max) {
  const auto around = [&] { return diff & 1 ? ref + ((diff + 1) >> 1) : ref - (diff >> 1); };
  if (!ref) return diff;
  if (ref >= max - 1) return max - diff - 1;
  if (2 * ref < max) return diff <= 2 * ref ? around() : diff;
  return diff <= 2 * (max - ref - 1) ? around() : max - (diff + 1);
}

/// spec 5.9.29.
int inverse_recenter(int r, int v) {
  if (v > 2 * r) return v;
  return v & 1 ? r - ((v + 1) >> 1) : r + (v >> 1);
}

}  // namespace

/// spec 5.11.9.
void TileParser::read_segment_id() {
  const int prev_ul = avail_u_ && avail_l_ ? fs_.mi(b_.mi_row - 1, b_.mi_col - 1).segment_id : -1;
  const int prev_u = avail_u_ ? above().segment_id : -1;
  const int prev_l = avail_l_ ? left().segment_id : -1;
  int pred;
  if (prev_u == -1)
    pred = prev_l == -1 ? 0 : prev_l;
  else if (prev_l == -1)
    pred = prev_u;
  else
    pred = prev_ul == prev_u ? prev_u : prev_l;
  if (b_.skip) {
    b_.segment_id = pred;
    return;
  }
  int ctx = 0;
  if (prev_ul >= 0) {
    if (prev_ul == prev_u && prev_ul == prev_l)
      ctx = 2;
    else if (prev_ul == prev_u || prev_ul == prev_l || prev_u == prev_l)
      ctx = 1;
  }
  const int max = hdr_.segmentation.last_active_seg_id;
  b_.segment_id = neg_deinterleave(symbol("segment_id", cdfs_.segment_id[ctx]), pred, max + 1);
  require(b_.segment_id >= 0 && b_.segment_id <= max, "segment_id outside the active segments");
}

/// spec 5.11.8.
void TileParser::intra_segment_id() {
  if (hdr_.segmentation.segmentation_enabled)
    read_segment_id();
  else
    b_.segment_id = 0;
  b_.lossless = hdr_.lossless_array[b_.segment_id];
}

int TileParser::get_segment_id() {
  int seg = 7;
  for (int r = b_.mi_row; r < std::min(b_.mi_row + bh4(), hdr_.size.mi_rows); r++)
    for (int c = b_.mi_col; c < std::min(b_.mi_col + bw4(), hdr_.size.mi_cols); c++)
      seg = std::min<int>(seg, fs_.prev_segment_ids(r, c));
  return seg;
}

void TileParser::set_seg_pred_context(uint8_t value) {
  for (int i = 0; i < bw4(); i++) above_seg_pred_.at(static_cast<size_t>(b_.mi_col + i)) = value;
  for (int i = 0; i < bh4(); i++) left_seg_pred_.at(static_cast<size_t>(b_.mi_row + i)) = value;
}

/// spec 5.11.19.
void TileParser::inter_segment_id(bool pre_skip) {
  const SegmentationParams& seg = hdr_.segmentation;
  if (!seg.segmentation_enabled) {
    b_.segment_id = 0;
    return;
  }
  const int predicted = get_segment_id();
  if (!seg.segmentation_update_map) {
    b_.segment_id = predicted;
    return;
  }
  if (pre_skip && !seg.seg_id_pre_skip) {
    b_.segment_id = 0;
    return;
  }
  if (!pre_skip && b_.skip) {
    set_seg_pred_context(0);
    read_segment_id();
    return;
  }
  if (!seg.segmentation_temporal_update) {
    read_segment_id();
    return;
  }
  const int ctx =
      left_seg_pred_.at(static_cast<size_t>(b_.mi_row)) + above_seg_pred_.at(static_cast<size_t>(b_.mi_col));
  const int seg_id_predicted = symbol("seg_id_predicted", cdfs_.segment_id_predicted[ctx]);
  if (seg_id_predicted)
    b_.segment_id = predicted;
  else
    read_segment_id();
  set_seg_pred_context(static_cast<uint8_t>(seg_id_predicted));
}

/// spec 5.11.10.
void TileParser::read_skip_mode() {
  if (seg_feature_active(SEG_LVL_SKIP) || seg_feature_active(SEG_LVL_REF_FRAME) ||
      seg_feature_active(SEG_LVL_GLOBALMV) || !hdr_.skip_mode_present || bw() < 8 || bh() < 8)
    return;
  const int ctx = (avail_u_ && above().skip_mode) + (avail_l_ && left().skip_mode);
  b_.skip_mode = symbol("skip_mode", cdfs_.skip_mode[ctx]);
}

/// spec 5.11.11.
void TileParser::read_skip() {
  if (hdr_.segmentation.seg_id_pre_skip && seg_feature_active(SEG_LVL_SKIP)) {
    b_.skip = true;
    return;
  }
  const int ctx = (avail_u_ && above().skip) + (avail_l_ && left().skip);
  b_.skip = symbol("skip", cdfs_.skip[ctx]);
}

/// spec 5.11.56.
void TileParser::read_cdef() {
  if (b_.skip || hdr_.coded_lossless || !seq_.enable_cdef || hdr_.allow_intrabc) return;
  const int r = b_.mi_row >> 4, c = b_.mi_col >> 4;
  if (fs_.cdef_idx(r, c) != -1) return;
  const int idx = literal("cdef_idx", hdr_.cdef.cdef_bits);
  fs_.cdef_idx.fill(r, c, div_ceil(bh4(), 16), div_ceil(bw4(), 16), static_cast<int8_t>(idx));
}

/// spec 5.11.12.
void TileParser::read_delta_qindex() {
  const BlockSize sb_size = seq_.use_128x128_superblock ? BLOCK_128X128 : BLOCK_64X64;
  if (read_deltas_ && !(b_.mi_size == sb_size && b_.skip)) {
    int abs = symbol("delta_q_abs", cdfs_.delta_q);
    if (abs == 3) {
      const int bits = literal("delta_q_rem_bits", 3) + 1;
      abs = literal("delta_q_abs_bits", bits) + (1 << bits) + 1;
    }
    if (abs) {
      const int reduced = literal("delta_q_sign_bit", 1) ? -abs : abs;
      current_q_index_ = clip3(1, 255, current_q_index_ + reduced * (1 << hdr_.delta.delta_q_res));
    }
  }
  b_.current_q_index = current_q_index_;
}

/// spec 5.11.13.
void TileParser::read_delta_lf() {
  const BlockSize sb_size = seq_.use_128x128_superblock ? BLOCK_128X128 : BLOCK_64X64;
  if (read_deltas_ && hdr_.delta.delta_lf_present && !(b_.mi_size == sb_size && b_.skip)) {
    const int count = !hdr_.delta.delta_lf_multi ? 1 : seq_.num_planes() > 1 ? 4 : 2;
    for (int i = 0; i < count; i++) {
      int abs = symbol("delta_lf_abs", hdr_.delta.delta_lf_multi ? cdfs_.delta_lf_multi[i] : cdfs_.delta_lf);
      if (abs == 3) {
        const int bits = literal("delta_lf_rem_bits", 3) + 1;
        abs = literal("delta_lf_abs_bits", bits) + (1 << bits) + 1;
      }
      if (!abs) continue;
      const int reduced = literal("delta_lf_sign_bit", 1) ? -abs : abs;
      delta_lf_[i] =
          clip3(-MAX_LOOP_FILTER, MAX_LOOP_FILTER, delta_lf_[i] + reduced * (1 << hdr_.delta.delta_lf_res));
    }
  }
  b_.delta_lf = delta_lf_;
}

/// spec 5.11.57: the units whose top-left corner lies in the superblock at (r, c).
void TileParser::read_lr(int r, int c) {
  if (hdr_.allow_intrabc) return;
  const int sb4 = seq_.sb_mi();
  for (int plane = 0; plane < seq_.num_planes(); plane++) {
    if (hdr_.lr.frame_restoration_type[plane] == RESTORE_NONE) continue;
    const int unit = hdr_.lr.loop_restoration_size[plane];
    const int unit_rows = fs_.lr_units[plane].rows(), unit_cols = fs_.lr_units[plane].cols();
    const int mi_h = MI_SIZE >> sub_y(plane);
    int numerator = MI_SIZE >> sub_x(plane), denominator = unit;
    if (hdr_.size.use_superres) {
      numerator *= hdr_.size.superres_denom;
      denominator *= SUPERRES_NUM;
    }
    const int row_end = std::min(unit_rows, div_ceil((r + sb4) * mi_h, unit));
    const int col_end = std::min(unit_cols, div_ceil((c + sb4) * numerator, denominator));
    for (int row = div_ceil(r * mi_h, unit); row < row_end; row++)
      for (int col = div_ceil(c * numerator, denominator); col < col_end; col++)
        read_lr_unit(plane, row, col);
  }
}

/// spec 5.11.58.
void TileParser::read_lr_unit(int plane, int unit_row, int unit_col) {
  constexpr Array<int, 3> kTapsMin = {-5, -23, -17}, kTapsMax = {10, 8, 46}, kTapsK = {1, 2, 3};
  constexpr Array<int, 2> kXqdMin = {-96, -32}, kXqdMax = {31, 95};
  LrUnit& unit = fs_.lr_units[plane](unit_row, unit_col);
  switch (hdr_.lr.frame_restoration_type[plane]) {
    case RESTORE_WIENER:
      unit.type = symbol("use_wiener", cdfs_.use_wiener) ? RESTORE_WIENER : RESTORE_NONE;
      break;
    case RESTORE_SGRPROJ:
      unit.type = symbol("use_sgrproj", cdfs_.use_sgrproj) ? RESTORE_SGRPROJ : RESTORE_NONE;
      break;
    default: unit.type = static_cast<RestorationType>(symbol("restoration_type", cdfs_.restoration_type));
  }
  if (unit.type == RESTORE_WIENER) {
    for (int pass = 0; pass < 2; pass++)
      for (int j = plane ? 1 : 0; j < 3; j++) {
        int& ref = ref_lr_wiener_[plane][pass][j];
        ref = signed_subexp_with_ref_bool("lr_wiener", kTapsMin[j], kTapsMax[j] + 1, kTapsK[j], ref);
        unit.wiener[pass][j] = ref;
      }
  } else if (unit.type == RESTORE_SGRPROJ) {
    unit.sgr_set = literal("lr_sgr_set", 4);
    for (int i = 0; i < 2; i++) {
      int v = 0;
      if (Sgr_Params[unit.sgr_set][i * 2])
        v = signed_subexp_with_ref_bool("lr_sgr_xqd", kXqdMin[i], kXqdMax[i] + 1, 4, ref_sgr_xqd_[plane][i]);
      else if (i == 1)
        v = clip3(kXqdMin[i], kXqdMax[i], (1 << 7) - ref_sgr_xqd_[plane][0]);
      unit.sgr_xqd[i] = ref_sgr_xqd_[plane][i] = v;
    }
  }
  listener_.on_restoration_unit(fs_.number, plane, unit.type);
}

int TileParser::signed_subexp_with_ref_bool(const char* name, int low, int high, int k, int ref) {
  const int mx = high - low, r = ref - low;
  int v = 0;
  for (int i = 0, mk = 0;; i++) {
    const int b2 = i ? k + i - 1 : k, a = 1 << b2;
    if (mx <= mk + 3 * a) {
      v = non_symmetric(name, mx - mk) + mk;
      break;
    }
    if (!literal(name, 1)) {
      v = literal(name, b2) + mk;
      break;
    }
    mk += a;
  }
  return low + (2 * r <= mx ? inverse_recenter(r, v) : mx - 1 - inverse_recenter(mx - 1 - r, v));
}

}  // namespace tessera::parser
