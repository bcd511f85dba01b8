// Analysis of a mini-GOP before it is planned: how much each of its pictures, and the picture it starts from, means
// to the others.
#pragma once

#include "base/worker_pool.h"
#include "control/gop.h"
#include "control/importance.h"
#include "dsp/dsp_table.h"
#include "motion/pyramid_search.h"

namespace tessera {

class Lookahead {
 public:
  Lookahead(WorkerPool& workers, const DspTable<uint8_t>& dsp) : workers_(workers), dsp_(dsp.distortion) {}

  /// For pictures of this size, the longest group at once.
  void make_room(int width, int height);

  /// One picture of the analysed group.
  struct Picture {
    const LumaPyramid* pyramid = nullptr;
    ImportanceMap* importance = nullptr;
  };
  /// `pictures`: a key frame, if `starts_with_key`, then a mini-GOP in display order; without the key frame the
  /// mini-GOP follows the one analysed last. `more`: others will be predicted from its last picture.
  void analyse(Span<const Picture> pictures, bool starts_with_key, bool more);

 private:
  void measure(int count);

  WorkerPool& workers_;
  const DistortionTable<uint8_t>& dsp_;
  Array<ImportancePicture, kMaxMiniGop + 1> group_;  ///< by display order; [ 0 ]: coded before the mini-GOP
  Array<CoarseMotion, 2 * (kMaxMiniGop + 1)> coarse_;
  LumaPyramid last_base_;                            ///< copy: that picture is being coded
};

}  // namespace tessera
