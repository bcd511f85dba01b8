// The first frames of a sequence, or of a harder scene, coded before they are coded: nothing tells better what frames will take,
// and how that follows the step.
#include "pipeline/sequence_encoder.h"

#include <cstdlib>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Rounds at most; one more where the last found the quality further off than this.
constexpr int kMostRounds = 3, kCloseQindex = 10;
/// How much finer leaves of a screen are tried the second time, where that would not be as far from the first by itself.
constexpr int kOtherQuality = 60;

/// The same picture for a frame that is not to use it up. The samples stay the original's.
template <Pixel P>
void borrow(const SourceFrame<P>& from, SourceFrame<P>& to) {
  to.format = from.format;
  for (int p = 0; p < kPlanes; p++) to.plane[p] = from.plane[p];
  copy_luma_pyramid(from.pyramid, to.pyramid);
  to.offsets.start(from.offsets);
  to.input = {};
  to.leased = false;
  to.display_index = from.display_index;
}

}  // namespace

/// Steps of a key frame and of the mini-GOP behind it, and what some of them took when they were tried.
template <Pixel P>
struct SequenceEncoder<P>::Rehearsal {
  FixedVector<GopStep, 2 * kMaxMiniGop + 1> steps;
  FixedVector<RateStep, 2 * kMaxMiniGop + 1> scene;
  int frames = 0;  ///< to be tried: the first of each layer, which are the first steps
  FixedVector<RateTrial, kMaxPyramidLayers + 1> trials;
  Slots slots;

  Span<const RateStep> rate_steps() const { return {scene.data(), scene.size()}; }
  void start_over() {
    trials.clear();
    slots = {};
  }
};

/// The key frame that is planned next, and of the mini-GOP behind it the first frame of each layer. Behind the first only where a
/// harder scene begins.
template <Pixel P>
void SequenceEncoder<P>::rehearse() {
  Rehearsal next;
  plan_rehearsal(next);
  const bool begins = next_coded_ == 0;
  if (!begins) {
    if (!begins_harder_scene(next)) return;
    measure(true, true);
    rate_.start_scene(next.rate_steps());
    learn(next, 0);
  }
  for (int round = next.trials.empty() ? 0 : 1, before = rate_.trial_leaf(), known = next.trials.size(); round < kMostRounds; round++) {
    int leaf = rate_.rehearsal_leaf(next.rate_steps());
    // Natural pictures follow the step as usual; how little bits of a screen do only another quality tells.
    if (begins && round == 1 && waiting_.front().choices.settings.common().screen_content && std::abs(leaf - before) < kOtherQuality)
      leaf = std::max(leaf - kOtherQuality, 1);
    else if (known == next.frames && std::abs(leaf - before) <= kCloseQindex)
      break;
    before = leaf;
    next.start_over();
    try_frames(next, leaf, next.frames);
    learn(next, known);
    known = next.frames;
  }
  if (begins) statistics_.exponents = rate_.exponents();
}

template <Pixel P>
void SequenceEncoder<P>::plan_rehearsal(Rehearsal& next) {
  const uint64_t first = waiting_.front().source->display_index;
  const int analysed = analysed_length() - 1, length = analysed > 0 ? analysed : mini_gop_length(1);
  auto& steps = next.steps;
  steps.push_back({.display_index = first, .layer = 0, .key = true, .shown = true});
  if (length > 0) {
    const GopSteps pyramid = make_pyramid(first + 1, length);
    for (int i = 0; i < pyramid.count; i++) steps.push_back(pyramid.step[i]);
  }
  for (const GopStep& step : steps) next.scene.push_back(rate_step(step, static_cast<int>(step.display_index - first)));
  int& frames = next.frames;
  while (frames < steps.size() && !steps[frames].show_existing && (frames < 2 || steps[frames].layer > steps[frames - 1].layer)) frames++;
}

/// By the pictures' costs, or where these do not tell by what the first frames take.
template <Pixel P>
bool SequenceEncoder<P>::begins_harder_scene(Rehearsal& next) {
  double hardness = rate_.hardness(next.rate_steps(), {});
  if (waiting_.front().cut && rate_.worth_a_trial(next.rate_steps())) {
    // Two frames clear most scenes.
    for (const int count : {2, next.frames}) {
      try_frames(next, rate_.trial_leaf(), count);
      hardness = rate_.hardness(next.rate_steps(), {next.trials.data(), next.trials.size()});
      if (hardness < 1) return false;
    }
  }
  return hardness >= RateControl::kHarderScene;
}

/// Codes more frames, up to `count` in all, with leaves of a quantiser.
template <Pixel P>
void SequenceEncoder<P>::try_frames(Rehearsal& next, int leaf, int count) {
  if (next.trials.empty()) rehearsal_planner_.reset();
  for (int i = next.trials.size(); i < count; i++) {
    const GopStep& step = next.steps[i];
    const FrameStats stats = rehearse_frame(step, static_cast<int>(step.display_index - next.steps[0].display_index), leaf, next.slots);
    next.trials.push_back({.bits = static_cast<double>(stats.bits), .qindex = stats.base_q_idx});
  }
}

/// Of the first `known` frames rate control has learnt before.
template <Pixel P>
void SequenceEncoder<P>::learn(const Rehearsal& next, int known) {
  for (int i = 0; i < next.trials.size(); i++) rate_.rehearsed(next.scene[i], next.trials[i], i < known);
}

template <Pixel P>
FrameStats SequenceEncoder<P>::rehearse_frame(const GopStep& step, int index, int leaf_qindex, Slots& slots) {
  Waiting& picture = waiting_[index];
  Lease<SourceFrame<P>> source = sources_.acquire();
  borrow(*picture.source, *source);
  Lease<FrameJob<P>> job = jobs_.acquire();
  FrameChoices choices = picture.choices;
  choices.step_change = step_change(step, index);
  choices.leaf_qindex = leaf_qindex;
  rehearsal_planner_.plan(step, choices, job->plan);
  job->plan.max_bits = 0;
  job->source = std::move(source);
  job->analysis = picture.analysis;
  prepare(*job, step, index, slots);
  schedule_.add(job.get());
  schedule_.wait(*job);
  return job->stats;
}

#define TESSERA_INSTANTIATE(P)                                                             \
  template void SequenceEncoder<P>::rehearse();                                            \
  template void SequenceEncoder<P>::plan_rehearsal(Rehearsal&);                            \
  template bool SequenceEncoder<P>::begins_harder_scene(Rehearsal&);                       \
  template void SequenceEncoder<P>::try_frames(Rehearsal&, int, int);                      \
  template void SequenceEncoder<P>::learn(const Rehearsal&, int);                          \
  template FrameStats SequenceEncoder<P>::rehearse_frame(const GopStep&, int, int, Slots&);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
