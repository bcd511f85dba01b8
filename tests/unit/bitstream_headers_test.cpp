// Headers written, then read by the parser, which is written from the specification on its own: every field
// comes back. The headers are random, brought to the canonical form in which the syntax infers what it does
// not code.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "base/int_math.h"
#include "bitstream/frame_header_writer.h"
#include "bitstream/sequence_header_writer.h"
#include "frame/tile_layout.h"
#include "spec/mode_tables.h"
#include "tests/support/parser/container.h"
#include "tests/support/parser/header_parser.h"

namespace tessera {
namespace {

parser::Bytes view(const ByteVector& v) {
  return {v.data(), static_cast<ptrdiff_t>(v.size())};
}

class Fuzz {
 public:
  explicit Fuzz(uint32_t seed) : rng_(seed) {}

  int below(int n) { return static_cast<int>(rng_() % static_cast<uint32_t>(n)); }
  int in(int lo, int hi) { return lo + below(hi - lo + 1); }
  bool chance(int percent) { return below(100) < percent; }
  bool coin() { return chance(50); }
  uint8_t byte(int n) { return static_cast<uint8_t>(below(n)); }
  uint32_t bits(int n) { return n == 0 ? 0 : static_cast<uint32_t>(rng_() & ((uint64_t{1} << n) - 1)); }

  SequenceHeader sequence() {
    SequenceHeader s;
    s.seq_profile = byte(3);
    s.reduced_still_picture_header = s.still_picture = chance(10);
    s.operating_points[0].seq_level_idx = byte(24);
    if (!s.reduced_still_picture_header) timing_and_points(s);
    s.max_frame_width_minus_1 = in(7, 5000);
    s.max_frame_height_minus_1 = in(7, 3000);
    s.frame_width_bits_minus_1 = static_cast<uint8_t>(in(13, 15));
    s.frame_height_bits_minus_1 = static_cast<uint8_t>(in(12, 15));
    s.use_128x128_superblock = coin();
    s.enable_filter_intra = coin();
    s.enable_intra_edge_filter = coin();
    if (s.reduced_still_picture_header) {
      s.enable_interintra_compound = s.enable_masked_compound = s.enable_warped_motion =
          s.enable_dual_filter = false;
      s.enable_order_hint = s.enable_jnt_comp = s.enable_ref_frame_mvs = false;
    } else {
      inter_tools(s);
    }
    if (!s.enable_order_hint) s.order_hint_bits = 0;
    s.enable_superres = chance(30);
    s.enable_cdef = coin();
    s.enable_restoration = coin();
    s.color_config = color(s.seq_profile);
    s.film_grain_params_present = chance(30);
    return s;
  }

  /// The slots as the parser sees them before a frame.
  std::unique_ptr<parser::References> references(const SequenceHeader& seq) {
    auto refs = std::make_unique<parser::References>();
    for (parser::Reference& ref : *refs) {
      ref.valid = true;
      ref.hdr.frame_type = chance(20) ? KEY_FRAME : INTER_FRAME;
      ref.hdr.order_hint = static_cast<int>(bits(seq.order_hint_bits));
      ref.hdr.size =
          make_frame_size(in(8, seq.max_frame_width_minus_1 + 1), in(8, seq.max_frame_height_minus_1 + 1));
      ref.hdr.segmentation = segmentation();
      ref.hdr.loop_filter.deltas = deltas();
      for (int i = LAST_FRAME; i <= ALTREF_FRAME; i++) ref.hdr.global_motion[i] = global_motion(true);
      if (seq.film_grain_params_present) ref.hdr.film_grain = grain(seq);
    }
    return refs;
  }

