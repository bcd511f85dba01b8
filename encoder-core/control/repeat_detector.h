// Is a picture drawn from parts that it shows again and again, sample by sample (tiles of a game, glyphs)? No camera's is.
#pragma once

#include "base/array.h"
#include "base/view.h"

namespace tessera {

class RepeatDetector {
 public:
  /// Looks at some rows for runs of 8 luma samples with texture: of these, one in 16 at least occurs twice. Of some
  /// 40000 in camera clips none did; of a 2-D game's 90 in 100, of a terminal's 30.
  template <Pixel P>
  bool repeats(PlaneView<const P> luma, int bit_depth);

 private:
  static constexpr int kSlots = 1 << 14, kMostRuns = kSlots / 2;
  struct Run {
    uint32_t hash;  ///< 0: free
    uint32_t seen;  ///< times in the rows at hand
  };
  Run& slot_of(uint32_t hash);

  Array<Run, kSlots> runs_;
};

extern template bool RepeatDetector::repeats(PlaneView<const uint8_t>, int);
extern template bool RepeatDetector::repeats(PlaneView<const uint16_t>, int);

}  // namespace tessera
