// spec 5.9, reading.
#include "tests/support/parser/header_parser.h"

#include <algorithm>

#include "spec/mode_tables.h"

namespace tessera::parser {
namespace {

/// One frame header being read. Members follow the order of 5.9.
class FrameHeaderParser {
 public:
  FrameHeaderParser(BitReader& reader, const HeaderContext& context)
      : r(reader), seq(context.seq), ctx(context) {}

  FrameHeader parse() {
    for (int i = 0; i < NUM_REF_FRAMES; i++) h.ref_order_hint[i] = ctx.refs[i].hdr.order_hint;
    if (frame_kind()) {
      identity();
      if (h.frame_is_intra()) {
        frame_size();
        render_size();
        h.allow_intrabc =
            h.allow_screen_content_tools && h.size.upscaled_width == h.size.frame_width && r.flag();
      } else {
        inter_setup();
      }
      coding_parameters();
    }
    return h;
  }

 private:
  uint8_t f8(int n) { return static_cast<uint8_t>(r.f(n)); }
  bool shown_key_frame() const { return h.frame_type == KEY_FRAME && h.show_frame; }

  void temporal_point_info() {
    if (seq.decoder_model_info_present_flag && !seq.timing_info.equal_picture_interval)
      h.frame_presentation_time = r.f(seq.decoder_model_info.frame_presentation_time_length_minus_1 + 1);
  }

  /// From show_existing_frame to error_resilient_mode; false where the header ends early.
  bool frame_kind() {
    if (seq.reduced_still_picture_header) return true;
    h.show_existing_frame = r.flag();
    if (h.show_existing_frame) {
      h.frame_to_show_map_idx = f8(3);
      temporal_point_info();
      if (seq.frame_id_numbers_present_flag) h.display_frame_id = r.f(seq.frame_id_length());
      const Reference& ref = ctx.refs[h.frame_to_show_map_idx];
      require(ref.valid, "show_existing_frame of an empty slot");
      h.frame_type = ref.hdr.frame_type;
      h.refresh_frame_flags = h.frame_type == KEY_FRAME ? kAllFrames : 0;
      h.film_grain = ref.hdr.film_grain;
      return false;
    }
    h.frame_type = static_cast<FrameType>(r.f(2));
    h.show_frame = r.flag();
    if (h.show_frame) temporal_point_info();
    h.showable_frame = h.show_frame ? h.frame_type != KEY_FRAME : r.flag();
    h.error_resilient_mode = h.frame_type == SWITCH_FRAME || shown_key_frame() || r.flag();
    return true;
  }

  void identity() {
    const int order_hint_bits = seq.enable_order_hint ? seq.order_hint_bits : 0;
    if (shown_key_frame()) h.ref_order_hint = {};
    h.disable_cdf_update = r.flag();
    h.allow_screen_content_tools = seq.seq_force_screen_content_tools == SELECT_SCREEN_CONTENT_TOOLS
                                       ? r.flag()
                                       : seq.seq_force_screen_content_tools != 0;
    h.force_integer_mv = false;
    if (h.allow_screen_content_tools)
      h.force_integer_mv =
          seq.seq_force_integer_mv == SELECT_INTEGER_MV ? r.flag() : seq.seq_force_integer_mv != 0;
    if (h.frame_is_intra()) h.force_integer_mv = true;
    if (seq.frame_id_numbers_present_flag) h.current_frame_id = r.f(seq.frame_id_length());
    h.frame_size_override_flag =
        h.frame_type == SWITCH_FRAME || (!seq.reduced_still_picture_header && r.flag());
    h.order_hint = static_cast<int>(r.f(order_hint_bits));
    h.primary_ref_frame = h.frame_is_intra() || h.error_resilient_mode ? PRIMARY_REF_NONE : f8(3);
    if (seq.decoder_model_info_present_flag) buffer_removal_times();
    h.refresh_frame_flags = h.frame_type == SWITCH_FRAME || shown_key_frame() ? kAllFrames : f8(8);
    require(h.frame_type != INTRA_ONLY_FRAME || h.refresh_frame_flags != kAllFrames,
            "intra-only frame refreshes all");
    if ((!h.frame_is_intra() || h.refresh_frame_flags != kAllFrames) && h.error_resilient_mode &&
        seq.enable_order_hint)
      for (int& hint : h.ref_order_hint) hint = static_cast<int>(r.f(order_hint_bits));
  }