  FrameHeader frame(const SequenceHeader& seq, const parser::References& refs) {
    FrameHeader h;
    for (int i = 0; i < NUM_REF_FRAMES; i++) h.ref_order_hint[i] = refs[i].hdr.order_hint;
    if (!seq.reduced_still_picture_header && chance(8)) return show_existing(h, seq, refs);
    kind(h, seq);
    identity(h, seq);
    if (!h.frame_is_intra()) references_and_motion(h, seq, refs);
    size(h, seq, refs);
    h.allow_intrabc = h.frame_is_intra() && h.allow_screen_content_tools &&
                      h.size.upscaled_width == h.size.frame_width && chance(20);
    h.disable_frame_end_update_cdf = seq.reduced_still_picture_header || h.disable_cdf_update || coin();
    const parser::Reference* primary =
        h.primary_ref_frame == PRIMARY_REF_NONE ? nullptr : &refs[h.ref_frame_idx[h.primary_ref_frame]];
    tiles(h, seq);
    quantization(h, seq, primary);
    filters(h, seq, primary);
    modes(h, seq);
    if (seq.film_grain_params_present && (h.show_frame || h.showable_frame)) film_grain(h, seq, refs);
    return h;
  }

 private:
  void timing_and_points(SequenceHeader& s) {
    s.timing_info_present_flag = coin();
    if (s.timing_info_present_flag) {
      s.timing_info = {bits(32), bits(32), coin(), 0};
      if (s.timing_info.equal_picture_interval) s.timing_info.num_ticks_per_picture_minus_1 = bits(in(1, 31));
      s.decoder_model_info_present_flag = coin();
      if (s.decoder_model_info_present_flag) s.decoder_model_info = {byte(32), bits(32), byte(32), byte(32)};
    }
    s.initial_display_delay_present_flag = coin();
    s.operating_points_cnt_minus_1 = chance(70) ? 0 : byte(32);
    for (int i = 0; i <= s.operating_points_cnt_minus_1; i++) {
      OperatingPoint& op = s.operating_points[i];
      op.operating_point_idc = static_cast<uint16_t>(bits(12));
      op.seq_level_idx = byte(24);
      op.seq_tier = op.seq_level_idx > 7 ? byte(2) : 0;
      if (s.decoder_model_info_present_flag && coin()) {
        const int n = s.decoder_model_info.buffer_delay_length_minus_1 + 1;
        op.decoder_model_present_for_this_op = true;
        op.decoder_buffer_delay = bits(n);
        op.encoder_buffer_delay = bits(n);
        op.low_delay_mode_flag = coin();
      }
      if (s.initial_display_delay_present_flag && coin()) {
        op.initial_display_delay_present_for_this_op = true;
        op.initial_display_delay_minus_1 = byte(16);
      }
    }
    s.frame_id_numbers_present_flag = chance(30);
    if (s.frame_id_numbers_present_flag) {
      s.delta_frame_id_length_minus_2 = byte(8);
      s.additional_frame_id_length_minus_1 = byte(6);
    }
  }

  void inter_tools(SequenceHeader& s) {
    s.enable_interintra_compound = coin();
    s.enable_masked_compound = coin();
    s.enable_warped_motion = coin();
    s.enable_dual_filter = coin();
    s.enable_order_hint = chance(85);
    s.enable_jnt_comp = s.enable_order_hint && coin();
    s.enable_ref_frame_mvs = s.enable_order_hint && coin();
    s.order_hint_bits = static_cast<uint8_t>(in(1, 8));
    s.seq_force_screen_content_tools = byte(3);
    s.seq_force_integer_mv =
        s.seq_force_screen_content_tools ? byte(3) : static_cast<uint8_t>(SELECT_INTEGER_MV);
  }

