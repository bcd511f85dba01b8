#include "bitstream/sequence_header_writer.h"

#include "bitstream/obu.h"

namespace tessera {
namespace {

/// spec 5.5.2: color config syntax.
void write_color_config(BitWriter& w, int seq_profile, const ColorConfig& c) {
  w.flag(c.bit_depth > 8);  // high_bitdepth
  if (seq_profile == 2 && c.bit_depth > 8) w.flag(c.bit_depth == 12);
  if (seq_profile != 1) w.flag(c.mono_chrome);
  w.flag(c.color_description_present_flag);
  if (c.color_description_present_flag) {
    w.f(8, c.color_primaries);
    w.f(8, c.transfer_characteristics);
    w.f(8, c.matrix_coefficients);
  }
  if (c.mono_chrome) {
    w.flag(c.color_range);
    return;
  }
  const bool srgb = c.color_description_present_flag && c.color_primaries == CP_BT_709 &&
                    c.transfer_characteristics == TC_SRGB && c.matrix_coefficients == MC_IDENTITY;
  if (!srgb) {
    w.flag(c.color_range);
    if (seq_profile == 2 && c.bit_depth == 12) {
      w.f(1, c.subsampling_x);
      if (c.subsampling_x) w.f(1, c.subsampling_y);
    }
    if (c.subsampling_x && c.subsampling_y) w.f(2, c.chroma_sample_position);
  }
  w.flag(c.separate_uv_delta_q);
}

/// spec 5.5.3, 5.5.4: timing info and decoder model info syntax, with the flags in front of them.
void write_timing(BitWriter& w, const SequenceHeader& seq) {
  w.flag(seq.timing_info_present_flag);
  if (!seq.timing_info_present_flag) return;
  const TimingInfo& t = seq.timing_info;
  w.f(32, t.num_units_in_display_tick);
  w.f(32, t.time_scale);
  w.flag(t.equal_picture_interval);
  if (t.equal_picture_interval) w.uvlc(t.num_ticks_per_picture_minus_1);
  w.flag(seq.decoder_model_info_present_flag);
  if (!seq.decoder_model_info_present_flag) return;
  const DecoderModelInfo& m = seq.decoder_model_info;
  w.f(5, m.buffer_delay_length_minus_1);
  w.f(32, m.num_units_in_decoding_tick);
  w.f(5, m.buffer_removal_time_length_minus_1);
  w.f(5, m.frame_presentation_time_length_minus_1);
}

/// spec 5.5.1, 5.5.5: the operating points.
void write_operating_points(BitWriter& w, const SequenceHeader& seq) {
  w.flag(seq.initial_display_delay_present_flag);
  w.f(5, seq.operating_points_cnt_minus_1);
  for (int i = 0; i <= seq.operating_points_cnt_minus_1; i++) {
    const OperatingPoint& op = seq.operating_points[i];
    w.f(12, op.operating_point_idc);
    w.f(5, op.seq_level_idx);
    if (op.seq_level_idx > 7) w.f(1, op.seq_tier);
    if (seq.decoder_model_info_present_flag) {
      w.flag(op.decoder_model_present_for_this_op);
      if (op.decoder_model_present_for_this_op) {
        const int n = seq.decoder_model_info.buffer_delay_length_minus_1 + 1;
        w.f(n, op.decoder_buffer_delay);
        w.f(n, op.encoder_buffer_delay);
        w.flag(op.low_delay_mode_flag);
      }
    }
    if (seq.initial_display_delay_present_flag) {
      w.flag(op.initial_display_delay_present_for_this_op);
      if (op.initial_display_delay_present_for_this_op) w.f(4, op.initial_display_delay_minus_1);
    }
  }
}

/// spec 5.5.1: the tools that a reduced still picture header leaves out.
void write_inter_tools(BitWriter& w, const SequenceHeader& seq) {
  w.flag(seq.enable_interintra_compound);
  w.flag(seq.enable_masked_compound);
  w.flag(seq.enable_warped_motion);
  w.flag(seq.enable_dual_filter);
  w.flag(seq.enable_order_hint);
  if (seq.enable_order_hint) {
    w.flag(seq.enable_jnt_comp);
    w.flag(seq.enable_ref_frame_mvs);
  }
  const bool choose_screen_content = seq.seq_force_screen_content_tools == SELECT_SCREEN_CONTENT_TOOLS;
  w.flag(choose_screen_content);
  if (!choose_screen_content) w.f(1, seq.seq_force_screen_content_tools);
  if (seq.seq_force_screen_content_tools > 0) {
    const bool choose_integer_mv = seq.seq_force_integer_mv == SELECT_INTEGER_MV;
    w.flag(choose_integer_mv);
    if (!choose_integer_mv) w.f(1, seq.seq_force_integer_mv);
  }
  if (seq.enable_order_hint) w.f(3, static_cast<uint32_t>(seq.order_hint_bits - 1));
}

}  // namespace

/// spec 5.5.1: general sequence header OBU syntax.
void write_sequence_header(ByteVector& out, const SequenceHeader& seq) {
  SizedObu obu(out, OBU_SEQUENCE_HEADER);
  BitWriter& w = obu.bits();
  w.f(3, seq.seq_profile);
  w.flag(seq.still_picture);
  w.flag(seq.reduced_still_picture_header);
  if (seq.reduced_still_picture_header) {
    w.f(5, seq.operating_points[0].seq_level_idx);
  } else {
    write_timing(w, seq);
    write_operating_points(w, seq);
  }
  w.f(4, seq.frame_width_bits_minus_1);
  w.f(4, seq.frame_height_bits_minus_1);
  w.f(seq.frame_width_bits_minus_1 + 1, static_cast<uint32_t>(seq.max_frame_width_minus_1));
  w.f(seq.frame_height_bits_minus_1 + 1, static_cast<uint32_t>(seq.max_frame_height_minus_1));
  if (!seq.reduced_still_picture_header) w.flag(seq.frame_id_numbers_present_flag);
  if (seq.frame_id_numbers_present_flag) {
    w.f(4, seq.delta_frame_id_length_minus_2);
    w.f(3, seq.additional_frame_id_length_minus_1);
  }
  w.flag(seq.use_128x128_superblock);
  w.flag(seq.enable_filter_intra);
  w.flag(seq.enable_intra_edge_filter);
  if (!seq.reduced_still_picture_header) write_inter_tools(w, seq);
  w.flag(seq.enable_superres);
  w.flag(seq.enable_cdef);
  w.flag(seq.enable_restoration);
  write_color_config(w, seq.seq_profile, seq.color_config);
  w.flag(seq.film_grain_params_present);
  w.trailing_bits();
}

void write_av1c(ByteVector& out, const SequenceHeader& seq) {
  const OperatingPoint& op = seq.operating_points[0];
  const ColorConfig& c = seq.color_config;
  BitWriter w(out);
  w.f(1, 1);  // marker
  w.f(7, 1);  // version
  w.f(3, seq.seq_profile);
  w.f(5, op.seq_level_idx);
  w.f(1, op.seq_tier);
  w.flag(c.bit_depth > 8);
  w.flag(c.bit_depth == 12);
  w.flag(c.mono_chrome);
  w.f(1, c.subsampling_x);
  w.f(1, c.subsampling_y);
  w.f(2, c.chroma_sample_position);
  w.f(3, 0);  // reserved
  w.flag(op.initial_display_delay_present_for_this_op);
  w.f(4, op.initial_display_delay_present_for_this_op ? op.initial_display_delay_minus_1 : 0);
  write_sequence_header(out, seq);
}

}  // namespace tessera
