// The sequence header (specification 5.5, 6.4): every syntax element under its own name, with the defaults of
// a plain 8-bit 4:2:0 encoder that uses every tool a frame may then switch off.
#pragma once

#include <cstdint>

#include "base/array.h"
#include "spec/constants.h"
#include "spec/enums.h"

namespace tessera {

/// Code points of ISO/IEC 23091-2 that the syntax itself looks at (section 6.4.2).
inline constexpr int CP_BT_709 = 1;
inline constexpr int CP_UNSPECIFIED = 2;
inline constexpr int TC_UNSPECIFIED = 2;
inline constexpr int TC_SRGB = 13;
inline constexpr int MC_IDENTITY = 0;
inline constexpr int MC_UNSPECIFIED = 2;

inline constexpr int kMaxOperatingPoints = 32;

/// spec 5.5.2: color_config( ).
struct ColorConfig {
  uint8_t bit_depth = 8;  ///< BitDepth: 8, 10 or 12; high_bitdepth and twelve_bit follow from it
  bool mono_chrome = false;
  bool color_description_present_flag = false;
  uint8_t color_primaries = CP_UNSPECIFIED;
  uint8_t transfer_characteristics = TC_UNSPECIFIED;
  uint8_t matrix_coefficients = MC_UNSPECIFIED;
  bool color_range = false;  ///< true: full swing
  uint8_t subsampling_x = 1;
  uint8_t subsampling_y = 1;
  uint8_t chroma_sample_position = CSP_UNKNOWN;
  bool separate_uv_delta_q = false;

  int num_planes() const { return mono_chrome ? 1 : 3; }
  bool operator==(const ColorConfig&) const = default;
};

/// spec 5.5.3: timing_info( ).
struct TimingInfo {
  uint32_t num_units_in_display_tick = 1;
  uint32_t time_scale = 1;
  bool equal_picture_interval = false;
  uint32_t num_ticks_per_picture_minus_1 = 0;

  bool operator==(const TimingInfo&) const = default;
};

/// spec 5.5.4: decoder_model_info( ).
struct DecoderModelInfo {
  uint8_t buffer_delay_length_minus_1 = 0;
  uint32_t num_units_in_decoding_tick = 1;
  uint8_t buffer_removal_time_length_minus_1 = 0;
  uint8_t frame_presentation_time_length_minus_1 = 0;

  bool operator==(const DecoderModelInfo&) const = default;
};

/// One entry of the operating point loop of sequence_header_obu( ), with operating_parameters_info( ).
struct OperatingPoint {
  uint16_t operating_point_idc = 0;  ///< bits 0..7 temporal layers, 8..11 spatial layers; 0: everything
  uint8_t seq_level_idx = 31;        ///< annex A.3; 31: maximum parameters
  uint8_t seq_tier = 0;
  bool decoder_model_present_for_this_op = false;
  uint32_t decoder_buffer_delay = 0;
  uint32_t encoder_buffer_delay = 0;
  bool low_delay_mode_flag = false;
  bool initial_display_delay_present_for_this_op = false;
  uint8_t initial_display_delay_minus_1 = 0;

  bool operator==(const OperatingPoint&) const = default;
};

/// spec 5.5.1: sequence_header_obu( ).
struct SequenceHeader {
  uint8_t seq_profile = 0;  ///< 0 Main, 1 High, 2 Professional
  bool still_picture = false;
  bool reduced_still_picture_header = false;
  bool timing_info_present_flag = false;
  TimingInfo timing_info;
  bool decoder_model_info_present_flag = false;
  DecoderModelInfo decoder_model_info;
  bool initial_display_delay_present_flag = false;
  uint8_t operating_points_cnt_minus_1 = 0;
  Array<OperatingPoint, kMaxOperatingPoints> operating_points;
  uint8_t frame_width_bits_minus_1 = 15;
  uint8_t frame_height_bits_minus_1 = 15;
  int max_frame_width_minus_1 = 0;
  int max_frame_height_minus_1 = 0;
  bool frame_id_numbers_present_flag = false;
  uint8_t delta_frame_id_length_minus_2 = 0;
  uint8_t additional_frame_id_length_minus_1 = 0;
  bool use_128x128_superblock = false;
  bool enable_filter_intra = true;
  bool enable_intra_edge_filter = true;
  bool enable_interintra_compound = true;
  bool enable_masked_compound = true;
  bool enable_warped_motion = true;
  bool enable_dual_filter = true;
  bool enable_order_hint = true;
  bool enable_jnt_comp = true;
  bool enable_ref_frame_mvs = true;
  uint8_t seq_force_screen_content_tools = SELECT_SCREEN_CONTENT_TOOLS;  ///< 0, 1 or SELECT_: per frame
  uint8_t seq_force_integer_mv = SELECT_INTEGER_MV;                      ///< 0, 1 or SELECT_: per frame
  uint8_t order_hint_bits = 7;  ///< OrderHintBits: 1..8; meaningful while enable_order_hint
  bool enable_superres = false;
  bool enable_cdef = true;
  bool enable_restoration = true;
  ColorConfig color_config;
  bool film_grain_params_present = false;

  /// Superblock size in mode-info units: 16 or 32.
  int sb_mi() const { return use_128x128_superblock ? 32 : 16; }
  int num_planes() const { return color_config.num_planes(); }
  /// Number of bits of a frame id (idLen of 5.9.2).
  int frame_id_length() const {
    return additional_frame_id_length_minus_1 + delta_frame_id_length_minus_2 + 3;
  }
  bool operator==(const SequenceHeader&) const = default;
};

/// spec 5.9.3: get_relative_dist( a, b ). How many frames a is shown after b (negative: before).
constexpr int get_relative_dist(const SequenceHeader& seq, int a, int b) {
  if (!seq.enable_order_hint) return 0;
  const int diff = a - b;
  const int m = 1 << (seq.order_hint_bits - 1);
  return (diff & (m - 1)) - (diff & m);
}

}  // namespace tessera