  ColorConfig color(int profile) {
    ColorConfig c;
    c.bit_depth = coin() ? 8 : profile == 2 && coin() ? 12 : 10;
    c.mono_chrome = profile != 1 && chance(20);
    c.color_description_present_flag = coin();
    if (c.color_description_present_flag) {
      const bool srgb = profile == 1 && coin();
      c.color_primaries = srgb ? CP_BT_709 : 9;
      c.transfer_characteristics = srgb ? TC_SRGB : 16;
      c.matrix_coefficients = srgb ? MC_IDENTITY : 9;
    }
    c.color_range = coin();
    if (c.mono_chrome) return c;
    c.separate_uv_delta_q = coin();
    c.subsampling_x = profile != 1;
    c.subsampling_y = profile == 0;
    if (profile == 2 && c.bit_depth == 12) {
      c.subsampling_x = byte(2);
      c.subsampling_y = c.subsampling_x ? byte(2) : 0;
    }
    if (c.subsampling_x && c.subsampling_y) c.chroma_sample_position = byte(3);
    if (c.transfer_characteristics == TC_SRGB) c.color_range = true;
    return c;
  }

  // Out of line: inlined into frame(), GCC 12.2 at -O3 loses the two assignments from the slot's header.
  [[gnu::noinline]] FrameHeader show_existing(FrameHeader h, const SequenceHeader& seq, const parser::References& refs) {
    h.show_existing_frame = true;
    h.frame_to_show_map_idx = byte(8);
    presentation_time(h, seq);
    if (seq.frame_id_numbers_present_flag) h.display_frame_id = bits(seq.frame_id_length());
    h.frame_type = refs[h.frame_to_show_map_idx].hdr.frame_type;
    h.refresh_frame_flags = h.frame_type == KEY_FRAME ? kAllFrames : 0;
    h.film_grain = refs[h.frame_to_show_map_idx].hdr.film_grain;
    return h;
  }

  void presentation_time(FrameHeader& h, const SequenceHeader& seq) {
    if (seq.decoder_model_info_present_flag && !seq.timing_info.equal_picture_interval)
      h.frame_presentation_time = bits(seq.decoder_model_info.frame_presentation_time_length_minus_1 + 1);
  }

  void kind(FrameHeader& h, const SequenceHeader& seq) {
    if (seq.reduced_still_picture_header) return;
    h.frame_type = chance(60) ? INTER_FRAME : static_cast<FrameType>(below(4));
    h.show_frame = coin();
    if (h.show_frame) presentation_time(h, seq);
    h.showable_frame = h.show_frame ? h.frame_type != KEY_FRAME : coin();
    const bool shown_key = h.frame_type == KEY_FRAME && h.show_frame;
    h.error_resilient_mode = h.frame_type == SWITCH_FRAME || shown_key || chance(30);
  }

  void identity(FrameHeader& h, const SequenceHeader& seq) {
    const bool shown_key = h.frame_type == KEY_FRAME && h.show_frame;
    if (shown_key) h.ref_order_hint = {};
    h.disable_cdf_update = chance(20);
    h.allow_screen_content_tools = seq.seq_force_screen_content_tools == SELECT_SCREEN_CONTENT_TOOLS
                                       ? coin()
                                       : seq.seq_force_screen_content_tools != 0;
    h.force_integer_mv =
        h.allow_screen_content_tools &&
        (seq.seq_force_integer_mv == SELECT_INTEGER_MV ? coin() : seq.seq_force_integer_mv != 0);
    if (h.frame_is_intra()) h.force_integer_mv = true;
    if (seq.frame_id_numbers_present_flag) h.current_frame_id = bits(seq.frame_id_length());
    h.frame_size_override_flag =
        h.frame_type == SWITCH_FRAME || (!seq.reduced_still_picture_header && chance(30));
    h.order_hint = static_cast<int>(bits(seq.order_hint_bits));
    if (!h.frame_is_intra() && !h.error_resilient_mode) h.primary_ref_frame = byte(8);
    if (seq.decoder_model_info_present_flag && coin()) {
      h.buffer_removal_time_present_flag = true;
      for (int i = 0; i <= seq.operating_points_cnt_minus_1; i++) {
        const OperatingPoint& op = seq.operating_points[i];
        const bool in_layers = (op.operating_point_idc & 1) && (op.operating_point_idc >> 8 & 1);
        if (op.decoder_model_present_for_this_op && (op.operating_point_idc == 0 || in_layers))
          h.buffer_removal_time[i] = bits(seq.decoder_model_info.buffer_removal_time_length_minus_1 + 1);
      }
    }
    if (h.frame_type != SWITCH_FRAME && !shown_key) h.refresh_frame_flags = byte(255);
    if (h.error_resilient_mode && seq.enable_order_hint &&
        (!h.frame_is_intra() || h.refresh_frame_flags != kAllFrames))
      for (int& hint : h.ref_order_hint) hint = static_cast<int>(bits(seq.order_hint_bits));
  }

