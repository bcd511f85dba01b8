// Rate control where a sequence or a scene begins: what is learned of it before its first frame is planned.
#include <algorithm>
#include <cmath>

#include "base/int_math.h"
#include "control/quant_plan.h"
#include "control/rate_control.h"

namespace tessera {
namespace {

/// Seconds over which what is taken is averaged, and in which the most of that is forgotten.
constexpr double kRecent = 2, kHardestMemory = 20;
/// Of these, what it takes to count as the most: base frames come first.
constexpr double kTellingSeconds = 1;
/// Seconds between scenes that are coded the beginning of to see what it takes, and the fewest steps that tell.
constexpr double kTrialSeconds = 1.5;
constexpr int kTellingSteps = 5;

/// Mean inter content of the frames coded; 0: there are none.
double mean_inter_content(Span<const RateStep> steps) {
  double sum = 0, frames = 0;
  for (const RateStep& step : steps) {
    if (!step.codes || step.kind == 0) continue;
    sum += RateModel::plain_content(step.kind, step.picture.cost);
    frames++;
  }
  return frames > 0 ? sum / frames : 0;
}

}  // namespace

/// A frame whose importance changed its step counts as one of its kind that takes what it took.
void RateControl::take_note(const Planned& p, int qindex, double bits) {
  if (p.kind == 0) return;
  const double keep = std::exp(-p.duration / kRecent);
  for (double& c : recent_.content) c *= keep;
  recent_.content[p.kind] += model_.content_of_coded(p.kind, change_qindex(qindex, -p.step_change, settings_.bit_depth), bits);
  recent_.seconds = keep * recent_.seconds + p.duration;
}

/// Bits a second, at the quality of the last group.
double RateControl::rate_of(const Taken& taken) const {
  double bits = 0;
  for (int kind = 1; kind < kFrameKinds; kind++)
    bits += model_.bits_of_coded(kind, taken.content[kind], clip3(target_.min_qindex, target_.max_qindex, model_.qindex(kind, leaf_)));
  return taken.seconds > 0 ? bits / taken.seconds : 0;
}

void RateControl::note_hardest(double seconds) {
  hardest_part_ *= std::exp(-seconds / kHardestMemory);
  if (recent_.seconds < kTellingSeconds || rate_of(recent_) <= hardest_part_ * rate_of(hardest_)) return;
  hardest_ = recent_;
  hardest_part_ = 1;
}

bool RateControl::worth_a_trial(Span<const RateStep> steps) const {
  return steps.size() >= kTellingSteps && steps[0].picture.time - trial_time_ >= kTrialSeconds;
}

/// Frames of layers that were not tried are as far from what was expected as base frames are. The content is the mean of all where that is
/// more: the one picture may be a repeated one.
double RateControl::hardness(Span<const RateStep> steps, Span<const RateTrial> trials) {
  const double most = hardest_part_ > 0 ? hardest_part_ * rate_of(hardest_) : rate_of(recent_);
  const double mean = mean_inter_content(steps);
  Array<double, kFrameKinds> times;
  times.fill(1);
  for (ptrdiff_t i = 1; i < trials.size(); i++) {
    const FrameKind kind = steps[i].kind;
    const double t = trials[i].bits / model_.bits(kind, std::max(content_of(steps[i]), model_.usual(kind) * mean), trials[i].qindex);
    if (i == 1) times.fill(t);
    times[kind] = t;
  }
  if (trials.size() > 0) trial_time_ = steps[0].picture.time;
  double bits = 0, seconds = 0;
  for (const RateStep& step : steps) {
    if (!step.codes || step.kind == 0) continue;
    bits += times[step.kind] * model_.bits(step.kind, content_of(step), qindex_of(step, leaf_));
    seconds += step.picture.duration;
  }
  return seconds > 0 && most > 0 ? bits / seconds / most : 0;
}

/// Its quality is chosen by what is known of it alone: were the content before counted in, most of the rate of a long time would be gone
/// before the mean had come to it. Its key frame is lent bits as the first one is.
void RateControl::start_scene(Span<const RateStep> steps) {
  model_.reset();
  trial_time_ = steps[0].picture.time;
  recent_ = {};
  const double metadata = window_.metadata / window_.pictures;
  window_ = {};
  for (const RateStep& step : steps) {
    if (!step.codes) continue;
    window_.pictures++;
    window_.intra += RateModel::plain_content(0, step.picture.cost);
    if (step.kind == 0) continue;
    window_.inter_pictures++;
    window_.inter += RateModel::plain_content(step.kind, step.picture.cost);
  }
  window_.metadata = metadata * window_.pictures;
  pace_.inter = window_.inter;
  pace_.inter_pictures = window_.inter_pictures;
  first_loan_ = {};
}

int RateControl::rehearsal_leaf(Span<const RateStep> steps) {
  group_.clear();
  for (const RateStep& step : steps) group_.push_back(step);
  const RateTarget before = target_;
  target_ = steps[0].picture.target;
  shares_ = {};
  learn_shares(0);
  const int leaf = choose_leaf(0, {});
  target_ = before;
  group_.clear();
  return leaf;
}

void RateControl::rehearsed(const RateStep& step, const RateTrial& trial, bool again) {
  model_.rehearse(step.kind, content_of(step), trial.qindex, trial.bits, again);
}

}  // namespace tessera
