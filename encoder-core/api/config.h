// What a user may choose. Every field has its unit, range and default; config_check.cpp holds the limits.
#pragma once

#include <cstdint>
#include <string>

namespace tessera {

enum class ChromaFormat : uint8_t { kMonochrome, k420, k422, k444 };
/// log2 of the luma samples to one of chroma, across and down (spec 6.4.2; grey pictures say 1).
constexpr int subsampling_x(ChromaFormat chroma) { return chroma != ChromaFormat::k444; }
constexpr int subsampling_y(ChromaFormat chroma) { return chroma != ChromaFormat::k444 && chroma != ChromaFormat::k422; }
/// seq_profile of a picture format, spec 6.4.1: 0 Main, 1 High (4:4:4), 2 Professional (4:2:2 and 12 bits).
constexpr int profile_of(ChromaFormat chroma, int bit_depth) {
  if (bit_depth > 10 || chroma == ChromaFormat::k422) return 2;
  return chroma == ChromaFormat::k444 ? 1 : 0;
}

enum class EndUsage : uint8_t { kAuto, kVbr, kCbr, kCq, kQ };
enum class UsageProfile : uint8_t { kGoodQuality, kRealtime, kAllIntra };
enum class Pass : uint8_t { kOne, kFirst, kSecond };
enum class KeyframeMode : uint8_t { kAuto, kDisabled };

/// Code points of ISO/IEC 23091-4 (CICP), spec 6.4.2; 2 is "unspecified".
struct ColorDescription {
  uint8_t color_primaries = 2;
  uint8_t transfer_characteristics = 2;
  uint8_t matrix_coefficients = 2;
  bool full_range = false;
  uint8_t chroma_sample_position = 0;  ///< CSP_UNKNOWN, CSP_VERTICAL, CSP_COLOCATED
};

/// SMPTE ST 2086, in the units of spec 6.7.4 (0.16, 24.8 and 18.14 fixed point), primaries in R, G, B order.
struct MasteringDisplay {
  bool present = false;
  uint16_t primary_x[3] = {}, primary_y[3] = {};
  uint16_t white_point_x = 0, white_point_y = 0;
  uint32_t luminance_max = 0, luminance_min = 0;
};

/// CEA-861.3, candela per square metre, spec 6.7.3.
struct ContentLight {
  bool present = false;
  uint16_t max_cll = 0, max_fall = 0;
};

/// What may change between two frames, from the next frame taken on.
struct RuntimeSettings {
  int cpu_used = 6;                  ///< 0 (best compression) .. 10 (fastest)
  int cq_level = 32;                 ///< 0 .. 63; 0 with min_quantizer 0 is lossless
  int min_quantizer = 0;             ///< 0 .. 63
  int max_quantizer = 63;            ///< 0 .. 63
  uint32_t target_bitrate_kbps = 0;  ///< 0: no target
  int keyframe_max_dist = 240;       ///< frames; 0: no limit
  uint32_t keyframe_max_ms = 0;      ///< the same in milliseconds of presentation time; 0: no limit
};

struct EncoderConfig {
  int width = 0, height = 0;  ///< luma pixels, 1 .. 65536
  int bit_depth = 8;          ///< 8, 10 or 12
  ChromaFormat chroma = ChromaFormat::k420;
  int fps_numerator = 0, fps_denominator = 1;  ///< 0/1: variable
  ColorDescription color;
  MasteringDisplay mastering_display;
  ContentLight content_light;

  RuntimeSettings runtime;
  EndUsage end_usage = EndUsage::kAuto;
  UsageProfile usage_profile = UsageProfile::kGoodQuality;
  KeyframeMode keyframe_mode = KeyframeMode::kAuto;
  int lag_in_frames = -1;  ///< -1: what profile and cpu_used call for; 0 .. 48
  int threads = 0;         ///< 0: as many as CPUs; never changes the bytes
  int tile_columns_log2 = -1, tile_rows_log2 = -1;  ///< -1: by picture size; 0 .. 6
  uint32_t buffer_ms = 6000, buffer_initial_ms = 4000, buffer_optimal_ms = 5000;
  uint32_t undershoot_pct = 25, overshoot_pct = 25;
  uint32_t drop_frame_pct = 0;
  /// Two passes: the first writes statistics_file when its stream is drained, the second reads it when it is created.
  Pass pass = Pass::kOne;
  std::string statistics_file;
  bool error_resilient = false;
  /// No key frames but the first and forced ones: within every keyframe_max_dist frames intra blocks go over the picture from
  /// left to right, and all frames are error resilient. Needs realtime and one temporal layer.
  bool intra_refresh = false;
  int temporal_layers = 1;  ///< 1 .. 3 (L1T1, L1T2, L1T3); more than 1 needs realtime or no look-ahead
  int least_level_idx = 0;  ///< no lower seq_level_idx is chosen: 0 .. 23, X.Y being 4 * (X - 2) + Y
  bool compute_psnr = false;  ///< packets carry the shown picture's squared error

  /// For tests: every packet also carries the reconstruction, and kernels may be limited to fewer ISAs.
  bool keep_reconstruction = false;
  uint32_t cpu_mask = ~0u;
};

}  // namespace tessera