  void buffer_removal_times() {
    h.buffer_removal_time_present_flag = r.flag();
    if (!h.buffer_removal_time_present_flag) return;
    for (int i = 0; i <= seq.operating_points_cnt_minus_1; i++) {
      const OperatingPoint& op = seq.operating_points[i];
      if (!op.decoder_model_present_for_this_op) continue;
      const bool in_layers = (op.operating_point_idc >> ctx.temporal_id & 1) &&
                             (op.operating_point_idc >> (ctx.spatial_id + 8) & 1);
      if (op.operating_point_idc == 0 || in_layers)
        h.buffer_removal_time[i] = r.f(seq.decoder_model_info.buffer_removal_time_length_minus_1 + 1);
    }
  }

  /// spec 5.9.5, 5.9.8, 5.9.9.
  void frame_size() {
    int width = seq.max_frame_width_minus_1 + 1, height = seq.max_frame_height_minus_1 + 1;
    if (h.frame_size_override_flag) {
      width = static_cast<int>(r.f(seq.frame_width_bits_minus_1 + 1)) + 1;
      height = static_cast<int>(r.f(seq.frame_height_bits_minus_1 + 1)) + 1;
    }
    superres_params(width, height);
  }
  void superres_params(int width, int height) {
    FrameSize& s = h.size;
    s.use_superres = seq.enable_superres && r.flag();
    s.superres_denom = s.use_superres ? static_cast<uint8_t>(r.f(3) + 9) : SUPERRES_NUM;
    s.upscaled_width = width;
    s.frame_width = (width * SUPERRES_NUM + s.superres_denom / 2) / s.superres_denom;
    s.frame_height = height;
    s.mi_cols = 2 * ((s.frame_width + 7) >> 3);
    s.mi_rows = 2 * ((s.frame_height + 7) >> 3);
  }
  void render_size() {
    const bool different = r.flag();
    h.size.render_width = different ? static_cast<int>(r.f(16)) + 1 : h.size.upscaled_width;
    h.size.render_height = different ? static_cast<int>(r.f(16)) + 1 : h.size.frame_height;
  }
  /// spec 5.9.7.
  void frame_size_with_refs() {
    for (int i = 0; i < REFS_PER_FRAME; i++) {
      if (!r.flag()) continue;
      h.found_ref = static_cast<int8_t>(i);
      const FrameSize ref = ctx.refs[h.ref_frame_idx[i]].hdr.size;
      superres_params(ref.upscaled_width, ref.frame_height);
      h.size.render_width = ref.render_width;
      h.size.render_height = ref.render_height;
      return;
    }
    frame_size();
    render_size();
  }

  void inter_setup() {
    const bool short_signaling = seq.enable_order_hint && r.flag();
    if (short_signaling) {
      const int last = static_cast<int>(r.f(3)), gold = static_cast<int>(r.f(3));
      h.ref_frame_idx = set_frame_refs(seq, h, last, gold);
    }
    for (int i = 0; i < REFS_PER_FRAME; i++) {
      if (!short_signaling) h.ref_frame_idx[i] = f8(3);
      if (seq.frame_id_numbers_present_flag)
        h.delta_frame_id_minus_1[i] = r.f(seq.delta_frame_id_length_minus_2 + 2);
    }
    if (h.frame_size_override_flag && !h.error_resilient_mode) {
      frame_size_with_refs();
    } else {
      frame_size();
      render_size();
    }
    h.allow_high_precision_mv = !h.force_integer_mv && r.flag();
    h.is_filter_switchable = r.flag();
    h.interpolation_filter = h.is_filter_switchable ? SWITCHABLE : static_cast<InterpFilter>(r.f(2));
    h.is_motion_mode_switchable = r.flag();
    h.use_ref_frame_mvs = !h.error_resilient_mode && seq.enable_ref_frame_mvs && r.flag();
  }

