// Where one scene ends and another begins: a picture that its predecessor predicts hardly better than it predicts
// itself.
#pragma once

#include "dsp/distortion.h"
#include "frame/source_frame.h"

namespace tessera {

class SceneCutDetector {
 public:
  /// Compares the picture with the one given before. `since_key`: pictures since the last key frame, `longest` the
  /// longest distance between key frames (0: no limit): near a due key frame less evidence will do.
  bool is_cut(const LumaPyramid& picture, const DistortionTable<uint8_t>& dsp, int since_key, int longest);
  void reset() { known_ = false; }

 private:
  Array2d<uint8_t> previous_;  ///< quarter-size luma of the picture before
  bool known_ = false;
};

}  // namespace tessera
