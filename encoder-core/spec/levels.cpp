#include "spec/levels.h"

namespace tessera {

// seq_level_idx, MaxPicSize, MaxHSize, MaxVSize, MaxDisplayRate, MaxDecodeRate, MaxHeaderRate, main and high
// bits per second, main and high compression ratio, MaxTiles, MaxTileCols.
const Array<LevelLimits, kDefinedLevels> kLevels = {
    LevelLimits{0, 147456, 2048, 1152, 4423680, 5529600, 150, 1500000, 0, 2, 0, 8, 4},
    LevelLimits{1, 278784, 2816, 1584, 8363520, 10454400, 150, 3000000, 0, 2, 0, 8, 4},
    LevelLimits{4, 665856, 4352, 2448, 19975680, 24969600, 150, 6000000, 0, 2, 0, 16, 6},
    LevelLimits{5, 1065024, 5504, 3096, 31950720, 39938400, 150, 10000000, 0, 2, 0, 16, 6},
    LevelLimits{8, 2359296, 6144, 3456, 70778880, 77856768, 300, 12000000, 30000000, 4, 4, 32, 8},
    LevelLimits{9, 2359296, 6144, 3456, 141557760, 155713536, 300, 20000000, 50000000, 4, 4, 32, 8},
    LevelLimits{12, 8912896, 8192, 4352, 267386880, 273715200, 300, 30000000, 100000000, 6, 4, 64, 8},
    LevelLimits{13, 8912896, 8192, 4352, 534773760, 547430400, 300, 40000000, 160000000, 8, 4, 64, 8},
    LevelLimits{14, 8912896, 8192, 4352, 1069547520, 1094860800, 300, 60000000, 240000000, 8, 4, 64, 8},
    LevelLimits{15, 8912896, 8192, 4352, 1069547520, 1176502272, 300, 60000000, 240000000, 8, 4, 64, 8},
    LevelLimits{16, 35651584, 16384, 8704, 1069547520, 1176502272, 300, 60000000, 240000000, 8, 4, 128, 16},
    LevelLimits{17, 35651584, 16384, 8704, 2139095040, 2189721600, 300, 100000000, 480000000, 8, 4, 128, 16},
    LevelLimits{18, 35651584, 16384, 8704, 4278190080, 4379443200, 300, 160000000, 800000000, 8, 4, 128, 16},
    LevelLimits{19, 35651584, 16384, 8704, 4278190080, 4706009088, 300, 160000000, 800000000, 8, 4, 128, 16},
};

namespace {

constexpr double kMaxTileRate = 588251136;  // largest tile times frame headers per second

int64_t bitrate_profile_factor(int seq_profile) {
  return seq_profile + 1;
}

bool fits(const LevelLimits& level, const LevelDemand& d) {
  const double samples = static_cast<double>(d.width) * d.height;
  const double decoded_fps = d.decoded_fps > 0 ? d.decoded_fps : d.shown_fps;
  const int tiles = d.tile_cols * d.tile_rows;
  const double tile_area = d.max_tile_area > 0 ? static_cast<double>(d.max_tile_area) : samples / tiles;
  const bool size_fits = d.width >= 16 && d.height >= 16 &&
                         samples <= static_cast<double>(level.max_pic_size) && d.width <= level.max_h_size &&
                         d.height <= level.max_v_size;
  const bool rate_fits = samples * d.shown_fps <= static_cast<double>(level.max_display_rate) &&
                         samples * decoded_fps <= static_cast<double>(level.max_decode_rate) &&
                         decoded_fps <= level.max_header_rate && tile_area * decoded_fps <= kMaxTileRate;
  const bool tiles_fit = tiles <= level.max_tiles && d.tile_cols <= level.max_tile_cols &&
                         tiles * decoded_fps <= level.max_tiles * 120.0;
  return size_fits && rate_fits && tiles_fit;
}

}  // namespace

LevelChoice choose_level(const LevelDemand& demand) {
  const int64_t factor = bitrate_profile_factor(demand.seq_profile);
  for (const LevelLimits& level : kLevels) {
    if (level.seq_level_idx < demand.least_level_idx || !fits(level, demand)) continue;
    if (demand.bits_per_second <= level.main_bps * factor) return {level.seq_level_idx, 0};
    if (demand.bits_per_second <= level.high_bps * factor) return {level.seq_level_idx, 1};
  }
  return {};
}

int64_t max_bitrate(const LevelChoice& choice, int seq_profile) {
  for (const LevelLimits& level : kLevels)
    if (level.seq_level_idx == choice.seq_level_idx)
      return (choice.seq_tier ? level.high_bps : level.main_bps) * bitrate_profile_factor(seq_profile);
  return 0;
}

}  // namespace tessera
