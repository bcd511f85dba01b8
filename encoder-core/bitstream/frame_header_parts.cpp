#include "bitstream/frame_header_parts.h"

#include <algorithm>

#include "frame/tile_layout.h"
#include "spec/mode_tables.h"

namespace tessera {
namespace {

/// spec 5.9.15: increment_tile_cols_log2 and increment_tile_rows_log2: one bit for each step up from the
/// minimum.
void write_increments(BitWriter& w, int from, int to, int max) {
  check(from <= to && to <= std::max(from, max), "tile count outside what the frame size allows");
  for (int i = from; i < to; i++) w.flag(true);
  if (to < max) w.flag(false);
}

/// spec 5.9.13: delta quantizer syntax.
void write_delta_q(BitWriter& w, int delta) {
  w.flag(delta != 0);
  if (delta != 0) w.su(7, delta);
}

/// The inverse of spec 5.9.29 inverse_recenter( r, v ): codes near r come first.
int recenter(int r, int x) {
  if (x > 2 * r) return x;
  return x >= r ? 2 * (x - r) : 2 * (r - x) - 1;
}

/// spec 5.9.28: decode subexp syntax.
void write_subexp(BitWriter& w, int num_syms, int value) {
  constexpr int k = 3;
  for (int i = 0, mk = 0;; i++) {
    const int b2 = i ? k + i - 1 : k;
    const int a = 1 << b2;
    if (num_syms <= mk + 3 * a) {
      w.ns(static_cast<uint32_t>(num_syms - mk), static_cast<uint32_t>(value - mk));
      return;
    }
    const bool more = value >= mk + a;
    w.flag(more);
    if (!more) {
      w.f(b2, static_cast<uint32_t>(value - mk));
      return;
    }
    mk += a;
  }
}

/// spec 5.9.26, 5.9.27: a value in low..high-1 coded around r.
void write_signed_subexp_with_ref(BitWriter& w, int low, int high, int r, int value) {
  check(value >= low && value < high, "warp parameter outside its range");
  const int mx = high - low;
  const int ref = r - low, x = value - low;
  write_subexp(w, mx, 2 * ref <= mx ? recenter(ref, x) : recenter(mx - 1 - ref, mx - 1 - x));
}

/// spec 5.9.25: global param syntax.
void write_global_param(BitWriter& w, const GlobalMotion& gm, const GlobalMotion& previous, int idx,
                        bool high_precision) {
  constexpr int kAbsAlphaBits = 12, kAlphaPrecBits = 15, kAbsTransOnlyBits = 9, kTransOnlyPrecBits = 3,
                kAbsTransBits = 12, kTransPrecBits = 6;
  int abs_bits = kAbsAlphaBits, prec_bits = kAlphaPrecBits;
  if (idx < 2) {
    const bool only = gm.gm_type == TRANSLATION;
    abs_bits = only ? kAbsTransOnlyBits - !high_precision : kAbsTransBits;
    prec_bits = only ? kTransOnlyPrecBits - !high_precision : kTransPrecBits;
  }
  const int prec_diff = WARPEDMODEL_PREC_BITS - prec_bits;
  const int round = idx % 3 == 2 ? 1 << WARPEDMODEL_PREC_BITS : 0;
  const int sub = idx % 3 == 2 ? 1 << prec_bits : 0;
  const int mx = 1 << abs_bits;
  write_signed_subexp_with_ref(w, -mx, mx + 1, (previous.gm_params[idx] >> prec_diff) - sub,
                               (gm.gm_params[idx] - round) >> prec_diff);
}

/// spec 5.9.15: the explicit sizes of tiles along one axis.
template <size_t N>
void write_tile_sizes(BitWriter& w, const Array<int, N>& starts, int count, int sb_shift, int sbs,
                      int max_size) {
  for (int i = 0, start = 0; i < count; i++) {
    const int end = i + 1 == count ? sbs : starts[i + 1] >> sb_shift;
    w.ns(static_cast<uint32_t>(std::min(sbs - start, max_size)), static_cast<uint32_t>(end - start - 1));
    start = end;
  }
}

}  // namespace

/// spec 5.9.15: tile info syntax.
void write_tile_info(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  const TileInfo& t = hdr.tile_info;
  const TileLimits l = tile_limits(hdr.size.mi_cols, hdr.size.mi_rows, seq.use_128x128_superblock);
  w.flag(t.uniform_tile_spacing_flag);
  if (t.uniform_tile_spacing_flag) {
    write_increments(w, l.min_log2_tile_cols, t.tile_cols_log2, l.max_log2_tile_cols);
    write_increments(w, l.min_log2_tile_rows(t.tile_cols_log2), t.tile_rows_log2, l.max_log2_tile_rows);
  } else {
    int widest = 0;
    for (int i = 0; i < t.tile_cols; i++) {
      const int end = i + 1 == t.tile_cols ? l.sb_cols : t.mi_col_starts[i + 1] >> l.sb_shift;
      widest = std::max(widest, end - (t.mi_col_starts[i] >> l.sb_shift));
    }
    write_tile_sizes(w, t.mi_col_starts, t.tile_cols, l.sb_shift, l.sb_cols, l.max_tile_width_sb);
    const int sbs = l.sb_rows * l.sb_cols;
    const int max_area = l.min_log2_tiles > 0 ? sbs >> (l.min_log2_tiles + 1) : sbs;
    write_tile_sizes(w, t.mi_row_starts, t.tile_rows, l.sb_shift, l.sb_rows, std::max(max_area / widest, 1));
  }
  if (t.tile_cols_log2 > 0 || t.tile_rows_log2 > 0) {
    w.f(t.tile_rows_log2 + t.tile_cols_log2, t.context_update_tile_id);
    w.f(2, static_cast<uint32_t>(t.tile_size_bytes - 1));
  }
}

/// spec 5.9.12: quantization params syntax.
void write_quantization_params(BitWriter& w, const QuantizationParams& q, const SequenceHeader& seq) {
  const bool separate = seq.color_config.separate_uv_delta_q;
  w.f(8, q.base_q_idx);
  write_delta_q(w, q.delta_q_y_dc);
  if (seq.num_planes() > 1) {
    const bool differ = separate && q.diff_uv_delta;
    if (separate) w.flag(differ);
    write_delta_q(w, q.delta_q_u_dc);
    write_delta_q(w, q.delta_q_u_ac);
    if (differ) {
      write_delta_q(w, q.delta_q_v_dc);
      write_delta_q(w, q.delta_q_v_ac);
    }
  }
  w.flag(q.using_qmatrix);
  if (q.using_qmatrix) {
    w.f(4, q.qm_y);
    w.f(4, q.qm_u);
    if (separate) w.f(4, q.qm_v);
  }
}

/// spec 5.9.14: segmentation params syntax.
void write_segmentation_params(BitWriter& w, const FrameHeader& hdr) {
  const SegmentationParams& s = hdr.segmentation;
  w.flag(s.segmentation_enabled);
  if (!s.segmentation_enabled) return;
  if (hdr.primary_ref_frame != PRIMARY_REF_NONE) {
    w.flag(s.segmentation_update_map);
    if (s.segmentation_update_map) w.flag(s.segmentation_temporal_update);
    w.flag(s.segmentation_update_data);
    if (!s.segmentation_update_data) return;
  }
  for (int i = 0; i < MAX_SEGMENTS; i++)
    for (int j = 0; j < SEG_LVL_MAX; j++) {
      w.flag(s.feature_enabled[i][j]);
      if (!s.feature_enabled[i][j]) continue;
      if (Segmentation_Feature_Signed[j])
        w.su(1 + Segmentation_Feature_Bits[j], s.feature_data[i][j]);
      else
        w.f(Segmentation_Feature_Bits[j], static_cast<uint32_t>(s.feature_data[i][j]));
    }
}

/// spec 5.9.17, 5.9.18: quantizer index and loop filter delta parameters syntax.
void write_delta_params(BitWriter& w, const FrameHeader& hdr) {
  const DeltaParams& d = hdr.delta;
  if (hdr.quantization.base_q_idx == 0) return;
  w.flag(d.delta_q_present);
  if (!d.delta_q_present) return;
  w.f(2, d.delta_q_res);
  if (hdr.allow_intrabc) return;
  w.flag(d.delta_lf_present);
  if (d.delta_lf_present) {
    w.f(2, d.delta_lf_res);
    w.flag(d.delta_lf_multi);
  }
}

/// spec 5.9.11: loop filter params syntax.
void write_loop_filter_params(BitWriter& w, const LoopFilterParams& lf, const LoopFilterDeltas& previous,
                              int num_planes) {
  w.f(6, lf.loop_filter_level[0]);
  w.f(6, lf.loop_filter_level[1]);
  if (num_planes > 1 && (lf.loop_filter_level[0] || lf.loop_filter_level[1])) {
    w.f(6, lf.loop_filter_level[2]);
    w.f(6, lf.loop_filter_level[3]);
  }
  w.f(3, lf.loop_filter_sharpness);
  w.flag(lf.loop_filter_delta_enabled);
  if (!lf.loop_filter_delta_enabled) return;
  w.flag(lf.loop_filter_delta_update);
  if (!lf.loop_filter_delta_update) return;
  const auto write_changed = [&w](const auto& now, const auto& before) {
    for (size_t i = 0; i < now.size(); i++) {
      w.flag(now[i] != before[i]);
      if (now[i] != before[i]) w.su(7, now[i]);
    }
  };
  write_changed(lf.deltas.loop_filter_ref_deltas, previous.loop_filter_ref_deltas);
  write_changed(lf.deltas.loop_filter_mode_deltas, previous.loop_filter_mode_deltas);
}

/// spec 5.9.19: CDEF params syntax.
void write_cdef_params(BitWriter& w, const CdefParams& cdef, int num_planes) {
  const auto write_strength = [&w](int pri, int sec) {
    w.f(4, static_cast<uint32_t>(pri));
    w.f(2, static_cast<uint32_t>(sec == 4 ? 3 : sec));
  };
  w.f(2, static_cast<uint32_t>(cdef.cdef_damping - 3));
  w.f(2, cdef.cdef_bits);
  for (int i = 0; i < 1 << cdef.cdef_bits; i++) {
    write_strength(cdef.cdef_y_pri_strength[i], cdef.cdef_y_sec_strength[i]);
    if (num_planes > 1) write_strength(cdef.cdef_uv_pri_strength[i], cdef.cdef_uv_sec_strength[i]);
  }
}

/// spec 5.9.20: loop restoration params syntax.
void write_lr_params(BitWriter& w, const LoopRestorationParams& lr, const SequenceHeader& seq) {
  // The inverse of Remap_Lr_Type: RESTORE_NONE, RESTORE_WIENER, RESTORE_SGRPROJ, RESTORE_SWITCHABLE.
  constexpr Array<uint8_t, 4> kLrType = {0, 2, 3, 1};
  bool uses_chroma = false;
  for (int plane = 0; plane < seq.num_planes(); plane++) {
    w.f(2, kLrType[lr.frame_restoration_type[plane]]);
    uses_chroma = uses_chroma || (plane > 0 && lr.frame_restoration_type[plane] != RESTORE_NONE);
  }
  if (!lr.uses_lr()) return;
  if (seq.use_128x128_superblock) {
    check(lr.lr_unit_shift > 0, "restoration units smaller than a superblock");
    w.flag(lr.lr_unit_shift == 2);
  } else {
    w.flag(lr.lr_unit_shift > 0);
    if (lr.lr_unit_shift > 0) w.flag(lr.lr_unit_shift == 2);
  }
  if (seq.color_config.subsampling_x && seq.color_config.subsampling_y && uses_chroma) w.f(1, lr.lr_uv_shift);
}

/// spec 5.9.24: global motion params syntax.
void write_global_motion_params(BitWriter& w, const FrameHeader& hdr, const GlobalMotionParams& previous) {
  for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) {
    const GlobalMotion& gm = hdr.global_motion[ref];
    const auto param = [&](int idx) {
      write_global_param(w, gm, previous[ref], idx, hdr.allow_high_precision_mv);
    };
    w.flag(gm.gm_type != IDENTITY);  // is_global
    if (gm.gm_type == IDENTITY) continue;
    w.flag(gm.gm_type == ROTZOOM);  // is_rot_zoom
    if (gm.gm_type != ROTZOOM) w.flag(gm.gm_type == TRANSLATION);
    if (gm.gm_type >= ROTZOOM) {
      param(2);
      param(3);
    }
    if (gm.gm_type == AFFINE) {
      param(4);
      param(5);
    }
    param(0);
    param(1);
  }
}

