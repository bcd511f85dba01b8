// Coding order and reference slots: everything is coded once, shown once and in order, and nothing leaves its slot
// before it is shown.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "control/frame_planner.h"
#include "control/gop.h"
#include "control/quant_plan.h"
#include "control/reference_plan.h"

namespace tessera {
namespace {

TEST(Gop, PyramidCodesAndShowsEveryPictureOnceInOrder) {
  for (int length = 1; length <= kMaxMiniGop; length++) {
    const GopSteps steps = make_pyramid(100, length);
    std::set<uint64_t> coded, hidden;
    uint64_t next_shown = 100;
    for (int i = 0; i < steps.count; i++) {
      const GopStep& s = steps.step[i];
      if (s.show_existing) {
        EXPECT_TRUE(hidden.count(s.display_index)) << "length " << length;
        hidden.erase(s.display_index);
      } else {
        EXPECT_TRUE(coded.insert(s.display_index).second) << "coded twice";
        if (!s.shown) hidden.insert(s.display_index);
      }
      if (s.show_existing || s.shown) {
        EXPECT_EQ(s.display_index, next_shown++) << "length " << length;
      }
    }
    EXPECT_EQ(next_shown, 100u + static_cast<uint64_t>(length));
    EXPECT_EQ(coded.size(), static_cast<size_t>(length));
    EXPECT_TRUE(hidden.empty());
  }
}

TEST(Gop, FullPyramidHasFiveLayers) {
  const GopSteps steps = make_pyramid(1, 16);
  std::map<int, int> of_layer;
  for (int i = 0; i < steps.count; i++)
    if (!steps.step[i].show_existing) of_layer[steps.step[i].layer]++;
  EXPECT_EQ(of_layer, (std::map<int, int>{{0, 1}, {1, 1}, {2, 2}, {3, 4}, {4, 8}}));
}

/// Whatever the length, what nothing refers to is of the last layer, and what is between is counted from there.
TEST(Gop, LayersCountFromTheLeaves) {
  for (int length = 2; length <= kMaxMiniGop; length++) {
    const GopSteps steps = make_pyramid(1, length);
    std::set<uint64_t> coded = {0};
    for (int i = 0; i < steps.count; i++) {
      const GopStep& s = steps.step[i];
      if (s.show_existing) continue;
      const auto after = coded.upper_bound(s.display_index), before = std::prev(after);
      coded.insert(s.display_index);
      if (i == 0) continue;
      const uint64_t between = *after - *before - 1;
      EXPECT_EQ(s.layer, between == 1 ? 4 : between < 4 ? 3 : between < 8 ? 2 : 1) << "length " << length << ", picture " << s.display_index;
    }
  }
  const GopSteps eight = make_pyramid(1, 8);
  std::map<int, int> of_layer;
  for (int i = 0; i < eight.count; i++)
    if (!eight.step[i].show_existing) of_layer[eight.step[i].layer]++;
  EXPECT_EQ(of_layer, (std::map<int, int>{{0, 1}, {2, 1}, {3, 2}, {4, 4}}));
}

/// A decoder's view of the slots, driven by the headers alone.
class SlotModel {
 public:
  void step(const GopStep& s, const FramePlan& plan) {
    const FrameHeader& h = plan.header;
    if (s.show_existing) {
      EXPECT_EQ(slot_[h.frame_to_show_map_idx], s.display_index);
      EXPECT_TRUE(hidden_.erase(s.display_index)) << "shown twice, or never coded hidden";
      return;
    }
    if (!s.key) {
      for (int i = 0; i < REFS_PER_FRAME; i++) {
        ASSERT_TRUE(slot_.count(h.ref_frame_idx[i])) << "refers to an empty slot";
        const uint64_t ref = slot_[h.ref_frame_idx[i]];
        EXPECT_NE(ref, s.display_index);
        EXPECT_EQ(static_cast<int>(ref & 127), h.ref_order_hint[h.ref_frame_idx[i]]);
      }
      EXPECT_LT(slot_[h.ref_frame_idx[0]], s.display_index) << "LAST_FRAME lies in the future";
      ASSERT_LT(h.primary_ref_frame, REFS_PER_FRAME);
      EXPECT_GE(plan.num_search_refs, 1);
      std::set<uint64_t> distinct;
      for (int i = 0; i < plan.num_search_refs; i++)
        EXPECT_TRUE(distinct.insert(slot_[h.ref_frame_idx[plan.search_refs[i] - LAST_FRAME]]).second) << "searched twice";
    }
    if (!s.shown) hidden_.insert(s.display_index);
    for (int i = 0; i < NUM_REF_FRAMES; i++)
      if (h.refresh_frame_flags >> i & 1) slot_[i] = s.display_index;
    for (uint64_t display : hidden_) {
      bool kept = false;
      for (const auto& [slot, held] : slot_) kept |= held == display;
      EXPECT_TRUE(kept) << "picture " << display << " left its slot before it was shown";
    }
  }