  void coding_parameters() {
    h.disable_frame_end_update_cdf = seq.reduced_still_picture_header || h.disable_cdf_update || r.flag();
    if (h.primary_ref_frame != PRIMARY_REF_NONE) {
      const FrameHeader& prev = ctx.refs[h.ref_frame_idx[h.primary_ref_frame]].hdr;
      previous = {prev.loop_filter.deltas, prev.segmentation, prev.global_motion};
    }
    tile_info();
    quantization_params();
    segmentation_params();
    delta_params();
    derive_lossless(h);
    loop_filter_params();
    cdef_params();
    lr_params();
    h.tx_mode = h.coded_lossless ? ONLY_4X4 : r.flag() ? TX_MODE_SELECT : TX_MODE_LARGEST;
    h.reference_select = !h.frame_is_intra() && r.flag();
    const SkipModeFrames skip_mode = derive_skip_mode_frames(seq, h);
    h.skip_mode_frame = skip_mode.frame;
    h.skip_mode_present = skip_mode.allowed && r.flag();
    h.allow_warped_motion =
        !h.frame_is_intra() && !h.error_resilient_mode && seq.enable_warped_motion && r.flag();
    h.reduced_tx_set = r.flag();
    if (!h.frame_is_intra())
      for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++) global_motion(ref);
    film_grain_params();
  }

  static int tile_log2(int blk_size, int target) {
    int k = 0;
    while ((blk_size << k) < target) k++;
    return k;
  }
  /// spec 5.9.15.
  void tile_info() {
    TileInfo& t = h.tile_info;
    const int sb_shift = seq.use_128x128_superblock ? 5 : 4, sb_size = sb_shift + 2;
    const int sb_cols = (h.size.mi_cols + (1 << sb_shift) - 1) >> sb_shift;
    const int sb_rows = (h.size.mi_rows + (1 << sb_shift) - 1) >> sb_shift;
    const int max_tile_width_sb = MAX_TILE_WIDTH >> sb_size;
    int max_tile_area_sb = MAX_TILE_AREA >> (2 * sb_size);
    const int min_log2_cols = tile_log2(max_tile_width_sb, sb_cols);
    const int max_log2_cols = tile_log2(1, std::min(sb_cols, MAX_TILE_COLS));
    const int max_log2_rows = tile_log2(1, std::min(sb_rows, MAX_TILE_ROWS));
    const int min_log2_tiles = std::max(min_log2_cols, tile_log2(max_tile_area_sb, sb_rows * sb_cols));
    int cols_log2 = min_log2_cols, rows_log2 = 0, cols = 0, rows = 0;
    t.uniform_tile_spacing_flag = r.flag();
    if (t.uniform_tile_spacing_flag) {
      while (cols_log2 < max_log2_cols && r.flag()) cols_log2++;
      const int width = (sb_cols + (1 << cols_log2) - 1) >> cols_log2;
      for (int sb = 0; sb < sb_cols; sb += width) t.mi_col_starts[cols++] = sb << sb_shift;
      rows_log2 = std::max(min_log2_tiles - cols_log2, 0);
      while (rows_log2 < max_log2_rows && r.flag()) rows_log2++;
      const int height = (sb_rows + (1 << rows_log2) - 1) >> rows_log2;
      for (int sb = 0; sb < sb_rows; sb += height) t.mi_row_starts[rows++] = sb << sb_shift;
    } else {
      int widest = 0;
      for (int sb = 0; sb < sb_cols;) {
        t.mi_col_starts[cols++] = sb << sb_shift;
        const int size =
            static_cast<int>(r.ns(static_cast<uint32_t>(std::min(sb_cols - sb, max_tile_width_sb)))) + 1;
        widest = std::max(widest, size);
        sb += size;
      }
      cols_log2 = tile_log2(1, cols);
      max_tile_area_sb = min_log2_tiles > 0 ? (sb_rows * sb_cols) >> (min_log2_tiles + 1) : sb_rows * sb_cols;
      const int max_height = std::max(max_tile_area_sb / widest, 1);
      for (int sb = 0; sb < sb_rows;) {
        t.mi_row_starts[rows++] = sb << sb_shift;
        sb += static_cast<int>(r.ns(static_cast<uint32_t>(std::min(sb_rows - sb, max_height)))) + 1;
      }
      rows_log2 = tile_log2(1, rows);
    }
    t.mi_col_starts[cols] = h.size.mi_cols;
    t.mi_row_starts[rows] = h.size.mi_rows;
    t.tile_cols = static_cast<uint8_t>(cols);
    t.tile_rows = static_cast<uint8_t>(rows);
    t.tile_cols_log2 = static_cast<uint8_t>(cols_log2);
    t.tile_rows_log2 = static_cast<uint8_t>(rows_log2);
    if (cols_log2 > 0 || rows_log2 > 0) {
      t.context_update_tile_id = static_cast<uint16_t>(r.f(cols_log2 + rows_log2));
      require(t.context_update_tile_id < cols * rows, "context_update_tile_id outside the frame");
      t.tile_size_bytes = static_cast<uint8_t>(r.f(2) + 1);
    }
  }

