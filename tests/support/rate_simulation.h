// Simulated frames, which take what a law of their own says, played through rate control and a decoder's buffer.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <deque>

#include "control/quant_plan.h"
#include "control/rate_control.h"
#include "spec/quant_tables.h"

namespace tessera {

/// What frames really take; unlike the model in exponent and factors.
struct World {
  double factor = 1.6, exponent = 1.1;
  double bits(FrameKind kind, const PictureCost& cost, int qindex) const {
    constexpr double kOfKind[kFrameKinds] = {0.9, 1.6, 1.2, 0.9, 0.5, 0.3};
    const double content = kind == 0 ? cost.intra : cost.inter + 0.02 * cost.intra;
    return 150 + factor * kOfKind[kind] * content * std::pow(16.0 / (ac_q(qindex, 8) / 8.0), exponent);
  }
};

/// Plays pictures through the control and a decoder's buffer.
class Simulation {
 public:
  explicit Simulation(const RateSettings& settings) : settings_(settings), control_(settings) {}

  World world;
  RateTarget target = {.bits_per_second = 500e3, .keyframe_max_dist = 0};
  PictureCost cost = {.intra = 9000, .inter = 2200};
  size_t look_ahead = 0;  ///< pictures that wait when a group is planned
  int mini_gop = kMaxMiniGop;
  bool rehearses = false, tries = false;
  int scenes = 0;         ///< harder ones found
  float base_change = 0;  ///< of the step of key and base frames, by their importance
  double rate_now = 0;
  // What came out.
  double bits = 0, level = 0, lowest = 1e18, seconds = 0;
  int frames = 0, dropped = 0, underflows = 0;
  std::vector<double> sizes;
  std::vector<int> leaves;
  PassStatistics statistics;

  void play(int pictures, double fps, bool key_first = false) {
    for (int i = 0; i < pictures; i++) {
      InputFrame input;
      pts_ += last_seconds_;
      input.pts_ns = static_cast<int64_t>(pts_ * 1e9);
      last_seconds_ = 1 / fps;
      statistics.at(static_cast<uint64_t>(frames_in_)).seconds = last_seconds_;
      const bool key = frames_in_ == 0 || (key_first && i == 0) ||
                       (target.keyframe_max_dist > 0 && since_key_ >= target.keyframe_max_dist);
      since_key_ = key ? 1 : since_key_ + 1;
      frames_in_++;
      PictureCost c = cost;
      if (key) c.inter = c.intra;
      pending_.push_back({.time = pts_, .key = key, .rate = control_.arrive(input, c, key, target)});
      if (pending_.size() > 1) {
        RatePicture& before = pending_[pending_.size() - 2].rate;
        before.duration = pending_.back().rate.time - before.time;
      }
      plan(false);
    }
  }
  const RateExponents& exponents() const { return control_.exponents(); }
  void pause(double length) { last_seconds_ = length; }
  void end() {
    plan(true);
    measure(0);
  }

 private:
  struct Pending {
    double time;
    bool key;
    RatePicture rate;
  };
  struct Coded {
    double bits;
    int qindex;
  };