  void references_and_motion(FrameHeader& h, const SequenceHeader& seq, const parser::References&) {
    for (int i = 0; i < REFS_PER_FRAME; i++) {
      h.ref_frame_idx[i] = byte(8);
      if (seq.frame_id_numbers_present_flag)
        h.delta_frame_id_minus_1[i] = bits(seq.delta_frame_id_length_minus_2 + 2);
    }
    h.allow_high_precision_mv = !h.force_integer_mv && coin();
    h.is_filter_switchable = coin();
    h.interpolation_filter = h.is_filter_switchable ? SWITCHABLE : static_cast<InterpFilter>(below(4));
    h.is_motion_mode_switchable = coin();
    h.use_ref_frame_mvs = !h.error_resilient_mode && seq.enable_ref_frame_mvs && coin();
  }

  void size(FrameHeader& h, const SequenceHeader& seq, const parser::References& refs) {
    int width = seq.max_frame_width_minus_1 + 1, height = seq.max_frame_height_minus_1 + 1;
    if (h.frame_size_override_flag) {
      width = in(8, width);
      height = in(8, height);
      if (!h.frame_is_intra() && !h.error_resilient_mode && coin()) {
        h.found_ref = static_cast<int8_t>(below(REFS_PER_FRAME));
        const FrameSize& ref = refs[h.ref_frame_idx[h.found_ref]].hdr.size;
        width = ref.upscaled_width;
        height = ref.frame_height;
      }
    }
    h.size = make_frame_size(width, height);
    if (h.found_ref < 0 && chance(30)) {
      h.size.render_width = in(1, 65536);
      h.size.render_height = in(1, 65536);
    }
    if (seq.enable_superres && coin()) {
      h.size.use_superres = true;
      h.size.superres_denom = static_cast<uint8_t>(in(9, 16));
      h.size.frame_width = (width * 8 + h.size.superres_denom / 2) / h.size.superres_denom;
      h.size.mi_cols = 2 * ((h.size.frame_width + 7) >> 3);
    }
  }

  void tiles(FrameHeader& h, const SequenceHeader& seq) {
    const bool sb128 = seq.use_128x128_superblock;
    TileInfo& t = h.tile_info;
    t = uniform_tile_layout(h.size.mi_cols, h.size.mi_rows, sb128, below(5), below(5));
    if (coin()) {
      const TileLimits l = tile_limits(h.size.mi_cols, h.size.mi_rows, sb128);
      t = TileInfo{};
      t.uniform_tile_spacing_flag = false;
      int widest = 0;
      const int least = div_ceil(l.sb_cols, MAX_TILE_COLS);
      t.tile_cols =
          split(t.mi_col_starts, l.sb_cols, least, l.max_tile_width_sb, l.sb_shift, h.size.mi_cols, &widest);
      const int sbs = l.sb_rows * l.sb_cols;
      const int area = l.min_log2_tiles > 0 ? sbs >> (l.min_log2_tiles + 1) : sbs;
      t.tile_rows = split(t.mi_row_starts, l.sb_rows, 1, std::max(area / widest, 1), l.sb_shift,
                          h.size.mi_rows, nullptr);
      t.tile_cols_log2 = static_cast<uint8_t>(tile_log2(1, t.tile_cols));
      t.tile_rows_log2 = static_cast<uint8_t>(tile_log2(1, t.tile_rows));
    }
    t.context_update_tile_id = static_cast<uint16_t>(below(t.num_tiles()));
    if (t.num_tiles() > 1 || t.tile_cols_log2 || t.tile_rows_log2)
      t.tile_size_bytes = static_cast<uint8_t>(in(1, 4));
  }