  int8_t delta_q() { return static_cast<int8_t>(r.flag() ? r.su(7) : 0); }
  /// spec 5.9.12.
  void quantization_params() {
    QuantizationParams& q = h.quantization;
    q.base_q_idx = f8(8);
    q.delta_q_y_dc = delta_q();
    if (seq.num_planes() > 1) {
      q.diff_uv_delta = seq.color_config.separate_uv_delta_q && r.flag();
      q.delta_q_u_dc = q.delta_q_v_dc = delta_q();
      q.delta_q_u_ac = q.delta_q_v_ac = delta_q();
      if (q.diff_uv_delta) {
        q.delta_q_v_dc = delta_q();
        q.delta_q_v_ac = delta_q();
      }
    }
    q.using_qmatrix = r.flag();
    if (q.using_qmatrix) {
      q.qm_y = f8(4);
      q.qm_u = f8(4);
      q.qm_v = seq.color_config.separate_uv_delta_q ? f8(4) : q.qm_u;
    }
  }

  /// spec 5.9.14.
  void segmentation_params() {
    SegmentationParams& s = h.segmentation;
    s.segmentation_enabled = r.flag();
    if (!s.segmentation_enabled) return;
    s.segmentation_update_map = s.segmentation_update_data = true;
    if (h.primary_ref_frame != PRIMARY_REF_NONE) {
      s.segmentation_update_map = r.flag();
      if (s.segmentation_update_map) s.segmentation_temporal_update = r.flag();
      s.segmentation_update_data = r.flag();
    }
    if (s.segmentation_update_data) {
      for (int i = 0; i < MAX_SEGMENTS; i++)
        for (int j = 0; j < SEG_LVL_MAX; j++) {
          s.feature_enabled[i][j] = r.flag();
          if (!s.feature_enabled[i][j]) continue;
          const int bits = Segmentation_Feature_Bits[j], limit = Segmentation_Feature_Max[j];
          const int value = Segmentation_Feature_Signed[j] ? r.su(1 + bits) : static_cast<int>(r.f(bits));
          s.feature_data[i][j] =
              static_cast<int16_t>(std::clamp(value, Segmentation_Feature_Signed[j] ? -limit : 0, limit));
        }
    } else {
      s.feature_enabled = previous.segmentation.feature_enabled;
      s.feature_data = previous.segmentation.feature_data;
    }
    s.derive();
  }

  /// spec 5.9.17, 5.9.18.
  void delta_params() {
    DeltaParams& d = h.delta;
    d.delta_q_present = h.quantization.base_q_idx > 0 && r.flag();
    if (!d.delta_q_present) return;
    d.delta_q_res = f8(2);
    d.delta_lf_present = !h.allow_intrabc && r.flag();
    if (d.delta_lf_present) {
      d.delta_lf_res = f8(2);
      d.delta_lf_multi = r.flag();
    }
  }

  /// spec 5.9.11.
  void loop_filter_params() {
    LoopFilterParams& lf = h.loop_filter;
    if (h.coded_lossless || h.allow_intrabc) return;
    lf.deltas = previous.loop_filter_deltas;
    lf.loop_filter_level[0] = f8(6);
    lf.loop_filter_level[1] = f8(6);
    if (seq.num_planes() > 1 && (lf.loop_filter_level[0] || lf.loop_filter_level[1])) {
      lf.loop_filter_level[2] = f8(6);
      lf.loop_filter_level[3] = f8(6);
    }
    lf.loop_filter_sharpness = f8(3);
    lf.loop_filter_delta_enabled = r.flag();
    lf.loop_filter_delta_update = lf.loop_filter_delta_enabled && r.flag();
    if (!lf.loop_filter_delta_update) return;
    for (int8_t& delta : lf.deltas.loop_filter_ref_deltas)
      if (r.flag()) delta = static_cast<int8_t>(r.su(7));
    for (int8_t& delta : lf.deltas.loop_filter_mode_deltas)
      if (r.flag()) delta = static_cast<int8_t>(r.su(7));
  }

