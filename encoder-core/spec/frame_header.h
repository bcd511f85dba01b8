// The frame header (specification 5.9, 6.8): the syntax elements and the variables derived from them, nested
// by topic. Elements keep the specification's names in snake_case; derived variables too (MiCols is mi_cols).
// What the syntax infers (for example loop_filter levels of a lossless frame) must be stored as inferred.
#pragma once

#include <cstdint>

#include "base/array.h"
#include "spec/constants.h"
#include "spec/enums.h"
#include "spec/sequence_header.h"

namespace tessera {

/// Feature index of segmentation_params( ), section 6.8.13.
enum SegmentationFeature : uint8_t {
  SEG_LVL_ALT_Q,
  SEG_LVL_ALT_LF_Y_V,
  SEG_LVL_ALT_LF_Y_H,
  SEG_LVL_ALT_LF_U,
  SEG_LVL_ALT_LF_V,
  SEG_LVL_REF_FRAME,
  SEG_LVL_SKIP,
  SEG_LVL_GLOBALMV,
};

/// GmType, section 6.8.17.
enum WarpModelType : uint8_t { IDENTITY, TRANSLATION, ROTZOOM, AFFINE };

inline constexpr int kMaxCdefStrengths = 8;
inline constexpr int kAllFrames = (1 << NUM_REF_FRAMES) - 1;

/// spec 5.9.5 to 5.9.9: frame_size( ), render_size( ), superres_params( ), compute_image_size( ).
struct FrameSize {
  int frame_width = 0;     ///< FrameWidth: coded luma columns, after the super-resolution denominator
  int frame_height = 0;    ///< FrameHeight
  int upscaled_width = 0;  ///< UpscaledWidth
  int render_width = 0;
  int render_height = 0;
  bool use_superres = false;
  uint8_t superres_denom = SUPERRES_NUM;  ///< SuperresDenom: 8 (off), else 9..16
  int mi_cols = 0;                        ///< MiCols: even number of 4x4 columns covering frame_width
  int mi_rows = 0;

  bool operator==(const FrameSize&) const = default;
};

/// The size of a frame coded at full resolution, everything derived from width and height in luma pixels.
constexpr FrameSize make_frame_size(int width, int height) {
  FrameSize s;
  s.frame_width = s.upscaled_width = s.render_width = width;
  s.frame_height = s.render_height = height;
  s.mi_cols = 2 * ((width + 7) >> 3);
  s.mi_rows = 2 * ((height + 7) >> 3);
  return s;
}

/// spec 5.9.15: tile_info( ).
struct TileInfo {
  bool uniform_tile_spacing_flag = true;
  uint8_t tile_cols_log2 = 0;
  uint8_t tile_rows_log2 = 0;
  uint8_t tile_cols = 1;
  uint8_t tile_rows = 1;
  Array<int, MAX_TILE_COLS + 1> mi_col_starts = {};  ///< tile_cols + 1 entries, the last is mi_cols
  Array<int, MAX_TILE_ROWS + 1> mi_row_starts = {};
  uint16_t context_update_tile_id = 0;
  uint8_t tile_size_bytes = 4;  ///< TileSizeBytes: 1..4

  int num_tiles() const { return tile_cols * tile_rows; }
  bool operator==(const TileInfo&) const = default;
};

/// spec 5.9.12: quantization_params( ). Deltas are in -64..63.
struct QuantizationParams {
  uint8_t base_q_idx = 128;
  int8_t delta_q_y_dc = 0;
  bool diff_uv_delta = false;
  int8_t delta_q_u_dc = 0;
  int8_t delta_q_u_ac = 0;
  int8_t delta_q_v_dc = 0;
  int8_t delta_q_v_ac = 0;
  bool using_qmatrix = false;
  uint8_t qm_y = 15;
  uint8_t qm_u = 15;
  uint8_t qm_v = 15;

  bool operator==(const QuantizationParams&) const = default;
};

/// spec 5.9.14: segmentation_params( ).
struct SegmentationParams {
  bool segmentation_enabled = false;
  bool segmentation_update_map = false;
  bool segmentation_temporal_update = false;
  bool segmentation_update_data = false;
  Table2<bool, MAX_SEGMENTS, SEG_LVL_MAX> feature_enabled = {};
  Table2<int16_t, MAX_SEGMENTS, SEG_LVL_MAX> feature_data = {};
  bool seg_id_pre_skip = false;    ///< SegIdPreSkip
  uint8_t last_active_seg_id = 0;  ///< LastActiveSegId

