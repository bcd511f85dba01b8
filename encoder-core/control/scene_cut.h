// Where one scene ends and another begins: a picture that its predecessor predicts hardly better than it predicts
// itself, however it is searched and whatever the light does.
#pragma once

#include "dsp/distortion.h"
#include "frame/source_frame.h"

namespace tessera {

/// What a picture costs to predict: sums of absolute differences on the quarter-size luma, over the whole picture.
struct PictureCost {
  uint32_t intra = 0;  ///< from itself
  uint32_t inter = 0;  ///< from the picture before, or from itself where that is better; of the first picture as intra
};

class SceneCutDetector {
 public:
  /// Whether the picture starts a scene, compared with the one given before. `since_key`: pictures since the last
  /// key frame, `longest` the longest distance between key frames (0: no limit): near a due key frame less evidence
  /// will do.
  bool is_cut(const LumaPyramid& picture, const DistortionTable<uint8_t>& dsp, int since_key, int longest);
  /// The two halves of is_cut(): the first compares the picture with the one given before, the second judges.
  PictureCost compare(const LumaPyramid& picture, const DistortionTable<uint8_t>& dsp);
  static bool judge(const PictureCost& cost, int since_key, int longest);
  void reset() { known_ = false; }

 private:
  uint32_t compare_thoroughly(View2d<const uint8_t> cur, uint32_t intra, const DistortionTable<uint8_t>& dsp);
  void remember(View2d<const uint8_t> cur);

  Array2d<uint8_t> previous_;  ///< quarter-size luma of the picture before
  bool known_ = false;
};

}  // namespace tessera