  template <size_t N>
  uint8_t split(Array<int, N>& starts, int sbs, int least, int most, int shift, int end, int* widest) {
    uint8_t n = 0;
    for (int sb = 0; sb < sbs;) {
      starts[n++] = sb << shift;
      const int step = std::min({sbs - sb, most, in(least, std::max(least, most))});
      if (widest) *widest = std::max(*widest, step);
      sb += step;
    }
    starts[n] = end;
    return n;
  }

  SegmentationParams segmentation() {
    SegmentationParams s;
    for (int i = 0; i < MAX_SEGMENTS; i++)
      for (int j = 0; j < SEG_LVL_MAX; j++) {
        s.feature_enabled[i][j] = chance(20);
        const int max = Segmentation_Feature_Max[j];
        if (s.feature_enabled[i][j])
          s.feature_data[i][j] = static_cast<int16_t>(in(Segmentation_Feature_Signed[j] ? -max : 0, max));
      }
    return s;
  }

  void quantization(FrameHeader& h, const SequenceHeader& seq, const parser::Reference* primary) {
    QuantizationParams& q = h.quantization;
    const auto delta = [this] { return static_cast<int8_t>(coin() ? 0 : in(-64, 63)); };
    q.base_q_idx = chance(20) ? 0 : byte(256);
    const bool separate = seq.color_config.separate_uv_delta_q;
    if (chance(60)) {
      q.delta_q_y_dc = delta();
      if (seq.num_planes() > 1) {
        q.delta_q_u_dc = q.delta_q_v_dc = delta();
        q.delta_q_u_ac = q.delta_q_v_ac = delta();
        q.diff_uv_delta = separate && coin();
        if (q.diff_uv_delta) {
          q.delta_q_v_dc = delta();
          q.delta_q_v_ac = delta();
        }
      }
    }
    q.using_qmatrix = coin();
    if (q.using_qmatrix) {
      q.qm_y = byte(16);
      q.qm_u = byte(16);
      q.qm_v = separate ? byte(16) : q.qm_u;
    }
    SegmentationParams& s = h.segmentation;
    if (coin()) {
      s = segmentation();
      s.segmentation_enabled = s.segmentation_update_map = s.segmentation_update_data = true;
      if (primary) {
        s.segmentation_update_map = coin();
        s.segmentation_temporal_update = s.segmentation_update_map && coin();
        s.segmentation_update_data = coin();
        if (!s.segmentation_update_data) {
          s.feature_enabled = primary->hdr.segmentation.feature_enabled;
          s.feature_data = primary->hdr.segmentation.feature_data;
        }
      }
      s.derive();
    }
    if (q.base_q_idx > 0 && coin()) {
      h.delta.delta_q_present = true;
      h.delta.delta_q_res = byte(4);
      if (!h.allow_intrabc && coin()) {
        h.delta.delta_lf_present = true;
        h.delta.delta_lf_res = byte(4);
        h.delta.delta_lf_multi = coin();
      }
    }
    derive_lossless(h);
  }

  LoopFilterDeltas deltas() {
    LoopFilterDeltas d;
    for (int8_t& v : d.loop_filter_ref_deltas) v = static_cast<int8_t>(in(-64, 63));
    for (int8_t& v : d.loop_filter_mode_deltas) v = static_cast<int8_t>(in(-64, 63));
    return d;
  }

