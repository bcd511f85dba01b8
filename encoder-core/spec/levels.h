// Levels and tiers, Annex A.
#pragma once

#include <cstdint>

#include "base/array.h"

namespace tessera {

inline constexpr int kDefinedLevels = 14;
inline constexpr int kMaximumParametersLevel = 31;  ///< seq_level_idx that promises nothing

/// One row of the tables of A.3. Rates are per second; `high_bps` is 0 where the high tier does not exist.
struct LevelLimits {
  uint8_t seq_level_idx;
  int64_t max_pic_size;
  int max_h_size, max_v_size;
  int64_t max_display_rate, max_decode_rate;
  int max_header_rate;
  int64_t main_bps, high_bps;
  uint8_t main_cr, high_cr;
  int max_tiles, max_tile_cols;
};
extern const Array<LevelLimits, kDefinedLevels> kLevels;

/// What a stream asks of its decoder.
struct LevelDemand {
  int width = 0, height = 0;  ///< luma samples
  double shown_fps = 0;
  double decoded_fps = 0;  ///< hidden frames included; 0: as shown_fps
  int tile_cols = 1, tile_rows = 1;
  int64_t max_tile_area = 0;    ///< luma samples; 0: the picture divided by the number of tiles
  int64_t bits_per_second = 0;  ///< peak; 0: unknown, the main tier is assumed
  int seq_profile = 0;
  int least_level_idx = 0;  ///< no lower seq_level_idx is chosen
};

struct LevelChoice {
  int seq_level_idx = kMaximumParametersLevel;
  int seq_tier = 0;
};

/// spec A.3: the lowest level whose limits hold, and within it the main tier if its bit rate suffices.
LevelChoice choose_level(const LevelDemand& demand);

/// spec A.3: MaxBitrate * BitrateProfileFactor in bits per second; 0 for the maximum parameters level.
int64_t max_bitrate(const LevelChoice& level, int seq_profile);

}  // namespace tessera
