// Keeps a stream to its bit rate: chooses the quantiser of each frame, and the most bits it may take.
//
// Everything counts in time, not in frames. Frames are planned in coding order, in groups (a key frame, a mini-GOP, or
// one frame without reordering), while frames before them are still being coded: what those take reaches the control
// a fixed number of frames later, so that its decisions do not depend on threads.
#pragma once

#include <memory>

#include "base/fixed_vector.h"
#include "base/ring.h"
#include "control/pass_statistics.h"
#include "control/quant_plan.h"
#include "control/rate_model.h"
#include "control/second_pass.h"
#include "frame/input_frame.h"

namespace tessera {

enum class RateMode : uint8_t {
  kNone,      ///< constant quality
  kVariable,  ///< vbr: the average holds
  kBounded,   ///< cq: vbr, but never better than a given quality
  kConstant,  ///< cbr: the decoder's buffer holds
};

struct RateSettings {
  RateMode mode = RateMode::kNone;
  Layering layering = Layering::kPyramid;
  int bit_depth = 8;
  double nominal_seconds = 1 / 30.0;  ///< of a picture whose duration is not known
  double buffer = 6, buffer_initial = 4, buffer_optimal = 5;  ///< decoder's buffer, seconds at the target
  double undershoot = 0.25, overshoot = 0.25;  ///< how far from the target a rate may be planned
  double drop_level = 0;              ///< of buffer_optimal; 0: no frame is dropped
  double key_prefix_bits = 0;         ///< of what stands in front of each key frame
  std::shared_ptr<const PassStatistics> statistics;  ///< of a first pass; for vbr and cq
  bool low_delay() const { return is_low_delay(layering); }
};

/// What may change from picture to picture.
struct RateTarget {
  double bits_per_second = 0;
  int best_leaf_qindex = 1;   ///< leaves are never coded finer
  int min_qindex = 1, max_qindex = 255;
  int keyframe_max_dist = 0;        ///< pictures; 0: no limit
  double keyframe_max_seconds = 0;  ///< 0: no limit
};

/// A picture as it comes in.
struct RatePicture {
  uint64_t index = 0;    ///< display order
  double time = 0;       ///< seconds since the first picture
  double duration = 0;   ///< until the next picture, as far as known
  double metadata_bits = 0;  ///< of its own, in the unit that shows it
  PictureCost cost;
  RateTarget target;
};

/// One step of coding order.
struct RateStep {
  FrameKind kind = 0;
  bool codes = true;     ///< false: shows a frame coded before
  bool shown = true;     ///< ends a temporal unit
  float step_change = 0; ///< log2 of what multiplies the step that a frame of its kind has
  RatePicture picture;
};

/// What a step took that was coded beforehand.
struct RateTrial {
  double bits = 0;
  int qindex = 0;
};

/// What is known of the end of the sequence when a group is planned.
struct SequenceEnd {
  bool known = false;
  double seconds_after = 0;  ///< of the pictures that follow the group
  bool here() const { return known && seconds_after <= 0; }
};

struct RateDecision {
  int leaf_qindex = 0;
  uint64_t max_bits = 0;  ///< 0: as many as it takes
  bool drop = false;      ///< leave the picture out
};

class RateControl {
 public:
  /// Key frames closer than this are part of the usual rate.
  static constexpr double kUsualKeySeconds = 1;

  explicit RateControl(const RateSettings& settings);

  bool active() const { return settings_.mode != RateMode::kNone; }
  /// Sizes of frames up to this many coded frames back must be known when the frame of coding order `index` is planned
  /// (1: up to the one before). `first`: of its group; `last_group`: of the sequence.
  int feedback_distance(uint64_t index, bool first, bool last_group) const;
  void reset();

  /// Display order: a picture came in.
  RatePicture arrive(const InputFrame& input, const PictureCost& cost, bool key, const RateTarget& target);

  /// It brings metadata of its own.
  void add_metadata(RatePicture& picture, double bits) {
    picture.metadata_bits = bits;
    window_.metadata += bits;
  }

  /// Whether the control gains by frames that are coded only to see what they take, before the first group is planned.
  bool rehearses() const { return active() && !settings_.low_delay() && !settings_.statistics; }
  /// Whether what these steps, a key frame and the mini-GOP after it, will take is better found out by coding the first of them
  /// beforehand, at this quality.
  bool worth_a_trial(Span<const RateStep> steps) const;
  int trial_leaf() const { return leaf_; }
  /// How many times as much as the most of late they take, by what was learned and by what these first of them took: were it so many, nothing
  /// learned holds.
  double hardness(Span<const RateStep> steps, Span<const RateTrial> trials);
  static constexpr double kHarderScene = 1.35;
  /// They do, and all that was planned before is coded: forgets what was learned.
  void start_scene(Span<const RateStep> steps);
  /// The quality that a sequence would begin with that starts with these steps: a key frame and the mini-GOP after it.
  int rehearsal_leaf(Span<const RateStep> steps);
  /// What one of them took. `again`: it is coded for the second time.
  void rehearsed(const RateStep& step, const RateTrial& trial, bool again);

  /// How bits follow the step, as far as a rehearsal told.
  const RateExponents& exponents() const { return model_.exponents(); }

