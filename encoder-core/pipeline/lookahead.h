// Analysis of a mini-GOP before it is planned: how much each of its pictures, and the picture it starts from, means
// to the others. The motion found on the way serves their coding too.
#pragma once

#include "base/worker_pool.h"
#include "control/gop.h"
#include "control/importance.h"
#include "dsp/dsp_table.h"
#include "frame/search_settings.h"
#include "motion/pyramid_search.h"

namespace tessera {

/// What is known of a picture before it is coded. Pooled.
struct PictureAnalysis {
  ImportanceMap importance;
  /// Vectors towards the nearest coded past and future pictures, found with the picture's own search settings.
  struct Motion {
    bool known = false;
    uint64_t towards = 0;  ///< display index
    CoarseMotion field;
  };
  Array<Motion, 2> motion;

  void make_room(const PictureFormat& format);
  /// The vectors towards a picture, or null.
  const CoarseMotion* motion_towards(int order_hint, int hint_mask) const;
};

class Lookahead {
 public:
  Lookahead(WorkerPool& workers, const DspTable<uint8_t>& dsp) : workers_(workers), dsp_(dsp.distortion) {}

  /// For pictures of this size, the longest group at once.
  void make_room(const PictureFormat& format);

  /// One picture of the analysed group.
  struct Picture {
    const LumaPyramid* pyramid = nullptr;
    const InterSettings* settings = nullptr;
    PictureAnalysis* analysis = nullptr;
    float noise = 0;  ///< deviation of its luma's, of 8-bit steps
  };
  /// `pictures`: a key frame, if `starts_with_key`, then a mini-GOP in display order; without the key frame the
  /// mini-GOP follows the picture remembered. `first`: display index of the picture before the mini-GOP. `more`: others will
  /// be predicted from its last picture.
  void analyse(Span<const Picture> pictures, uint64_t first, bool starts_with_key, bool more);
  /// How many of `pictures` (the key frame first, if `starts_with_key`) make a mini-GOP: all, or half, or a quarter where
  /// prediction from the first saves little of the last one's cost of intra coding, but more of that of one nearer. `more` as above:
  /// without others behind it it has 8 at most.
  int choose_length(Span<const Picture> pictures, bool starts_with_key, bool more);
  /// The next mini-GOP follows this picture.
  void remember(const LumaPyramid& pyramid);

 private:
  double cost_ratio(const LumaPyramid& from, const Picture& picture);
  void measure(Span<const Picture> pictures, int count);

  WorkerPool& workers_;
  const DistortionTable<uint8_t>& dsp_;
  Array<ImportancePicture, kMaxMiniGop + 1> group_;  ///< by display order; [ 0 ]: coded before the mini-GOP
  LumaPyramid last_base_;                            ///< copy: that picture is being coded
};

}  // namespace tessera
