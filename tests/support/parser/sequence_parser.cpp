// spec 5.5, reading.
#include "tests/support/parser/header_parser.h"

namespace tessera::parser {
namespace {

/// spec 5.5.2.
ColorConfig parse_color_config(BitReader& r, int seq_profile) {
  ColorConfig c;
  const bool high_bitdepth = r.flag();
  c.bit_depth = high_bitdepth ? 10 : 8;
  if (seq_profile == 2 && high_bitdepth) c.bit_depth = r.flag() ? 12 : 10;
  c.mono_chrome = seq_profile != 1 && r.flag();
  c.color_description_present_flag = r.flag();
  if (c.color_description_present_flag) {
    c.color_primaries = static_cast<uint8_t>(r.f(8));
    c.transfer_characteristics = static_cast<uint8_t>(r.f(8));
    c.matrix_coefficients = static_cast<uint8_t>(r.f(8));
  }
  if (c.mono_chrome) {
    c.color_range = r.flag();
    return c;
  }
  if (c.color_primaries == CP_BT_709 && c.transfer_characteristics == TC_SRGB &&
      c.matrix_coefficients == MC_IDENTITY) {
    c.color_range = true;
    c.subsampling_x = c.subsampling_y = 0;
  } else {
    c.color_range = r.flag();
    c.subsampling_x = seq_profile != 1;
    c.subsampling_y = seq_profile == 0;
    if (seq_profile == 2 && c.bit_depth == 12) {
      c.subsampling_x = static_cast<uint8_t>(r.f(1));
      c.subsampling_y = c.subsampling_x ? static_cast<uint8_t>(r.f(1)) : 0;
    }
    if (c.subsampling_x && c.subsampling_y) c.chroma_sample_position = static_cast<uint8_t>(r.f(2));
  }
  c.separate_uv_delta_q = r.flag();
  return c;
}

/// spec 5.5.3, 5.5.4.
void parse_timing(BitReader& r, SequenceHeader& s) {
  s.timing_info_present_flag = r.flag();
  if (!s.timing_info_present_flag) return;
  s.timing_info.num_units_in_display_tick = r.f(32);
  s.timing_info.time_scale = r.f(32);
  s.timing_info.equal_picture_interval = r.flag();
  if (s.timing_info.equal_picture_interval) s.timing_info.num_ticks_per_picture_minus_1 = r.uvlc();
  s.decoder_model_info_present_flag = r.flag();
  if (!s.decoder_model_info_present_flag) return;
  s.decoder_model_info.buffer_delay_length_minus_1 = static_cast<uint8_t>(r.f(5));
  s.decoder_model_info.num_units_in_decoding_tick = r.f(32);
  s.decoder_model_info.buffer_removal_time_length_minus_1 = static_cast<uint8_t>(r.f(5));
  s.decoder_model_info.frame_presentation_time_length_minus_1 = static_cast<uint8_t>(r.f(5));
}

/// spec 5.5.1, 5.5.5.
void parse_operating_points(BitReader& r, SequenceHeader& s) {
  s.initial_display_delay_present_flag = r.flag();
  s.operating_points_cnt_minus_1 = static_cast<uint8_t>(r.f(5));
  for (int i = 0; i <= s.operating_points_cnt_minus_1; i++) {
    OperatingPoint& op = s.operating_points[i];
    op.operating_point_idc = static_cast<uint16_t>(r.f(12));
    op.seq_level_idx = static_cast<uint8_t>(r.f(5));
    op.seq_tier = op.seq_level_idx > 7 ? static_cast<uint8_t>(r.f(1)) : 0;
    if (s.decoder_model_info_present_flag) {
      op.decoder_model_present_for_this_op = r.flag();
      if (op.decoder_model_present_for_this_op) {
        const int n = s.decoder_model_info.buffer_delay_length_minus_1 + 1;
        op.decoder_buffer_delay = r.f(n);
        op.encoder_buffer_delay = r.f(n);
        op.low_delay_mode_flag = r.flag();
      }
    }
    if (s.initial_display_delay_present_flag) {
      op.initial_display_delay_present_for_this_op = r.flag();
      if (op.initial_display_delay_present_for_this_op)
        op.initial_display_delay_minus_1 = static_cast<uint8_t>(r.f(4));
    }
  }
}

/// spec 5.5.1.
void parse_inter_tools(BitReader& r, SequenceHeader& s) {
  s.enable_interintra_compound = r.flag();
  s.enable_masked_compound = r.flag();
  s.enable_warped_motion = r.flag();
  s.enable_dual_filter = r.flag();
  s.enable_order_hint = r.flag();
  s.enable_jnt_comp = s.enable_order_hint && r.flag();
  s.enable_ref_frame_mvs = s.enable_order_hint && r.flag();
  const bool choose_screen_content_tools = r.flag();
  s.seq_force_screen_content_tools =
      static_cast<uint8_t>(choose_screen_content_tools ? SELECT_SCREEN_CONTENT_TOOLS : r.f(1));
  s.seq_force_integer_mv = SELECT_INTEGER_MV;
  if (s.seq_force_screen_content_tools > 0 && !r.flag())
    s.seq_force_integer_mv = static_cast<uint8_t>(r.f(1));
  s.order_hint_bits = s.enable_order_hint ? static_cast<uint8_t>(r.f(3) + 1) : 0;
}

}  // namespace

SequenceHeader parse_sequence_header(BitReader& r) {
  SequenceHeader s;
  s.seq_profile = static_cast<uint8_t>(r.f(3));
  s.still_picture = r.flag();
  s.reduced_still_picture_header = r.flag();
  if (s.reduced_still_picture_header) {
    s.operating_points[0].seq_level_idx = static_cast<uint8_t>(r.f(5));
    s.enable_interintra_compound = s.enable_masked_compound = s.enable_warped_motion = s.enable_dual_filter =
        false;
    s.enable_order_hint = s.enable_jnt_comp = s.enable_ref_frame_mvs = false;
    s.order_hint_bits = 0;
  } else {
    parse_timing(r, s);
    parse_operating_points(r, s);
  }
  s.frame_width_bits_minus_1 = static_cast<uint8_t>(r.f(4));
  s.frame_height_bits_minus_1 = static_cast<uint8_t>(r.f(4));
  s.max_frame_width_minus_1 = static_cast<int>(r.f(s.frame_width_bits_minus_1 + 1));
  s.max_frame_height_minus_1 = static_cast<int>(r.f(s.frame_height_bits_minus_1 + 1));
  s.frame_id_numbers_present_flag = !s.reduced_still_picture_header && r.flag();
  if (s.frame_id_numbers_present_flag) {
    s.delta_frame_id_length_minus_2 = static_cast<uint8_t>(r.f(4));
    s.additional_frame_id_length_minus_1 = static_cast<uint8_t>(r.f(3));
  }
  s.use_128x128_superblock = r.flag();
  s.enable_filter_intra = r.flag();
  s.enable_intra_edge_filter = r.flag();
  if (!s.reduced_still_picture_header) parse_inter_tools(r, s);
  s.enable_superres = r.flag();
  s.enable_cdef = r.flag();
  s.enable_restoration = r.flag();
  s.color_config = parse_color_config(r, s.seq_profile);
  s.film_grain_params_present = r.flag();
  return s;
}

}  // namespace tessera::parser