  /// spec 5.11.37: seg_feature_active_idx( ).
  bool active(int segment_id, SegmentationFeature feature) const {
    return segmentation_enabled && feature_enabled[segment_id][feature];
  }
  /// Brings seg_id_pre_skip and last_active_seg_id in line with the features.
  void derive() {
    seg_id_pre_skip = false;
    last_active_seg_id = 0;
    for (int i = 0; i < MAX_SEGMENTS; i++)
      for (int j = 0; j < SEG_LVL_MAX; j++)
        if (feature_enabled[i][j]) {
          last_active_seg_id = static_cast<uint8_t>(i);
          if (j >= SEG_LVL_REF_FRAME) seg_id_pre_skip = true;
        }
  }
  bool operator==(const SegmentationParams&) const = default;
};

/// spec 5.9.17, 5.9.18: delta_q_params( ), delta_lf_params( ).
struct DeltaParams {
  bool delta_q_present = false;
  uint8_t delta_q_res = 0;  ///< shift, 0..3
  bool delta_lf_present = false;
  uint8_t delta_lf_res = 0;
  bool delta_lf_multi = false;

  bool operator==(const DeltaParams&) const = default;
};

/// The deltas that outlive a frame; their defaults are those of setup_past_independence( ), section 6.8.2.
struct LoopFilterDeltas {
  Array<int8_t, TOTAL_REFS_PER_FRAME> loop_filter_ref_deltas = {1, 0, 0, 0, -1, 0, -1, -1};
  Array<int8_t, 2> loop_filter_mode_deltas = {0, 0};

  bool operator==(const LoopFilterDeltas&) const = default;
};

/// spec 5.9.11: loop_filter_params( ).
struct LoopFilterParams {
  Array<uint8_t, 4> loop_filter_level = {};  ///< Y vertical edges, Y horizontal edges, U, V: 0..63
  uint8_t loop_filter_sharpness = 0;         ///< 0..7
  bool loop_filter_delta_enabled = true;
  bool loop_filter_delta_update = false;
  LoopFilterDeltas deltas;

  bool operator==(const LoopFilterParams&) const = default;
};

/// spec 5.9.19: cdef_params( ). Secondary strengths are 0, 1, 2 or 4.
struct CdefParams {
  uint8_t cdef_damping = 3;  ///< CdefDamping: 3..6
  uint8_t cdef_bits = 0;     ///< log2 of the number of strengths: 0..3
  Array<uint8_t, kMaxCdefStrengths> cdef_y_pri_strength = {};
  Array<uint8_t, kMaxCdefStrengths> cdef_y_sec_strength = {};
  Array<uint8_t, kMaxCdefStrengths> cdef_uv_pri_strength = {};
  Array<uint8_t, kMaxCdefStrengths> cdef_uv_sec_strength = {};

  bool operator==(const CdefParams&) const = default;
};

/// spec 5.9.20: lr_params( ).
struct LoopRestorationParams {
  Array<RestorationType, kPlanes> frame_restoration_type = {RESTORE_NONE, RESTORE_NONE, RESTORE_NONE};
  uint8_t lr_unit_shift = 0;  ///< LoopRestorationSize[ 0 ] = 64 << lr_unit_shift; 0..2
  uint8_t lr_uv_shift = 0;
  Array<int, kPlanes> loop_restoration_size = {64, 64, 64};  ///< in samples of the plane, upscaled

  bool uses_lr() const {
    return frame_restoration_type[0] != RESTORE_NONE || frame_restoration_type[1] != RESTORE_NONE ||
           frame_restoration_type[2] != RESTORE_NONE;
  }
  bool operator==(const LoopRestorationParams&) const = default;
};

/// spec 5.9.24: global_motion_params( ) of one reference.
struct GlobalMotion {
  WarpModelType gm_type = IDENTITY;
  Array<int, 6> gm_params = {0, 0, 1 << WARPEDMODEL_PREC_BITS, 0, 0, 1 << WARPEDMODEL_PREC_BITS};

  bool operator==(const GlobalMotion&) const = default;
};
/// Indexed by RefFrame; entry INTRA_FRAME stays at its default.
using GlobalMotionParams = Array<GlobalMotion, TOTAL_REFS_PER_FRAME>;

/// spec 5.9.30: film_grain_params( ).
struct FilmGrainParams {
  bool apply_grain = false;
  uint16_t grain_seed = 0;
  bool update_grain = true;
  uint8_t film_grain_params_ref_idx = 0;
  uint8_t num_y_points = 0;
  Array<uint8_t, 14> point_y_value = {};
  Array<uint8_t, 14> point_y_scaling = {};
  bool chroma_scaling_from_luma = false;
  uint8_t num_cb_points = 0;
  Array<uint8_t, 10> point_cb_value = {};
  Array<uint8_t, 10> point_cb_scaling = {};
  uint8_t num_cr_points = 0;
  Array<uint8_t, 10> point_cr_value = {};
  Array<uint8_t, 10> point_cr_scaling = {};
  uint8_t grain_scaling_minus_8 = 0;
  uint8_t ar_coeff_lag = 0;
  Array<uint8_t, 24> ar_coeffs_y_plus_128 = {};
  Array<uint8_t, 25> ar_coeffs_cb_plus_128 = {};
  Array<uint8_t, 25> ar_coeffs_cr_plus_128 = {};
  uint8_t ar_coeff_shift_minus_6 = 0;
  uint8_t grain_scale_shift = 0;
  uint8_t cb_mult = 0;
  uint8_t cb_luma_mult = 0;
  uint16_t cb_offset = 0;
  uint8_t cr_mult = 0;
  uint8_t cr_luma_mult = 0;
  uint16_t cr_offset = 0;
  bool overlap_flag = false;
  bool clip_to_restricted_range = false;