  void plan(bool ending) {
    while (pending_.size() > (ending ? 0 : look_ahead)) {
      int length = 1;
      GopSteps steps;
      if (pending_.front().key || settings_.low_delay()) {
        steps.push({.display_index = 0, .layer = 0, .key = pending_.front().key});
        if (!pending_.front().key) steps.step[0] = make_low_delay_step(0, position_);
        position_ = pending_.front().key ? 1 : position_ + 1;
      } else {
        length = 0;
        while (length < std::min<int>(mini_gop, static_cast<int>(pending_.size())) && !pending_[length].key) length++;
        if (!ending && length < mini_gop && length == static_cast<int>(pending_.size())) return;
        steps = make_pyramid(0, length);
      }
      SequenceEnd end = {.known = ending};
      for (size_t i = static_cast<size_t>(length); i < pending_.size(); i++) end.seconds_after += pending_[i].rate.duration;
      std::vector<RateStep> group;
      for (int i = 0; i < steps.count; i++) {
        const GopStep& s = steps.step[i];
        group.push_back({.kind = frame_kind(s.key, s.layer), .codes = !s.show_existing, .shown = s.shown || s.show_existing,
                         .step_change = s.layer == 0 ? base_change : 0, .picture = pending_[s.display_index].rate});
      }
      if (rehearses && pending_.front().key && pending_.size() > static_cast<size_t>(mini_gop)) rehearse();
      wait(true, ending && length == static_cast<int>(pending_.size()));
      if (settings_.low_delay() && control_.drops(group[0])) {
        dropped++;
      } else {
        control_.start_group({group.data(), static_cast<ptrdiff_t>(group.size())}, end);
        for (const RateStep& step : group) code(step);
      }
      pending_.erase(pending_.begin(), pending_.begin() + length);
    }
  }
  /// The key frame and the mini-GOP that are planned next.
  void rehearse() {
    std::vector<RateStep> group = {{.kind = 0, .picture = pending_[0].rate}};
    const GopSteps steps = make_pyramid(1, mini_gop);
    for (int i = 0; i < steps.count; i++)
      group.push_back({.kind = frame_kind(false, steps.step[i].layer), .codes = !steps.step[i].show_existing, .picture = pending_[steps.step[i].display_index].rate});
    const Span<const RateStep> scene = {group.data(), static_cast<ptrdiff_t>(group.size())};
    const RateModel model(Layering::kPyramid, 8, 1);
    std::vector<RateTrial> trials;
    const auto code = [&](int leaf) {
      trials.clear();
      for (int i = 0; i <= kMaxPyramidLayers; i++) {
        const int q = std::clamp(model.qindex(group[i].kind, leaf), target.min_qindex, target.max_qindex);
        trials.push_back({world.bits(group[i].kind, group[i].picture.cost, q), q});
      }
    };
    if (coded_count_ > 0) {
      if (tries && control_.worth_a_trial(scene)) code(control_.trial_leaf());
      if (control_.hardness(scene, {trials.data(), static_cast<ptrdiff_t>(trials.size())}) < RateControl::kHarderScene) return;
      scenes++;
      measure(0);
      control_.start_scene(scene);
    }
    for (int round = 0; round < 3; round++) {
      code(control_.rehearsal_leaf(scene));
      for (size_t i = 0; i < trials.size(); i++) control_.rehearsed(group[i], trials[i], round > 0);
    }
  }
  void code(const RateStep& step) {
    double took = 24;
    if (step.codes) {
      wait(false, ending_);
      const RateDecision decision = control_.plan_frame();
      RateModel model(settings_.layering, 8, 1);
      int q = std::clamp(change_qindex(model.qindex(step.kind, decision.leaf_qindex), step.step_change, 8), target.min_qindex, target.max_qindex);
      took = world.bits(step.kind, step.picture.cost, q);
      while (decision.max_bits > 0 && took > static_cast<double>(decision.max_bits) && q < 255)
        took = world.bits(step.kind, step.picture.cost, ++q);
      coded_.push_back({took, q});
      coded_count_++;
      leaves.push_back(decision.leaf_qindex);
      PassFrame& f = statistics.at(step.picture.index);
      f = {.kind = step.kind, .qindex = q, .step_change = step.step_change, .bits = static_cast<uint64_t>(took), .seconds = f.seconds};
    } else {
      control_.plan_shown(took);
    }
    unit_ += took + (step.shown ? 16 : 0);
    if (step.shown) decode(step.picture);
  }
  void decode(const RatePicture& picture) {
    const double rate = picture.target.bits_per_second;
    if (frames++ == 0) level = settings_.buffer_initial * rate;
    else level = std::min(level + rate * (picture.time - shown_time_), settings_.buffer * rate);
    shown_time_ = picture.time;
    level -= unit_;
    lowest = std::min(lowest, level);
    underflows += level < 0;
    bits += unit_;
    sizes.push_back(unit_);
    seconds = picture.time + picture.duration;
    unit_ = 0;
  }
  void wait(bool first, bool last) {
    ending_ = last;
    measure(control_.feedback_distance(coded_count_, first, last) - 1);
  }
  void measure(int leave) {
    while (static_cast<int>(coded_.size()) > leave) {
      control_.coded(coded_.front().bits, coded_.front().qindex);
      coded_.pop_front();
    }
  }

  RateSettings settings_;
  RateControl control_;
  std::deque<Pending> pending_;
  std::deque<Coded> coded_;
  uint64_t coded_count_ = 0, position_ = 0;
  double pts_ = 0, last_seconds_ = 0, unit_ = 0, shown_time_ = 0;
  int frames_in_ = 0, since_key_ = 0;
  bool ending_ = false;
};

}  // namespace tessera