  void filters(FrameHeader& h, const SequenceHeader& seq, const parser::Reference* primary) {
    const bool chroma = seq.num_planes() > 1;
    if (!h.coded_lossless && !h.allow_intrabc) {
      LoopFilterParams& lf = h.loop_filter;
      lf.loop_filter_level[0] = coin() ? 0 : byte(64);
      lf.loop_filter_level[1] = coin() ? 0 : byte(64);
      if (chroma && (lf.loop_filter_level[0] || lf.loop_filter_level[1])) {
        lf.loop_filter_level[2] = byte(64);
        lf.loop_filter_level[3] = byte(64);
      }
      lf.loop_filter_sharpness = byte(8);
      lf.loop_filter_delta_enabled = coin();
      lf.loop_filter_delta_update = lf.loop_filter_delta_enabled && coin();
      if (primary) lf.deltas = primary->hdr.loop_filter.deltas;
      if (lf.loop_filter_delta_update) {
        const LoopFilterDeltas d = deltas();
        for (int i = 0; i < TOTAL_REFS_PER_FRAME; i++)
          if (coin()) lf.deltas.loop_filter_ref_deltas[i] = d.loop_filter_ref_deltas[i];
        if (coin()) lf.deltas.loop_filter_mode_deltas = d.loop_filter_mode_deltas;
      }
      if (seq.enable_cdef) {
        constexpr Array<uint8_t, 4> kSec = {0, 1, 2, 4};
        h.cdef.cdef_damping = static_cast<uint8_t>(in(3, 6));
        h.cdef.cdef_bits = byte(4);
        for (int i = 0; i < 1 << h.cdef.cdef_bits; i++) {
          h.cdef.cdef_y_pri_strength[i] = byte(16);
          h.cdef.cdef_y_sec_strength[i] = kSec[below(4)];
          if (chroma) h.cdef.cdef_uv_pri_strength[i] = byte(16);
          if (chroma) h.cdef.cdef_uv_sec_strength[i] = kSec[below(4)];
        }
      }
    }
    if (!h.all_lossless && !h.allow_intrabc && seq.enable_restoration) restoration(h, seq);
  }

  void restoration(FrameHeader& h, const SequenceHeader& seq) {
    LoopRestorationParams& lr = h.lr;
    for (int plane = 0; plane < seq.num_planes(); plane++)
      lr.frame_restoration_type[plane] = static_cast<RestorationType>(below(4));
    if (!lr.uses_lr()) return;
    lr.lr_unit_shift = static_cast<uint8_t>(in(seq.use_128x128_superblock, 2));
    const bool chroma_lr =
        lr.frame_restoration_type[1] != RESTORE_NONE || lr.frame_restoration_type[2] != RESTORE_NONE;
    if (seq.color_config.subsampling_x && seq.color_config.subsampling_y && chroma_lr)
      lr.lr_uv_shift = byte(2);
    lr.loop_restoration_size[0] = 64 << lr.lr_unit_shift;
    lr.loop_restoration_size[1] = lr.loop_restoration_size[2] = lr.loop_restoration_size[0] >> lr.lr_uv_shift;
  }

  GlobalMotion global_motion(bool high_precision) {
    GlobalMotion gm;
    gm.gm_type = static_cast<WarpModelType>(below(4));
    const int near = in(1, 12);
    const auto alpha = [&](int bias) { return in(-(1 << near), 1 << near) * 2 + bias; };
    if (gm.gm_type >= ROTZOOM) {
      gm.gm_params[2] = alpha(1 << WARPEDMODEL_PREC_BITS);
      gm.gm_params[3] = alpha(0);
      gm.gm_params[4] = gm.gm_type == AFFINE ? alpha(0) : -gm.gm_params[3];
      gm.gm_params[5] = gm.gm_type == AFFINE ? alpha(1 << WARPEDMODEL_PREC_BITS) : gm.gm_params[2];
    }
    const int prec = gm.gm_type == TRANSLATION ? 3 - !high_precision : 6;
    const int range = gm.gm_type == TRANSLATION ? 1 << (9 - !high_precision) : 1 << 12;
    if (gm.gm_type >= TRANSLATION)
      for (int i = 0; i < 2; i++) gm.gm_params[i] = in(-range, range) * (1 << (16 - prec));
    return gm;
  }