  bool operator==(const FilmGrainParams&) const = default;
};

/// spec 5.9.2: uncompressed_header( ).
struct FrameHeader {
  bool show_existing_frame = false;
  uint8_t frame_to_show_map_idx = 0;
  uint32_t frame_presentation_time = 0;
  uint32_t display_frame_id = 0;

  FrameType frame_type = KEY_FRAME;
  bool show_frame = true;
  bool showable_frame = false;
  bool error_resilient_mode = true;
  bool disable_cdf_update = false;
  bool allow_screen_content_tools = false;
  bool force_integer_mv = true;  ///< inferred true on intra frames
  uint32_t current_frame_id = 0;
  bool frame_size_override_flag = false;
  int order_hint = 0;
  uint8_t primary_ref_frame = PRIMARY_REF_NONE;
  bool buffer_removal_time_present_flag = false;
  Array<uint32_t, kMaxOperatingPoints> buffer_removal_time = {};
  uint8_t refresh_frame_flags = kAllFrames;
  Array<int, NUM_REF_FRAMES> ref_order_hint = {};  ///< RefOrderHint[ ] of every slot before this frame
  FrameSize size;
  bool allow_intrabc = false;
  Array<uint8_t, REFS_PER_FRAME> ref_frame_idx = {};  ///< slot of LAST_FRAME + i
  Array<uint32_t, REFS_PER_FRAME> delta_frame_id_minus_1 = {};
  /// -1: size coded explicitly, else found_ref of this reference. Only with frame_size_override_flag.
  int8_t found_ref = -1;
  bool allow_high_precision_mv = false;
  bool is_filter_switchable = true;
  InterpFilter interpolation_filter = SWITCHABLE;
  bool is_motion_mode_switchable = true;
  bool use_ref_frame_mvs = false;
  bool disable_frame_end_update_cdf = false;
  TileInfo tile_info;
  QuantizationParams quantization;
  SegmentationParams segmentation;
  DeltaParams delta;
  bool coded_lossless = false;                    ///< CodedLossless
  bool all_lossless = false;                      ///< AllLossless
  Array<bool, MAX_SEGMENTS> lossless_array = {};  ///< LosslessArray
  LoopFilterParams loop_filter;
  CdefParams cdef;
  LoopRestorationParams lr;
  TxMode tx_mode = TX_MODE_SELECT;
  bool reference_select = false;
  bool skip_mode_present = false;
  Array<int8_t, 2> skip_mode_frame = {NONE,
                                      NONE};  ///< SkipModeFrame[ ]: reference names, valid while allowed
  bool allow_warped_motion = false;
  bool reduced_tx_set = false;
  GlobalMotionParams global_motion;
  FilmGrainParams film_grain;

  bool frame_is_intra() const { return frame_type == KEY_FRAME || frame_type == INTRA_ONLY_FRAME; }
  /// OrderHints[ ref ] for ref in LAST_FRAME..ALTREF_FRAME.
  int ref_hint(int ref) const { return ref_order_hint[ref_frame_idx[ref - LAST_FRAME]]; }
  bool operator==(const FrameHeader&) const = default;
};

/// What a frame header is coded against when it has a primary reference (load_previous( ), section 7.21); the
/// defaults are those of setup_past_independence( ).
struct PreviousFrameParams {
  LoopFilterDeltas loop_filter_deltas;
  SegmentationParams segmentation;
  GlobalMotionParams global_motion;
};

/// SkipModeFrame[ ] and whether a frame may use it.
struct SkipModeFrames {
  bool allowed = false;
  Array<int8_t, 2> frame = {NONE, NONE};
};

/// spec 5.9.22: the derivation part of skip_mode_params( ): skipModeAllowed and SkipModeFrame[ ].
SkipModeFrames derive_skip_mode_frames(const SequenceHeader& seq, const FrameHeader& hdr);

/// spec 7.12.2: get_qindex( 1, segment_id ), the quantizer index without block deltas.
int get_qindex_ignoring_delta(const FrameHeader& hdr, int segment_id);

/// spec 5.9.2: LosslessArray, CodedLossless, AllLossless from the quantizer and segmentation parameters.
void derive_lossless(FrameHeader& hdr);

}  // namespace tessera
