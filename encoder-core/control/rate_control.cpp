#include "control/rate_control.h"

#include <algorithm>
#include <cmath>

#include "base/int_math.h"
#include "control/quant_plan.h"

namespace tessera {
namespace {

/// Frames of a group and before it that may be on their way while it is planned: a mini-GOP keeps threads busy. With
/// a buffer to hold, fewer; with a small one, none.
constexpr int kVariableDistance = kMaxMiniGop, kConstantDistance = 4;
constexpr double kSmallBuffer = 2;  // seconds
/// Until so many frames are coded the model is a guess, and groups wait for all that came before.
constexpr uint64_t kBlindFrames = 2 * kMaxMiniGop + 1;

/// Seconds of the sequence that a constant quality is found for; with a buffer to hold, part of its time.
constexpr double kVariableWindow = 20, kConstantWindowPart = 0.4, kLeastConstantWindow = 0.15, kMostConstantWindow = 2.4;
/// Seconds over which the time from picture to picture is averaged: a new frame rate is a fact, not a trend.
constexpr double kPaceWindow = 1;
/// Seconds over which the lengths of mini-GOPs, and so the parts of the layers, are averaged.
constexpr double kVariableShares = 20, kConstantShares = 3;
/// Seconds over which the model forgets; with a buffer to hold, part of its time.
constexpr double kVariableMemory = 8, kConstantMemoryPart = 0.67, kLeastConstantMemory = 1.5, kMostConstantMemory = 4, kSecondPassMemory = 30;
/// An error of the average is worked off over the time gone by, within limits in seconds: content that comes and goes is to pass
/// without a change of quality. What goes beyond a band, a part of the time gone by, is worked off soon.
constexpr double kLeastHorizon = 8, kMostHorizon = 15;
constexpr double kBand = 0.02, kLeastBandSeconds = 10, kConstantBandSeconds = 0.3, kBandHorizon = 1.5;
/// Of the buffer's level over part of the buffer's time. Without look-ahead what it has to spare goes so many times as fast, and may take
/// so many times what else is allowed beyond the target: a full buffer would lose it.
constexpr double kConstantHorizonPart = 1, kLeastConstantHorizon = 0.4, kMostConstantHorizon = 6;
constexpr double kSpareHaste = 2, kSpareOvershoot = 5;
/// Seconds over which the buffer goes from its initial to its optimal level, and from the level that a change of target finds:
/// slowly, so that it costs a small part of the rate.
constexpr double kInitialDrift = 100, kChangeDrift = 15;

/// Where a share is estimated while no leaf was chosen yet.
constexpr int kMiddleQindex = 128;

/// A key frame that its predecessor predicts no better than this, as part of its intra cost, begins a scene.
constexpr double kNewScene = 0.6;

/// However much the rate may fall below its target.
constexpr double kLeastRatePart = 0.05;

/// A key frame's loan: with a buffer to hold it takes a part of the rate to pay back, the smaller the more seconds the buffer
/// has; else until the next key frame is due if that is near, or this many seconds.
constexpr double kLoanBufferPart = 0.48, kLeastLoanRatePart = 0.08, kMostLoanRatePart = 0.16, kLoanSeconds = 10;
/// With look-ahead no longer than this: the average is to hold over ten seconds as well.
constexpr double kMostConstantLoanSeconds = 7;
/// The same without reordering, where the next key frame is far: what follows the first is not to starve.
constexpr double kLiveLoanRatePart = 0.1;
/// What may be lent to all key frames behind the first, as part of what the target allowed so far; without reordering as much as it takes.
constexpr double kMostLentPart = 0.02, kMostConstantLentPart = 0.025;
/// Part of the last key frame's loan that is saved up for the next.
constexpr double kSavedPart = 0.1;

/// What is left in the buffer after a unit, as part of its size; after a key frame's, as part of the level that it found. With look-ahead
/// the quality of a key frame is known to last, and of a large buffer so much is left as frames behind it may need.
constexpr double kMargin = 0.08, kKeyMargin = 0.5, kLeastKeyMargin = 0.15, kLeastKeySeconds = 0.6;
/// The most that a key frame may take of that level without reordering, where the time that it takes to arrive is seen.
constexpr double kLiveKeyMost = 0.5;
/// Seconds of the rate that a unit of vbr may take from a level that is below the margin.
constexpr double kVariableDip = 0.25;
/// Never to be used, for what the next frame costs at least.
constexpr double kReserve = 0.03;
/// A frame on its way may take so many times what is expected before it is coded again.
constexpr double kMostOverExpected = 2.0;
/// What is taken for the usual duration of a picture lies between these.
constexpr double kLeastSeconds = 1e-3, kMostSeconds = 10;
/// Delimiter of a temporal unit, and the header that shows a hidden frame.
constexpr double kUnitBits = 16, kShowBits = 40;

/// Inter content of a picture with no picture after it known, as part of its intra content.
constexpr double kGuessedInter = 0.15;
/// At the end of the sequence the error is made up for within these parts of the rate, and of the step (by qindex); with
/// vbr less to the finer side: bits that are left gain little there, and the model never saw what much finer steps take.
constexpr double kEndingRange = 0.5;
constexpr int kEndingQindexRange = 28, kEndingFinerRange = 20;
/// Part of the sequence's bits that may stay wrong: not worth a drop of quality at its end.
constexpr double kEndingTolerance = 0.005;
/// Frames before the end of a second pass for which sizes are waited for.
constexpr double kSettlingFrames = 3 * kMaxMiniGop;
/// How far the second of two passes goes from one group to the next.
constexpr int kSecondPassQindexRange = 10;

double memory_of(const RateSettings& s) {
  if (s.mode == RateMode::kConstant) return std::clamp(kConstantMemoryPart * s.buffer, kLeastConstantMemory, kMostConstantMemory);
  return s.statistics ? kSecondPassMemory : kVariableMemory;
}

}  // namespace

RateControl::RateControl(const RateSettings& settings)
    : settings_(settings), model_(settings.layering, settings.bit_depth, memory_of(settings)) {
  reset();
}

void RateControl::reset() {
  model_.reset();
  any_picture_ = false;
  pictures_ = 0;
  window_ = {};
  pace_ = {};
  shares_ = {};
  group_.clear();
  next_ = leaf_ = groups_ = 0;
  recent_ = hardest_ = {};
  hardest_part_ = 0;
  trial_time_ = 0;
  planned_.clear();
  buffer_ = {};
  spent_ = due_ = end_time_ = shown_time_ = learned_time_ = 0;
  loan_ = first_loan_ = {};
  target_ = {};
  ending_ = false;
  rest_.begin(settings_.statistics, settings_.bit_depth, model_);
}

int RateControl::feedback_distance(uint64_t index, bool first, bool last_group) const {
  if (last_group || (settings_.statistics && rest_.frames() <= kSettlingFrames)) return 1;
  if (settings_.low_delay()) return 1;
  if (settings_.mode == RateMode::kConstant && settings_.buffer < kSmallBuffer) return 1;
  if (first && index < kBlindFrames) return 1;
  return settings_.mode == RateMode::kConstant ? kConstantDistance : kVariableDistance;
}

RatePicture RateControl::arrive(const InputFrame& input, const PictureCost& cost, bool key, const RateTarget& target) {
  const double given = input.duration_ns > 0 ? static_cast<double>(input.duration_ns) * 1e-9 : 0;
  if (!any_picture_) {
    time_ = 0;
    usual_seconds_ = given > 0 ? given : settings_.nominal_seconds;
  } else {
    const bool later = input.pts_ns >= 0 && last_pts_ns_ >= 0 && input.pts_ns > last_pts_ns_;
    const double seconds = later ? static_cast<double>(input.pts_ns - last_pts_ns_) * 1e-9 : usual_seconds_;
    time_ += seconds;
    // A gap is no frame rate.
    if (seconds < 4 * usual_seconds_) usual_seconds_ = seconds;
    else usual_seconds_ = std::min(seconds, 1.25 * usual_seconds_);
  }
  usual_seconds_ = std::clamp(usual_seconds_, kLeastSeconds, kMostSeconds);
  any_picture_ = true;
  last_pts_ns_ = input.pts_ns;
  RatePicture picture;
  picture.index = pictures_++;
  picture.time = time_;
  picture.duration = given > 0 ? given : usual_seconds_;
  picture.cost = cost;
  picture.target = target;
  const double window = settings_.mode == RateMode::kConstant
                            ? std::clamp(kConstantWindowPart * settings_.buffer, kLeastConstantWindow, kMostConstantWindow)
                            : kVariableWindow;
  const double keep = std::exp(-usual_seconds_ / window);
  window_.intra = keep * window_.intra + RateModel::plain_content(0, cost);
  window_.metadata *= keep;
  window_.pictures = keep * window_.pictures + 1;
  if (!key) {
    window_.inter = keep * window_.inter + RateModel::plain_content(1, cost);
    window_.inter_pictures = keep * window_.inter_pictures + 1;
  }
  const double keep_pace = std::exp(-usual_seconds_ / std::min(kPaceWindow, window));
  pace_.pictures = keep_pace * pace_.pictures + 1;
  pace_.seconds = keep_pace * pace_.seconds + usual_seconds_;
  if (!key) {
    pace_.inter = keep_pace * pace_.inter + RateModel::plain_content(1, cost);
    pace_.inter_pictures = keep_pace * pace_.inter_pictures + 1;
  }
  return picture;
}

void RateControl::Buffer::take(const Planned& step, double bits) {
  unit += bits;
  if (!step.ends_unit) return;
  level = std::min(level + step.fill, step.size) - unit;
  unit = 0;
}

double RateControl::Loan::left(double time) const {
  return floor + (bits - floor) * (time >= end ? 0 : (end - time) / (end - start));
}

double RateControl::Loan::slope(double time) const { return time >= end ? 0 : (floor - bits) / (end - start); }

RateControl::Buffer RateControl::buffer_after_planned(bool worst) const {
  Buffer b = buffer_;
  for (size_t i = 0; i < planned_.size(); i++) {
    const Planned& p = planned_[i];
    b.take(p, p.known || !worst ? p.expected : p.most);
  }
  return b;
}

int RateControl::qindex_of(const RateStep& step, int leaf_qindex) const {
  return clip3(target_.min_qindex, target_.max_qindex, change_qindex(model_.qindex(step.kind, leaf_qindex), step.step_change, settings_.bit_depth));
}

RateControl::Planned RateControl::describe(const RateStep& step, int leaf_qindex, double shown_time) const {
  Planned p;
  p.codes = step.codes;
  p.ends_unit = step.shown;
  p.kind = step.kind;
  p.time = step.picture.time;
  p.duration = step.picture.duration;
  p.step_change = step.step_change;
  p.overhead = (step.shown ? kUnitBits + step.picture.metadata_bits : 0) + (step.codes && step.kind == 0 ? settings_.key_prefix_bits : 0);
  if (step.codes) {
    p.before = rest_.frame(step.picture.index, step.kind);
    p.content = content_of(step);
    p.expected = p.overhead + model_.bits(step.kind, p.content, qindex_of(step, leaf_qindex));
  } else {
    p.expected = p.overhead + kShowBits;
  }
  p.fill = rate() * (step.picture.time - shown_time);
  p.size = settings_.mode == RateMode::kConstant ? rate() * settings_.buffer : 1e18;
  return p;
}

double RateControl::content_of(const RateStep& step) const {
  if (const PassFrame* f = rest_.frame(step.picture.index, step.kind)) return model_.content_of_coded(f->kind, f->qindex, static_cast<double>(f->bits));
  return model_.content(step.kind, step.picture.cost);
}

/// Whether the rest of the group leaves enough in the buffer. Two passes spend where they know it is needed.
bool RateControl::fits(int leaf_qindex) const {
  if (settings_.statistics) return true;
  Buffer b = buffer_after_planned(false);
  const double start = b.level;
  double time = shown_time_;
  bool key = false;
  for (int i = next_; i < group_.size(); i++) {
    const RateStep& step = group_[i];
    const Planned p = describe(step, leaf_qindex, time);
    key |= step.kind == 0 && step.codes;
    const double level_before = std::min(b.level + p.fill, p.size);
    b.take(p, p.expected);
    if (!p.ends_unit) continue;
    time = step.picture.time;
    const double usual = kMargin * rate() * settings_.buffer;
    // A level that is below the margin already need only rise, unit by unit; with vbr on the whole, which the wanted rate sees to.
    const double rise = settings_.mode == RateMode::kConstant ? 0.25 * p.fill : -kVariableDip * rate();
    double least = std::min(usual, start + rise);
    if (key && settings_.mode == RateMode::kConstant) {
      const double most = kKeyMargin * level_before, little = std::max(kLeastKeyMargin * level_before, kLeastKeySeconds * rate());
      least = std::max(least, settings_.low_delay() ? most : std::min(most, little));
    }
    if (b.level < least) return false;
    key = false;
  }
  return true;
}

/// The finest leaf qindex whose bits stay within the limit.
template <class Bits>
int RateControl::leaf_within(double limit, Bits&& bits_at) const {
  int low = std::max(1, target_.best_leaf_qindex), high = std::max(low, target_.max_qindex);
  while (low < high) {
    const int mid = (low + high) / 2;
    if (bits_at(mid) <= limit) high = mid;
    else low = mid + 1;
  }
  return low;
}

/// Seconds between key frames where nothing calls for one; 0: none.
double RateControl::key_interval() const {
  const double by_count = target_.keyframe_max_dist * usual_seconds_, by_time = target_.keyframe_max_seconds;
  return by_count <= 0 ? by_time : by_time <= 0 ? by_count : std::min(by_count, by_time);
}

/// The group's frames and the pictures' costs say what part of the content each layer has: short mini-GOPs have more base frames.
/// Without reordering the layers follow each other in a fixed pattern.
void RateControl::learn_shares(double seconds) {
  if (settings_.low_delay()) return;
  const double keep = std::exp(-seconds / (settings_.mode == RateMode::kConstant ? kConstantShares : kVariableShares));
  Shares group;
  for (const RateStep& step : group_) {
    if (!step.codes || step.kind == 0) continue;
    const double content = RateModel::plain_content(step.kind, step.picture.cost);
    const int leaf = leaf_ > 0 ? leaf_ : kMiddleQindex;
    group.all += content;
    group.content[step.kind] += model_.content_at_kind(step.kind, content, qindex_of(step, leaf),
                                                       clip3(target_.min_qindex, target_.max_qindex, model_.qindex(step.kind, leaf)));
  }
  if (group.all <= 0) return;
  shares_.all = keep * shares_.all + group.all;
  for (int kind = 1; kind < kFrameKinds; kind++) shares_.content[kind] = keep * shares_.content[kind] + group.content[kind];
}

/// Inter content of a picture: the mean of the window, so that quality is the same whatever comes. But where that made the average
/// leave its band already, as it does through a long rise or fall, what comes now counts the more.
double RateControl::content_to_plan_for() const {
  const double mean = window_.inter / window_.inter_pictures;
  if (settings_.mode == RateMode::kConstant || settings_.statistics || pace_.inter_pictures <= 0) return mean;
  const double off = error() - lent(), now = pace_.inter / pace_.inter_pictures;
  if ((off < 0) != (now < mean)) return mean;
  return mean + (now - mean) * std::clamp(std::abs(off) / band() - 1, 0.0, 1.0);
}

/// Bits a second of the pictures in the window, when leaves are coded at this qindex.
double RateControl::mean_rate(int leaf_qindex) const {
  const double seconds = pace_.seconds / pace_.pictures;  // from picture to picture
  const double keys = keys_are_usual() ? std::min(1.0, seconds / key_interval()) : 0;
  const double intra = window_.intra / window_.pictures / seconds;
  const double inter = window_.inter_pictures > 0 ? content_to_plan_for() / seconds : kGuessedInter * intra;
  const int key_qindex = clip3(target_.min_qindex, target_.max_qindex, model_.qindex(0, leaf_qindex));
  Array<double, kFrameKinds> shares = model_.usual_shares();
  if (shares_.all > 0)
    for (int kind = 1; kind < kFrameKinds; kind++) shares[kind] = shares_.content[kind] / shares_.all;
  double rate = (1 - keys) * (inter * model_.mean_inter_bits(shares, leaf_qindex, target_.min_qindex, target_.max_qindex) +
                              (RateModel::overhead() + kUnitBits) / seconds);
  rate += window_.metadata / window_.pictures / seconds;
  if (keys > 0) rate += keys * (model_.bits(0, model_.usual(0) * intra, key_qindex) + settings_.key_prefix_bits / seconds);
  return rate;
}

/// Bits too many so far.
double RateControl::error() const {
  if (settings_.mode != RateMode::kConstant) return spent_ - due_;
  const double wanted = settings_.buffer_optimal + (drift_.level - settings_.buffer_optimal) * std::exp((drift_.start - end_time_) / drift_.seconds);
  return wanted * rate() - buffer_after_planned(false).level;
}

/// What the average may be off by without haste.
double RateControl::band() const {
  return settings_.mode == RateMode::kConstant ? kConstantBandSeconds * rate() : kBand * rate() * std::max(end_time_, kLeastBandSeconds);
}

double RateControl::wanted_rate() const {
  const double horizon = settings_.mode == RateMode::kConstant
                             ? std::clamp(kConstantHorizonPart * settings_.buffer, kLeastConstantHorizon, kMostConstantHorizon)
                             : std::clamp(end_time_, kLeastHorizon, kMostHorizon);
  const bool live = settings_.low_delay() && settings_.mode == RateMode::kConstant;
  const double off = error() - lent(), beyond = off - std::clamp(off, -band(), band());
  const bool spare = live && off < 0;
  const double even = rate() + loan_.slope(end_time_), wanted = even - off * (spare ? kSpareHaste : 1) / horizon - beyond / kBandHorizon;
  // What is paid back for a key frame is no undershoot: together they take the target. Without reordering the level is low meanwhile.
  const double usual = live ? rate() : std::min(even, rate()), overshoot = settings_.overshoot * (spare ? kSpareOvershoot : 1);
  return std::clamp(wanted, std::max(kLeastRatePart * rate(), usual - settings_.undershoot * rate()), (1 + overshoot) * rate());
}

int RateControl::choose_leaf(double seconds, const SequenceEnd& end) const {
  if (settings_.statistics && rest_.frames() > 0) return leaf_for_rest();
  const double limit = wanted_rate();
  const int usual = leaf_within(limit, [this](int leaf) { return mean_rate(leaf) + key_loan_rate(leaf); });
  if (!end.known || leaf_ == 0) return usual;
  const double left = seconds + end.seconds_after;
  const double wanted = std::clamp(rate() - ending_error(left) / left, (1 - kEndingRange) * rate(), (1 + kEndingRange) * rate());
  return near_ending(leaf_for_steps(wanted * seconds));
}

/// The error at the end of the sequence beyond what may stay. Where the buffer stood need not matter any more, only the average.
double RateControl::ending_error(double seconds) const {
  const double tolerated = settings_.statistics ? 0 : kEndingTolerance * rate() * (end_time_ + seconds), e = spent_ - due_;
  return e > 0 ? std::max(0.0, e - tolerated) : std::min(0.0, e + tolerated);
}

/// What is not planned yet at one quality, by what the first pass took for it.
int RateControl::leaf_for_rest() const {
  const double bits = due_ + rate() * rest_.seconds() - spent_;
  Array<double, kFrameKinds> content;
  for (int kind = 0; kind < kFrameKinds; kind++) content[kind] = rest_.content(kind, model_);
  const int leaf = leaf_within(std::max(bits, kLeastRatePart * rate() * rest_.seconds()), [&](int l) {
    double sum = rest_.frames() * (RateModel::overhead() + kUnitBits) + rest_.keys() * settings_.key_prefix_bits;
    for (int kind = 0; kind < kFrameKinds; kind++)
      if (content[kind] > 0)
        sum += model_.bits(kind, content[kind], clip3(target_.min_qindex, target_.max_qindex, model_.qindex(kind, l))) - RateModel::overhead();
    return sum;
  });
  return leaf_ == 0 ? leaf : near_leaf(leaf, kSecondPassQindexRange, kSecondPassQindexRange);
}

/// What is left of the group within so many bits.
int RateControl::leaf_for_steps(double bits) const {
  return leaf_within(bits, [this](int leaf) {
    double sum = 0;
    for (int i = next_; i < group_.size(); i++) sum += describe(group_[i], leaf, shown_time_).expected;
    return sum;
  });
}

int RateControl::near_ending(int leaf) const {
  return near_leaf(leaf, settings_.mode == RateMode::kConstant ? kEndingQindexRange : kEndingFinerRange, kEndingQindexRange);
}

/// Brought within a distance of the last group's.
int RateControl::near_leaf(int leaf, int finer, int coarser) const {
  return std::clamp(leaf, std::max({leaf_ - finer, 1, target_.best_leaf_qindex}), std::max({leaf_ + coarser, 1, target_.best_leaf_qindex}));
}

bool RateControl::drops(const RateStep& step) const {
  if (settings_.mode != RateMode::kConstant || settings_.drop_level <= 0 || step.kind == 0) return false;
  const RateTarget& t = step.picture.target;
  const Buffer b = buffer_after_planned(false);
  const double level = std::min(b.level + t.bits_per_second * (step.picture.time - shown_time_), t.bits_per_second * settings_.buffer);
  return level - b.unit < settings_.drop_level * settings_.buffer_optimal * t.bits_per_second;
}

void RateControl::start_group(Span<const RateStep> steps, const SequenceEnd& end) {
  group_.clear();
  next_ = 0;
  const bool first = groups_++ == 0;
  const RatePicture* last = nullptr;
  double usual = 0;
  for (const RateStep& step : steps) {
    group_.push_back(step);
    if (step.shown) usual += step.picture.duration;
    if (step.shown && (!last || step.picture.time > last->time)) last = &step.picture;
  }
  const double rate_before = rate();
  target_ = last->target;
  if (!first && rate() != rate_before) {
    const double level = std::min(expected_level() / rate(), settings_.buffer);
    drift_ = {.level = level, .start = end_time_, .seconds = kChangeDrift};
  }
  if (first) {
    buffer_ = {.level = settings_.buffer_initial * rate()};
    drift_ = {.level = settings_.buffer_initial, .start = last->time, .seconds = kInitialDrift};
    shown_time_ = end_time_ = learned_time_ = last->time;
  }
  const double end_time = last->time + last->duration, seconds = end_time - end_time_;
  if (settings_.low_delay() && group_[0].kind == 0 && last->cost.inter >= kNewScene * last->cost.intra) model_.start_scene();
  learn_shares(std::max(seconds, usual));
  leaf_ = choose_leaf(std::max(seconds, usual), end);
  note_hardest(std::max(seconds, usual));
  ending_ = end.here() && !first;
  ending_bits_ = spent_ + rate() * std::max(seconds, 0.0) - ending_error(std::max(seconds, 0.0));
  for (const RateStep& step : group_)
    if (step.codes) rest_.count_off(step.picture.index);
  // Only so much time can be saved as the buffer holds.
  due_ += rate() * std::clamp(seconds, 0.0, usual + settings_.buffer);
  end_time_ = std::max(end_time, end_time_);
}

RateDecision RateControl::plan_frame() {
  const RateStep& step = group_[next_];
  int leaf = leaf_;
  // The last frames settle the account one by one.
  if (ending_) leaf = near_ending(leaf_for_steps(ending_bits_ - spent_));
  const int coarsest = std::max(leaf, target_.max_qindex);
  if (!fits(leaf)) {
    int high = coarsest;
    while (leaf < high) {
      const int mid = (leaf + high) / 2;
      if (fits(mid)) high = mid;
      else leaf = mid + 1;
    }
  }
  Planned p = describe(step, leaf, shown_time_);
  RateDecision decision = {.leaf_qindex = leaf};
  p.most = p.expected;
  if (settings_.mode == RateMode::kConstant) {
    const Buffer b = buffer_after_planned(true);
    double later = 0;  // of the same unit
    double fill = p.fill;
    for (int i = next_; i < group_.size(); i++) {
      const Planned q = describe(group_[i], leaf, shown_time_);
      if (i > next_) later += q.expected;
      fill = q.fill;
      if (q.ends_unit) break;
    }
    const double level = std::min(b.level + fill, p.size);
    double room = level - b.unit - later - kReserve * p.size;
    if (settings_.low_delay() && step.kind == 0) room = std::min(room, kLiveKeyMost * level);
    p.most = settings_.low_delay() ? room : std::min(room, std::max(kMostOverExpected * p.expected, 0.02 * p.size));
    decision.max_bits = static_cast<uint64_t>(std::max(p.most - p.overhead, 256.0));
    p.most = std::max(p.most, p.expected);
  }
  spent_ += p.expected;
  if (step.kind == 0 && !keys_are_usual()) borrow(p.expected - rate() * step.picture.duration, step.picture.time);
  if (settings_.mode != RateMode::kConstant && leaf <= target_.best_leaf_qindex) due_ = std::min(due_, spent_ + rate() * settings_.buffer);
  planned_.push_back(p);
  if (step.shown) shown_time_ = step.picture.time;
  next_++;
  return decision;
}

void RateControl::plan_shown(double bits) {
  const RateStep& step = group_[next_++];
  Planned p = describe(step, leaf_, shown_time_);
  p.expected = p.most = p.overhead + bits;
  p.known = true;
  spent_ += p.expected;
  shown_time_ = step.picture.time;
  planned_.push_back(p);
}

/// Seconds in which vbr pays a key frame back.
double RateControl::loan_seconds() const {
  const double interval = key_interval();
  return interval > 0 ? std::min(interval, kLoanSeconds) : kLoanSeconds;
}

/// What key frames owe that is no error. Where many come in a short time, the average counts for more than an even quality.
double RateControl::lent() const {
  const double left = loan_.left(end_time_);
  const bool constant = settings_.mode == RateMode::kConstant;
  if (constant && settings_.low_delay()) return left;
  return std::min(left, std::max(0.0, first_loan_.left(end_time_)) +
                            (constant ? kMostConstantLentPart : kMostLentPart) * rate() * std::max(end_time_, kLeastBandSeconds));
}

/// What the key frame that the group starts with will take from the frames behind it: they are to have its quality.
double RateControl::key_loan_rate(int leaf_qindex) const {
  if (group_.empty() || group_[0].kind != 0 || keys_are_usual()) return 0;
  // The first one of cbr has the buffer's initial level.
  if (settings_.mode == RateMode::kConstant && (settings_.low_delay() || groups_ < 2)) return 0;
  const RateStep& key = group_[0];
  return std::max(0.0, model_.bits(0, content_of(key), qindex_of(key, leaf_qindex)) - rate() * key.picture.duration) / loan_seconds();
}

/// A key frame takes more than its time is worth: spread the difference.
void RateControl::borrow(double bits, double time) {
  const double all = loan_.left(time) + bits;
  if (settings_.mode == RateMode::kConstant) {
    const double part = std::clamp(kLoanBufferPart / settings_.buffer, kLeastLoanRatePart, kMostLoanRatePart);
    double soon = std::abs(all) / (part * rate());
    if (!settings_.low_delay()) soon = std::min(soon, kMostConstantLoanSeconds);
    const double interval = key_interval();
    double due = settings_.low_delay() ? std::abs(all) / (kLiveLoanRatePart * rate()) : soon;
    if (interval > 0) due = std::max(soon, std::min(due, 0.5 * interval));
    loan_ = {.bits = all, .floor = 0, .start = time, .end = time + std::max(0.5, due)};
    if (first_loan_.end == 0) first_loan_ = loan_;
    return;
  }
  loan_ = {.bits = all, .floor = -kSavedPart * bits, .start = time, .end = time + loan_seconds()};
  if (first_loan_.end == 0) first_loan_ = loan_;
}

void RateControl::coded(double bits, int qindex) {
  size_t i = 0;
  while (planned_[i].known) i++;
  Planned& p = planned_[i];
  const double took = bits + p.overhead;
  take_note(p, qindex, bits);
  if (p.before) {
    rest_.compare(*p.before, qindex, bits, model_);
    p.content = model_.content_of_coded(p.kind, p.before->qindex, static_cast<double>(p.before->bits));
  }
  model_.learn(p.kind, p.content, qindex, bits, std::max(0.0, p.time - learned_time_));
  learned_time_ = std::max(learned_time_, p.time);
  spent_ += took - p.expected;
  if (p.kind == 0 && !keys_are_usual()) {
    if (first_loan_.start == loan_.start) first_loan_.bits += took - p.expected;
    loan_.bits += took - p.expected;
  }
  p.expected = p.most = took;
  p.known = true;
  while (!planned_.empty() && planned_.front().known) {
    buffer_.take(planned_.front(), planned_.front().expected);
    planned_.pop_front();
  }
}

}  // namespace tessera