  /// spec 5.9.19.
  void cdef_params() {
    CdefParams& c = h.cdef;
    if (h.coded_lossless || h.allow_intrabc || !seq.enable_cdef) return;
    const auto strength = [this](uint8_t& pri, uint8_t& sec) {
      pri = f8(4);
      sec = f8(2);
      if (sec == 3) sec = 4;
    };
    c.cdef_damping = static_cast<uint8_t>(r.f(2) + 3);
    c.cdef_bits = f8(2);
    for (int i = 0; i < 1 << c.cdef_bits; i++) {
      strength(c.cdef_y_pri_strength[i], c.cdef_y_sec_strength[i]);
      if (seq.num_planes() > 1) strength(c.cdef_uv_pri_strength[i], c.cdef_uv_sec_strength[i]);
    }
  }

  /// spec 5.9.20.
  void lr_params() {
    LoopRestorationParams& lr = h.lr;
    if (h.all_lossless || h.allow_intrabc || !seq.enable_restoration) return;
    bool uses_chroma_lr = false;
    for (int plane = 0; plane < seq.num_planes(); plane++) {
      lr.frame_restoration_type[plane] = Remap_Lr_Type[r.f(2)];
      uses_chroma_lr = uses_chroma_lr || (plane > 0 && lr.frame_restoration_type[plane] != RESTORE_NONE);
    }
    if (!lr.uses_lr()) return;
    if (seq.use_128x128_superblock) {
      lr.lr_unit_shift = static_cast<uint8_t>(r.f(1) + 1);
    } else {
      lr.lr_unit_shift = f8(1);
      if (lr.lr_unit_shift) lr.lr_unit_shift = static_cast<uint8_t>(lr.lr_unit_shift + r.f(1));
    }
    if (seq.color_config.subsampling_x && seq.color_config.subsampling_y && uses_chroma_lr)
      lr.lr_uv_shift = f8(1);
    lr.loop_restoration_size[0] = RESTORATION_TILESIZE_MAX >> (2 - lr.lr_unit_shift);
    lr.loop_restoration_size[1] = lr.loop_restoration_size[2] = lr.loop_restoration_size[0] >> lr.lr_uv_shift;
  }

  /// spec 5.9.24.
  void global_motion(int ref) {
    GlobalMotion& gm = h.global_motion[ref];
    const bool is_global = r.flag();
    if (!is_global) return;
    gm.gm_type = r.flag() ? ROTZOOM : r.flag() ? TRANSLATION : AFFINE;
    if (gm.gm_type >= ROTZOOM) {
      global_param(ref, 2);
      global_param(ref, 3);
      if (gm.gm_type == AFFINE) {
        global_param(ref, 4);
        global_param(ref, 5);
      } else {
        gm.gm_params[4] = -gm.gm_params[3];
        gm.gm_params[5] = gm.gm_params[2];
      }
    }
    global_param(ref, 0);
    global_param(ref, 1);
  }
  /// spec 5.9.25.
  void global_param(int ref, int idx) {
    GlobalMotion& gm = h.global_motion[ref];
    int abs_bits = 12, prec_bits = 15;
    if (idx < 2) {
      abs_bits = gm.gm_type == TRANSLATION ? 9 - !h.allow_high_precision_mv : 12;
      prec_bits = gm.gm_type == TRANSLATION ? 3 - !h.allow_high_precision_mv : 6;
    }
    const int prec_diff = WARPEDMODEL_PREC_BITS - prec_bits;
    const int round = idx % 3 == 2 ? 1 << WARPEDMODEL_PREC_BITS : 0;
    const int sub = idx % 3 == 2 ? 1 << prec_bits : 0;
    const int mx = 1 << abs_bits;
    const int ref_value = (previous.global_motion[ref].gm_params[idx] >> prec_diff) - sub;
    gm.gm_params[idx] = signed_subexp_with_ref(-mx, mx + 1, ref_value) * (1 << prec_diff) + round;
  }
  int signed_subexp_with_ref(int low, int high, int ref) {
    const int mx = high - low, ref0 = ref - low, v = subexp(mx);
    return low + (2 * ref0 <= mx ? inverse_recenter(ref0, v) : mx - 1 - inverse_recenter(mx - 1 - ref0, v));
  }
  int subexp(int num_syms) {
    for (int i = 0, mk = 0;; i++) {
      const int b2 = i ? 3 + i - 1 : 3, a = 1 << b2;
      if (num_syms <= mk + 3 * a) return static_cast<int>(r.ns(static_cast<uint32_t>(num_syms - mk))) + mk;
      if (!r.flag()) return static_cast<int>(r.f(b2)) + mk;
      mk += a;
    }
  }
  static int inverse_recenter(int ref, int v) {
    if (v > 2 * ref) return v;
    return v & 1 ? ref - ((v + 1) >> 1) : ref + (v >> 1);
  }