 private:
  std::map<int, uint64_t> slot_;
  std::set<uint64_t> hidden_;
};

TEST(ReferencePlan, SlotsHoldWhatLaterStepsNeed) {
  for (int length : {1, 2, 3, 5, 8, 11, 13, 16}) {
    ReferencePlan references;
    SlotModel model;
    FramePlan plan;
    GopStep key = {.display_index = 0, .key = true};
    references.apply(key, plan);
    model.step(key, plan);
    uint64_t first = 1;
    for (int gop = 0; gop < 20; gop++) {
      const GopSteps steps = make_pyramid(first, length);
      for (int i = 0; i < steps.count; i++) {
        plan = {};
        references.apply(steps.step[i], plan);
        model.step(steps.step[i], plan);
      }
      first += static_cast<uint64_t>(length);
    }
  }
}

/// With low delay every picture finds the one before it, the latest base and that of its own layer, and four are kept in all.
TEST(ReferencePlan, LowDelayKeepsFourPictures) {
  ReferencePlan references(true);
  FramePlan plan;
  std::array<uint64_t, NUM_REF_FRAMES> held = {};
  for (uint64_t i = 0; i < 100; i++) {
    GopStep step = i == 0 ? GopStep{.display_index = 0, .key = true} : make_low_delay_step(i, i);
    plan = {};
    references.apply(step, plan);
    if (i > 0) {
      EXPECT_EQ(held[plan.header.ref_frame_idx[0]], i - 1);
      const auto holds = [&](uint64_t picture) { return std::find(held.begin(), held.end(), picture) != held.end(); };
      EXPECT_TRUE(holds((i - 1) / 4 * 4)) << "latest base at " << i;
      if (i > 4) {
        EXPECT_TRUE(holds(step.layer == 2 ? i - 2 : i - 4)) << "own layer at " << i;
      }
    }
    for (int s = 0; s < NUM_REF_FRAMES; s++)
      if (plan.header.refresh_frame_flags >> s & 1) held[static_cast<size_t>(s)] = i;
    EXPECT_LE(std::set<uint64_t>(held.begin(), held.end()).size(), 4u) << i;
  }
}

/// Leaves are coded beside what comes after them: nothing but other leaves may wait for one.
TEST(ReferencePlan, OnlyLeavesNameLeaves) {
  ReferencePlan references;
  FramePlan plan;
  references.apply({.display_index = 0, .key = true}, plan);
  std::array<bool, NUM_REF_FRAMES> holds_leaf = {};
  int leaves_naming_one = 0;
  for (uint64_t first = 1; first < 100; first += kMaxMiniGop) {
    const GopSteps steps = make_pyramid(first, kMaxMiniGop);
    for (int i = 0; i < steps.count; i++) {
      const GopStep& step = steps.step[i];
      plan = {};
      references.apply(step, plan);
      if (step.show_existing) continue;
      const bool leaf = step.layer == kMaxPyramidLayers - 1;
      bool names_one = false;
      for (const auto slot : plan.header.ref_frame_idx) names_one |= holds_leaf[slot];
      EXPECT_TRUE(leaf || !names_one) << step.display_index;
      leaves_naming_one += leaf && names_one;
      for (int s = 0; s < NUM_REF_FRAMES; s++)
        if (plan.header.refresh_frame_flags >> s & 1) holds_leaf[s] = leaf;
    }
  }
  EXPECT_GT(leaves_naming_one, 40);
}

TEST(ReferencePlan, LowDelayRefersToThePictureBefore) {
  ReferencePlan references;
  SlotModel model;
  for (uint64_t i = 0; i < 50; i++) {
    GopStep step = make_low_delay_step(i, i);
    step.key = i == 0;
    FramePlan plan;
    references.apply(step, plan);
    model.step(step, plan);
    if (i > 0) {
      EXPECT_EQ(plan.header.ref_order_hint[plan.header.ref_frame_idx[0]], static_cast<int>((i - 1) & 127));
    }
  }
}

/// Of 33 pictures one is the key frame, two are base frames and 16 leaves.
TEST(FramePlanner, FramesHaveTheSettingsOfTheirRole) {
  SequencePlan sequence;
  sequence.format = {.width = 176, .height = 144};
  FramePlanner planner(sequence);
  FrameChoices choices;
  for (int role = 0; role < kFrameRoles; role++) choices.settings.roles[role].inter.max_references = 1 + role;
  choices.settings[FrameRole::kBase].inter.compound = false;
  choices.settings[FrameRole::kInner].inter.overlap_candidates = 1;
  Array<int, kFrameRoles> frames = {};
  const auto look_at = [&](const GopStep& step) {
    FramePlan plan;
    planner.plan(step, choices, plan);
    if (step.show_existing) return;
    const int layer = plan.pyramid_layer;
    const FrameRole role = static_cast<FrameRole>(plan.settings.inter.max_references - 1);
    frames[role]++;
    const FrameRole of_layer = layer == 0 ? FrameRole::kBase : layer < 3 ? FrameRole::kInner : layer == 3 ? FrameRole::kOuter : FrameRole::kLeaf;
    EXPECT_EQ(role, step.key ? FrameRole::kKey : of_layer) << plan.source_index;
    EXPECT_EQ(plan.header.reference_select, role >= FrameRole::kInner) << plan.source_index;
    EXPECT_FALSE(plan.header.skip_mode_present && role < FrameRole::kInner) << plan.source_index;
    EXPECT_EQ(plan.header.is_motion_mode_switchable, role == FrameRole::kInner) << plan.source_index;
  };
  look_at({.display_index = 0, .key = true});
  for (uint64_t first = 1; first < 33; first += 16) {
    const GopSteps steps = make_pyramid(first, 16);
    for (int i = 0; i < steps.count; i++) look_at(steps.step[i]);
  }
  EXPECT_EQ(frames, (Array<int, kFrameRoles>{1, 2, 6, 8, 16}));
}

/// Of four pictures one is of layer 0, one of layer 1 and two are leaves.
TEST(FramePlanner, WithoutLookaheadFramesHaveTheSettingsOfTheirLayer) {
  SequencePlan sequence;
  sequence.format = {.width = 176, .height = 144};
  sequence.layering = Layering::kLowDelay;
  FramePlanner planner(sequence);
  FrameChoices choices;
  for (int role = 0; role < kFrameRoles; role++) choices.settings.roles[role].inter.max_references = 1 + role;
  for (uint64_t i = 0; i < 9; i++) {
    GopStep step = make_low_delay_step(i, i);
    step.key = i == 0;
    FramePlan plan;
    planner.plan(step, choices, plan);
    constexpr Array<FrameRole, 4> kOfFour = {FrameRole::kBase, FrameRole::kLeaf, FrameRole::kInner, FrameRole::kLeaf};
    const FrameRole role = i == 0 ? FrameRole::kKey : kOfFour[i % 4];
    EXPECT_EQ(plan.settings.inter.max_references, choices.settings[role].inter.max_references) << i;
  }
}

TEST(QuantPlan, QualityScaleIsMonotone) {
  for (Layering layering : {Layering::kPyramid, Layering::kLowDelay, Layering::kAllIntra}) {
    EXPECT_EQ(cq_level_to_qindex(0, layering), 0);
    EXPECT_EQ(cq_level_to_qindex(63, layering), 255);
    for (int level = 1; level <= 63; level++) EXPECT_GT(cq_level_to_qindex(level, layering), cq_level_to_qindex(level - 1, layering));
  }
}

TEST(QuantPlan, LayersCoarsenAndLosslessStays) {
  for (int depth : {8, 10}) {
    EXPECT_EQ(layer_qindex(0, 0, true, Layering::kPyramid, depth), 0);
    for (int leaf : {1, 20, 100, 180, 255}) {
      int previous = layer_qindex(leaf, 0, true, Layering::kPyramid, depth);
      EXPECT_GE(previous, 1) << "a lossy sequence became lossless";
      for (int layer = 0; layer <= 4; layer++) {
        const int q = layer_qindex(leaf, layer, false, Layering::kPyramid, depth);
        EXPECT_GE(q, previous);
        previous = q;
      }
      EXPECT_EQ(previous, leaf) << "leaves take the level asked for";
      EXPECT_EQ(layer_qindex(leaf, 0, true, Layering::kAllIntra, depth), leaf) << "and so do all frames that nothing refers to";
    }
  }
}

}  // namespace
}  // namespace tessera