  void modes(FrameHeader& h, const SequenceHeader& seq) {
    h.tx_mode = h.coded_lossless ? ONLY_4X4 : coin() ? TX_MODE_SELECT : TX_MODE_LARGEST;
    h.reference_select = !h.frame_is_intra() && coin();
    const SkipModeFrames skip = derive_skip_mode_frames(seq, h);
    h.skip_mode_frame = skip.frame;
    h.skip_mode_present = skip.allowed && coin();
    h.allow_warped_motion =
        !h.frame_is_intra() && !h.error_resilient_mode && seq.enable_warped_motion && coin();
    h.reduced_tx_set = coin();
    if (!h.frame_is_intra())
      for (int ref = LAST_FRAME; ref <= ALTREF_FRAME; ref++)
        h.global_motion[ref] = global_motion(h.allow_high_precision_mv);
  }

  FilmGrainParams grain(const SequenceHeader& seq) {
    FilmGrainParams g;
    const ColorConfig& c = seq.color_config;
    const auto points = [this](uint8_t& n, auto& value, auto& scaling) {
      n = byte(static_cast<int>(value.size()) + 1);
      for (int i = 0; i < n; i++) {
        value[i] = byte(256);
        scaling[i] = byte(256);
      }
    };
    const auto coeffs = [this](int n, auto& values) {
      for (int i = 0; i < n; i++) values[i] = byte(256);
    };
    g.apply_grain = true;
    g.grain_seed = static_cast<uint16_t>(bits(16));
    points(g.num_y_points, g.point_y_value, g.point_y_scaling);
    g.chroma_scaling_from_luma = !c.mono_chrome && coin();
    if (!c.mono_chrome && !g.chroma_scaling_from_luma &&
        !(c.subsampling_x && c.subsampling_y && g.num_y_points == 0)) {
      points(g.num_cb_points, g.point_cb_value, g.point_cb_scaling);
      points(g.num_cr_points, g.point_cr_value, g.point_cr_scaling);
    }
    g.grain_scaling_minus_8 = byte(4);
    g.ar_coeff_lag = byte(4);
    const int luma = 2 * g.ar_coeff_lag * (g.ar_coeff_lag + 1), chroma = luma + (g.num_y_points > 0);
    if (g.num_y_points) coeffs(luma, g.ar_coeffs_y_plus_128);
    if (g.chroma_scaling_from_luma || g.num_cb_points) coeffs(chroma, g.ar_coeffs_cb_plus_128);
    if (g.chroma_scaling_from_luma || g.num_cr_points) coeffs(chroma, g.ar_coeffs_cr_plus_128);
    g.ar_coeff_shift_minus_6 = byte(4);
    g.grain_scale_shift = byte(4);
    if (g.num_cb_points) {
      g.cb_mult = byte(256);
      g.cb_luma_mult = byte(256);
      g.cb_offset = static_cast<uint16_t>(bits(9));
    }
    if (g.num_cr_points) {
      g.cr_mult = byte(256);
      g.cr_luma_mult = byte(256);
      g.cr_offset = static_cast<uint16_t>(bits(9));
    }
    g.overlap_flag = coin();
    g.clip_to_restricted_range = coin();
    return g;
  }

  void film_grain(FrameHeader& h, const SequenceHeader& seq, const parser::References& refs) {
    if (coin()) return;
    h.film_grain = grain(seq);
    if (h.frame_type == INTER_FRAME && coin()) {
      const uint16_t seed = h.film_grain.grain_seed;
      const uint8_t idx = h.ref_frame_idx[below(REFS_PER_FRAME)];
      h.film_grain = refs[idx].hdr.film_grain;
      h.film_grain.grain_seed = seed;
      h.film_grain.update_grain = false;
      h.film_grain.film_grain_params_ref_idx = idx;
    }
  }

