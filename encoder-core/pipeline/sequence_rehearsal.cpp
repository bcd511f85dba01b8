// The first frames of a sequence, or of a harder scene, coded before they are coded: nothing tells better what frames will take,
// and how that follows the step.
#include "pipeline/sequence_encoder.h"

#include <cstdlib>

#include "base/int_math.h"

namespace tessera {
namespace {

/// Rounds at most; one more where the last found the quality further off than this.
constexpr int kMostRounds = 3, kCloseQindex = 10;

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

/// The key frame that is planned next, and of the mini-GOP behind it the first frame of each layer, which are the first of its coding order.
/// Behind the first only where a harder scene begins, which two frames tell where the pictures' costs do not.
template <Pixel P>
void SequenceEncoder<P>::rehearse() {
  const uint64_t first = waiting_.front().source->display_index;
  const int analysed = analysed_length() - 1, length = analysed > 0 ? analysed : mini_gop_length(1);
  FixedVector<GopStep, 2 * kMaxMiniGop + 1> steps;
  steps.push_back({.display_index = first, .layer = 0, .key = true, .shown = true});
  if (length > 0) {
    const GopSteps pyramid = make_pyramid(first + 1, length);
    for (int i = 0; i < pyramid.count; i++) steps.push_back(pyramid.step[i]);
  }
  FixedVector<RateStep, 2 * kMaxMiniGop + 1> group;
  for (const GopStep& step : steps) group.push_back(rate_step(step, static_cast<int>(step.display_index - first)));
  int frames = 0;
  while (frames < steps.size() && !steps[frames].show_existing && (frames < 2 || steps[frames].layer > steps[frames - 1].layer)) frames++;
  FixedVector<RateTrial, kMaxPyramidLayers + 1> trials;
  Slots slots;
  const auto code = [&](int leaf, int count) {
    for (int i = trials.size(); i < count; i++) {
      const FrameStats stats = rehearse_frame(steps[i], static_cast<int>(steps[i].display_index - first), leaf, slots);
      trials.push_back({.bits = static_cast<double>(stats.bits), .qindex = stats.base_q_idx});
    }
  };
  const auto learn = [&](int known) {
    for (int i = 0; i < trials.size(); i++) rate_.rehearsed(group[i], trials[i], i < known);
  };
  const bool begins = next_coded_ == 0;
  const Span<const RateStep> scene = {group.data(), group.size()};
  if (!begins) {
    double hardness = rate_.hardness(scene, {});
    if (waiting_.front().cut && rate_.worth_a_trial(scene)) {
      rehearsal_planner_.reset();
      // Two frames clear most scenes.
      for (const int count : {2, frames}) {
        code(rate_.trial_leaf(), count);
        hardness = rate_.hardness(scene, {trials.data(), trials.size()});
        if (hardness < 1) return;
      }
    }
    if (hardness < RateControl::kHarderScene) return;
    measure(true, true);
    rate_.start_scene(scene);
    learn(0);
  }
  for (int round = trials.empty() ? 0 : 1, before = rate_.trial_leaf(), known = trials.size(); round < kMostRounds; round++) {
    const int leaf = rate_.rehearsal_leaf(scene);
    if (known == frames && std::abs(leaf - before) <= kCloseQindex) break;
    before = leaf;
    rehearsal_planner_.reset();
    trials.clear();
    slots = {};
    code(leaf, frames);
    learn(known);
    known = frames;
  }
  if (begins) statistics_.exponents = rate_.exponents();
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

template FrameStats SequenceEncoder<uint8_t>::rehearse_frame(const GopStep&, int, int, Slots&);
template FrameStats SequenceEncoder<uint16_t>::rehearse_frame(const GopStep&, int, int, Slots&);
template void SequenceEncoder<uint8_t>::rehearse();
template void SequenceEncoder<uint16_t>::rehearse();

}  // namespace tessera
