// Coarse vectors towards a reference that few superblocks ask for: found when they do.
#pragma once

#include <algorithm>

#include "motion/pyramid_search.h"

namespace tessera {

class LateMotion {
 public:
  /// None towards this reference; all are known.
  LateMotion() = default;
  /// Vectors of the superblocks not asked for stay 0.
  LateMotion(const LumaPyramid& current, const LumaPyramid& reference, const DistortionTable<uint8_t>& dsp, const PyramidSearchSettings& settings,
             CoarseMotion& field)
      : current_(&current), reference_(&reference), dsp_(&dsp), settings_(settings), field_(&field) {
    field.mv.fill({});
  }

  /// Those of a 64x64 superblock, which know of no others: superblocks may be side by side.
  void find(int sb_row, int sb_col) const {
    if (!field_) return;
    constexpr int kSide = kSbSize / kMotionUnit;
    const MotionArea area = {sb_row * kSide, std::min((sb_row + 1) * kSide, field_->mv.height()), sb_col * kSide,
                             std::min((sb_col + 1) * kSide, field_->mv.width())};
    search_pyramid(*current_, *reference_, *dsp_, settings_, area, *field_);
  }

 private:
  const LumaPyramid* current_ = nullptr;
  const LumaPyramid* reference_ = nullptr;
  const DistortionTable<uint8_t>* dsp_ = nullptr;
  PyramidSearchSettings settings_ = {};
  CoarseMotion* field_ = nullptr;
};

/// By reference.
using LateMotions = Array<LateMotion, TOTAL_REFS_PER_FRAME>;

}  // namespace tessera
