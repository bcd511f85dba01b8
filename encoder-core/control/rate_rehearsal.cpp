// Rate control where a sequence or a scene begins: what is learned of it before its first frame is planned.
#include <algorithm>
#include <cmath>

#include "control/rate_control.h"

namespace tessera {
namespace {

/// Seconds in which the hardest content is forgotten, and how many times as hard a scene has factors and exponents of its own: screens
/// of text take a tenth of what natural pictures of the same content do.
constexpr double kHardestMemory = 20, kHarderScene = 1.6;

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

void RateControl::note_content(double seconds) {
  hardest_ = std::max(hardest_ * std::exp(-seconds / kHardestMemory), mean_inter_content({group_.data(), group_.size()}));
}

bool RateControl::harder_scene(Span<const RateStep> steps) const {
  return hardest_ > 0 && mean_inter_content(steps) > kHarderScene * hardest_;
}

/// Its quality is chosen by what is known of it alone: were the content before counted in, most of the rate of a long time would be gone
/// before the mean had come to it. Its key frame is lent bits as the first one is.
void RateControl::start_scene(Span<const RateStep> steps) {
  model_.reset();
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

void RateControl::rehearsed(const RateStep& step, double bits, int qindex, bool again) {
  model_.rehearse(step.kind, content_of(step), qindex, bits, again);
}

}  // namespace tessera