  std::mt19937 rng_;
};

TEST(SequenceHeader, ReadsBack) {
  for (uint32_t seed = 0; seed < 2000; seed++) {
    const SequenceHeader seq = Fuzz(seed).sequence();
    ByteVector out;
    write_sequence_header(out, seq);
    parser::Bytes rest = view(out);
    const parser::Obu obu = parser::next_obu(rest);
    ASSERT_EQ(obu.type, OBU_SEQUENCE_HEADER);
    ASSERT_EQ(rest.size(), 0);
    parser::BitReader r(obu.payload);
    ASSERT_TRUE(parser::parse_sequence_header(r) == seq) << "seed " << seed;
    ASSERT_TRUE(r.flag());
    ASSERT_LT(r.bits_left(), 8);
  }
}

TEST(SequenceHeader, ConfigurationRecord) {
  SequenceHeader seq;
  seq.operating_points[0].seq_level_idx = 8;
  seq.operating_points[0].seq_tier = 1;
  seq.color_config.bit_depth = 10;
  seq.color_config.chroma_sample_position = CSP_COLOCATED;
  ByteVector av1c, header;
  write_av1c(av1c, seq);
  write_sequence_header(header, seq);
  const ByteVector start(av1c.begin(), av1c.begin() + 4);
  EXPECT_EQ(start, (ByteVector{0x81, 0x08, 0b11001110, 0}));
  EXPECT_EQ(ByteVector(av1c.begin() + 4, av1c.end()), header);
}

TEST(FrameHeader, ReadsBack) {
  int inter = 0, with_primary = 0;
  for (uint32_t seed = 0; seed < 6000; seed++) {
    Fuzz fuzz(seed);
    const SequenceHeader seq = fuzz.sequence();
    const auto refs = fuzz.references(seq);
    const FrameHeader hdr = fuzz.frame(seq, *refs);
    PreviousFrameParams previous;
    if (hdr.primary_ref_frame != PRIMARY_REF_NONE) {
      const FrameHeader& prev = (*refs)[hdr.ref_frame_idx[hdr.primary_ref_frame]].hdr;
      previous = {prev.loop_filter.deltas, prev.segmentation, prev.global_motion};
      with_primary++;
    }
    inter += !hdr.frame_is_intra();
    ByteVector out;
    write_frame_header_obu(out, hdr, {seq, previous});
    parser::Bytes rest = view(out);
    const parser::Obu obu = parser::next_obu(rest);
    ASSERT_EQ(obu.type, OBU_FRAME_HEADER);
    parser::BitReader r(obu.payload);
    const FrameHeader read = parser::parse_frame_header(r, {seq, *refs});
    ASSERT_TRUE(read.quantization == hdr.quantization) << "seed " << seed;
    ASSERT_TRUE(read.tile_info == hdr.tile_info) << "seed " << seed;
    ASSERT_TRUE(read.segmentation == hdr.segmentation) << "seed " << seed;
    ASSERT_TRUE(read.loop_filter == hdr.loop_filter) << "seed " << seed;
    ASSERT_TRUE(read.global_motion == hdr.global_motion) << "seed " << seed;
    ASSERT_TRUE(read.film_grain == hdr.film_grain) << "seed " << seed;
    ASSERT_TRUE(read == hdr) << "seed " << seed;
    ASSERT_TRUE(r.flag()) << "seed " << seed;
    ASSERT_LT(r.bits_left(), 8) << "seed " << seed;
  }
  EXPECT_GT(inter, 1000);
  EXPECT_GT(with_primary, 500);
}

}  // namespace
}  // namespace tessera