  /// Coding order: whether the picture shown next is to be left out, to let the buffer fill.
  bool drops(const RateStep& step) const;
  /// A group, then each of its steps: plan_frame() or plan_shown().
  void start_group(Span<const RateStep> steps, const SequenceEnd& end);
  RateDecision plan_frame();
  /// A step that codes nothing, with the bits of its header.
  void plan_shown(double bits);
  /// A step of the group that is left out after all.
  void skip() { next_++; }
  /// The oldest frame planned whose size was not known yet.
  void coded(double bits, int qindex);

  /// Expected level of the decoder's buffer once everything planned was taken out, in bits.
  double expected_level() const { return buffer_after_planned(false).level; }

 private:
  /// A step planned, from the first whose size is not known on.
  struct Planned {
    bool codes = false, ends_unit = false, known = false;
    FrameKind kind = 0;
    const PassFrame* before = nullptr;  ///< the same in the first pass
    double content = 0, time = 0;
    double expected = 0, most = 0;  ///< bits
    double overhead = 0;            ///< bits that are not the frame's own
    double duration = 0;            ///< of its picture
    float step_change = 0;          ///< RateStep's
    double fill = 0, size = 0;      ///< of the buffer before the unit is taken out, bits
  };
  struct Buffer {
    double level = 0;  ///< bits
    double unit = 0;   ///< of the temporal unit under way
    void take(const Planned& step, double bits);
  };
  /// Bits lent to a key frame and paid back evenly until `end`, down to `floor`.
  struct Loan {
    double bits = 0, floor = 0, start = 0, end = 0;
    double left(double time) const;
    double slope(double time) const;
  };

  /// What inter frames took, as content at their kind's step.
  struct Taken {
    Array<double, kFrameKinds> content = {};
    double seconds = 0;
  };

  Buffer buffer_after_planned(bool worst) const;
  Planned describe(const RateStep& step, int leaf_qindex, double shown_time) const;
  int qindex_of(const RateStep& step, int leaf_qindex) const;
  bool fits(int leaf_qindex) const;
  template <class Bits>
  int leaf_within(double limit, Bits&& bits_at) const;
  void learn_shares(double seconds);
  void take_note(const Planned& p, int qindex, double bits);
  void note_hardest(double seconds);
  double rate_of(const Taken& taken) const;
  double content_to_plan_for() const;
  double mean_rate(int leaf_qindex) const;
  double wanted_rate() const;
  double error() const;
  double band() const;
  int choose_leaf(double seconds, const SequenceEnd& end) const;
  double key_loan_rate(int leaf_qindex) const;
  double loan_seconds() const;
  double lent() const;
  int near_leaf(int leaf, int finer, int coarser) const;
  int near_ending(int leaf) const;
  double ending_error(double seconds) const;
  int leaf_for_rest() const;
  int leaf_for_steps(double bits) const;
  double content_of(const RateStep& step) const;
  double key_interval() const;
  bool keys_are_usual() const { return key_interval() > 0 && key_interval() < kUsualKeySeconds; }
  void borrow(double bits, double time);
  double rate() const { return target_.bits_per_second; }

  RateSettings settings_;
  RateTarget target_;  ///< of the last picture planned
  RateModel model_;
  // Display order.
  bool any_picture_ = false;
  uint64_t pictures_ = 0;
  int64_t last_pts_ns_ = -1;
  double time_ = 0, usual_seconds_ = 0;
  struct Window {
    double inter = 0, intra = 0, metadata = 0;  ///< decaying sums over pictures: contents, bits
    double pictures = 0, inter_pictures = 0;    ///< all, and those that are not key frames
  } window_;
  struct Pace {
    double pictures = 0, seconds = 0;     ///< decaying sums, of a shorter window
    double inter = 0, inter_pictures = 0;
  } pace_;
  // Coding order.
  /// Of inter content, what frames of each kind had in the groups so far: decaying sums.
  struct Shares {
    Array<double, kFrameKinds> content = {};  ///< as if all frames had the step of their kind
    double all = 0;
  } shares_;
  FixedVector<RateStep, 2 * kMaxMiniGop + 1> group_;  ///< a rehearsal's has the key frame as well
  Taken recent_, hardest_;      ///< decaying sums; the most of those of late
  double hardest_part_ = 0;     ///< what is left of that
  double trial_time_ = 0;       ///< of the last scene of which frames were coded beforehand
  int next_ = 0;
  int leaf_ = 0;                ///< of the last group; 0: none yet
  int groups_ = 0;
  Ring<Planned> planned_;
  Buffer buffer_;               ///< once everything before planned_ was taken out
  double shown_time_ = 0;       ///< of the last picture shown
  double spent_ = 0, due_ = 0;  ///< bits: planned or coded, and what the target allows until end_time_
  double end_time_ = 0;
  double learned_time_ = 0;
  bool ending_ = false;         ///< the group is the last
  double ending_bits_ = 0;      ///< what is to be spent in the end
  Loan loan_, first_loan_;      ///< of all key frames, and of the first alone
  /// From where the level of the buffer goes to the optimal one.
  struct Drift {
    double level = 0, start = 0, seconds = 1;
  } drift_;
  SecondPass rest_;             ///< what the first pass says of pictures not planned yet
};

}  // namespace tessera