/// spec 5.9.30: film grain params syntax.
void write_film_grain_params(BitWriter& w, const FrameHeader& hdr, const SequenceHeader& seq) {
  const FilmGrainParams& g = hdr.film_grain;
  const ColorConfig& c = seq.color_config;
  const auto write_points = [&w](int n, const auto& value, const auto& scaling) {
    w.f(4, static_cast<uint32_t>(n));
    for (int i = 0; i < n; i++) {
      w.f(8, value[i]);
      w.f(8, scaling[i]);
    }
  };
  const auto write_coeffs = [&w](int n, const auto& coeffs) {
    for (int i = 0; i < n; i++) w.f(8, coeffs[i]);
  };
  w.flag(g.apply_grain);
  if (!g.apply_grain) return;
  w.f(16, g.grain_seed);
  if (hdr.frame_type == INTER_FRAME) {
    w.flag(g.update_grain);
    if (!g.update_grain) {
      w.f(3, g.film_grain_params_ref_idx);
      return;
    }
  }
  write_points(g.num_y_points, g.point_y_value, g.point_y_scaling);
  if (!c.mono_chrome) w.flag(g.chroma_scaling_from_luma);
  if (!c.mono_chrome && !g.chroma_scaling_from_luma &&
      !(c.subsampling_x && c.subsampling_y && g.num_y_points == 0)) {
    write_points(g.num_cb_points, g.point_cb_value, g.point_cb_scaling);
    write_points(g.num_cr_points, g.point_cr_value, g.point_cr_scaling);
  }
  w.f(2, g.grain_scaling_minus_8);
  w.f(2, g.ar_coeff_lag);
  const int luma_coeffs = 2 * g.ar_coeff_lag * (g.ar_coeff_lag + 1);
  const int chroma_coeffs = luma_coeffs + (g.num_y_points > 0);
  if (g.num_y_points) write_coeffs(luma_coeffs, g.ar_coeffs_y_plus_128);
  if (g.chroma_scaling_from_luma || g.num_cb_points) write_coeffs(chroma_coeffs, g.ar_coeffs_cb_plus_128);
  if (g.chroma_scaling_from_luma || g.num_cr_points) write_coeffs(chroma_coeffs, g.ar_coeffs_cr_plus_128);
  w.f(2, g.ar_coeff_shift_minus_6);
  w.f(2, g.grain_scale_shift);
  if (g.num_cb_points) {
    w.f(8, g.cb_mult);
    w.f(8, g.cb_luma_mult);
    w.f(9, g.cb_offset);
  }
  if (g.num_cr_points) {
    w.f(8, g.cr_mult);
    w.f(8, g.cr_luma_mult);
    w.f(9, g.cr_offset);
  }
  w.flag(g.overlap_flag);
  w.flag(g.clip_to_restricted_range);
}

}  // namespace tessera
