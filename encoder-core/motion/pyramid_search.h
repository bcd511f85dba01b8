// Open-loop motion between two source pictures: a coarse vector for every 16x16 luma block, found on eighth, quarter and
// half size pictures. Independent of reconstruction and depth, so look-ahead and block search share it.
#pragma once

#include "base/array2d.h"
#include "dsp/distortion.h"
#include "frame/block_info.h"
#include "frame/source_frame.h"

namespace tessera {

inline constexpr int kMotionUnit = 16;  ///< luma samples on a side of the block that one coarse vector serves

/// A part of a picture, in units of 16x16.
struct MotionArea {
  int row_begin, row_end, col_begin, col_end;
};

struct CoarseMotion {
  Array2d<Mv> mv;          ///< whole luma samples, per 16x16 block
  /// Rows of units in their whole width.
  MotionArea rows(int begin, int end) const { return {begin, end, 0, mv.width()}; }
  void resize(int width, int height) {
    const int w = div_units(width), h = div_units(height);
    if (mv.width() == w && mv.height() == h) return;
    mv.resize(w, h);
  }
  static constexpr int div_units(int luma) { return (luma + kMotionUnit - 1) / kMotionUnit; }
};

struct PyramidSearchSettings {
  int range_x = 64, range_y = 48;  ///< reach of the exhaustive first stage, in luma samples each way
  int close = 0;                   ///< mean difference of a sample under which a vector is not refined on the half size picture
};

/// Rows of blocks that are searched in one call: a vector is looked for near those found in the same call.
inline constexpr int kMotionBandUnits = 8;

/// Fills an area of `out` that begins at multiples of 4; of `out` it only reads what it wrote, so calls for other areas may run side by side.
void search_pyramid(const LumaPyramid& current, const LumaPyramid& reference, const DistortionTable<uint8_t>& dsp,
                    const PyramidSearchSettings& settings, const MotionArea& area, CoarseMotion& out);

}  // namespace tessera