  /// spec 5.9.30.
  void film_grain_params() {
    FilmGrainParams& g = h.film_grain;
    const ColorConfig& c = seq.color_config;
    if (!seq.film_grain_params_present || (!h.show_frame && !h.showable_frame)) return;
    g.apply_grain = r.flag();
    if (!g.apply_grain) return;
    g.grain_seed = static_cast<uint16_t>(r.f(16));
    g.update_grain = h.frame_type != INTER_FRAME || r.flag();
    if (!g.update_grain) {
      const uint16_t seed = g.grain_seed;
      const uint8_t idx = f8(3);
      g = ctx.refs[idx].hdr.film_grain;
      g.grain_seed = seed;
      g.update_grain = false;
      g.film_grain_params_ref_idx = idx;
      return;
    }
    const auto points = [this](uint8_t& n, auto& value, auto& scaling) {
      n = f8(4);
      require(n <= value.size(), "too many film grain points");
      for (int i = 0; i < n; i++) {
        value[i] = f8(8);
        scaling[i] = f8(8);
      }
    };
    const auto coeffs = [this](int n, auto& values) {
      for (int i = 0; i < n; i++) values[i] = f8(8);
    };
    points(g.num_y_points, g.point_y_value, g.point_y_scaling);
    g.chroma_scaling_from_luma = !c.mono_chrome && r.flag();
    if (!c.mono_chrome && !g.chroma_scaling_from_luma &&
        !(c.subsampling_x && c.subsampling_y && g.num_y_points == 0)) {
      points(g.num_cb_points, g.point_cb_value, g.point_cb_scaling);
      points(g.num_cr_points, g.point_cr_value, g.point_cr_scaling);
    }
    g.grain_scaling_minus_8 = f8(2);
    g.ar_coeff_lag = f8(2);
    const int num_pos_luma = 2 * g.ar_coeff_lag * (g.ar_coeff_lag + 1);
    const int num_pos_chroma = num_pos_luma + (g.num_y_points > 0);
    if (g.num_y_points) coeffs(num_pos_luma, g.ar_coeffs_y_plus_128);
    if (g.chroma_scaling_from_luma || g.num_cb_points) coeffs(num_pos_chroma, g.ar_coeffs_cb_plus_128);
    if (g.chroma_scaling_from_luma || g.num_cr_points) coeffs(num_pos_chroma, g.ar_coeffs_cr_plus_128);
    g.ar_coeff_shift_minus_6 = f8(2);
    g.grain_scale_shift = f8(2);
    const auto multipliers = [this](uint8_t& mult, uint8_t& luma_mult, uint16_t& offset) {
      mult = f8(8);
      luma_mult = f8(8);
      offset = static_cast<uint16_t>(r.f(9));
    };
    if (g.num_cb_points) multipliers(g.cb_mult, g.cb_luma_mult, g.cb_offset);
    if (g.num_cr_points) multipliers(g.cr_mult, g.cr_luma_mult, g.cr_offset);
    g.overlap_flag = r.flag();
    g.clip_to_restricted_range = r.flag();
  }

  BitReader& r;
  const SequenceHeader& seq;
  const HeaderContext& ctx;
  FrameHeader h;
  PreviousFrameParams previous;
};

}  // namespace

FrameHeader parse_frame_header(BitReader& r, const HeaderContext& ctx) {
  return FrameHeaderParser(r, ctx).parse();
}

}  // namespace tessera::parser
