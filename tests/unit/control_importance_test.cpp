// What later pictures inherit: how it rises towards what is coded first, where it ends, and what quantisers make of it.
#include <gtest/gtest.h>

#include <cmath>

#include "control/importance.h"
#include "control/quant_plan.h"
#include "dsp/dispatch.h"
#include "pipeline/lookahead.h"
#include "spec/quant_tables.h"

namespace tessera::test {
namespace {

constexpr int kWidth = 128, kHeight = 128, kBlocks = kWidth / kMotionUnit;

uint8_t noise(int x, int y) {
  uint32_t h = static_cast<uint32_t>(x) * 374761393u + static_cast<uint32_t>(y) * 668265263u;
  h = (h ^ (h >> 13)) * 1274126177u;
  return static_cast<uint8_t>(h >> 24);
}

/// Grains of noise, `shift` samples to the right.
void draw(const DspTable<uint8_t>& dsp, LumaPyramid& pyramid, int shift, int grain = 4) {
  Array2d<uint8_t> luma(kWidth, kHeight);
  for (int y = 0; y < kHeight; y++)
    for (int x = 0; x < kWidth; x++) luma.at(x, y) = noise((x - shift + 4096) / grain, y / grain);
  build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(luma).view(), 8, pyramid);
}

struct Group {
  DspTable<uint8_t> dsp;
  LumaPyramid pyramid[3];
  CoarseMotion motion;
  Array<ImportancePicture, 3> pictures;
  Array<int, 3> order = {0, 2, 1};  ///< picture 1 lies between 0 and 2

  Group() {
    make_dsp_table(0, dsp);
    motion.resize(kWidth, kHeight);
    motion.mv.fill({});
    for (int i = 0; i < 3; i++) {
      pictures[i].resize(kBlocks, kBlocks);
      pictures[i].pyramid = &pyramid[i];
      pictures[i].motion = {&motion, &motion};
    }
    pictures[2].ref = {0, -1};
    pictures[1].ref = {0, 2};
  }
  void run(float future) {
    const Span<ImportancePicture> span(pictures.data(), 3);
    for (int i = 0; i < 3; i++) measure_block_costs(span, i, dsp.distortion, 0, kBlocks);
    propagate_importance(span, {order.data(), 3}, future);
  }
  float of(int i) const {
    ImportanceMap map;
    summarise_importance(pictures[i], map);
    return map.frame;
  }
};

TEST(Importance, RisesTowardsWhatIsCodedFirstInAStillScene) {
  Group g;
  for (auto& p : g.pyramid) draw(g.dsp, p, 0);
  g.run(0);
  // Both others repeat the first but for the price of saying so; nothing refers to the leaf.
  EXPECT_NEAR(g.of(0), std::log2(3.0), 0.1);
  EXPECT_GT(g.of(0), g.of(2));
  EXPECT_GE(g.of(2), 0);
  EXPECT_EQ(g.of(1), 0);
}

TEST(Importance, OfAStillSceneGrowsWithWhatFollows) {
  Group g;
  for (auto& p : g.pyramid) draw(g.dsp, p, 0);
  g.run(0);
  const float ends = g.of(2), first_ends = g.of(0);
  g.run(0.8f);
  // A chain in which each hands four fifths on is worth five pictures.
  EXPECT_GT(g.of(2), ends + 1);
  EXPECT_GT(g.of(0), first_ends + 1);
  EXPECT_LT(g.of(0), std::log2(16.0));
}

TEST(Importance, IsNothingAcrossACut) {
  Group g;
  draw(g.dsp, g.pyramid[0], 0);
  draw(g.dsp, g.pyramid[1], 1333);
  draw(g.dsp, g.pyramid[2], 1333);
  g.run(0.8f);
  EXPECT_LT(g.of(0), 0.4);
  EXPECT_GT(g.of(2), 0.8) << "what comes after the cut is still predicted from";
}

TEST(Importance, FallsWithNoiseThatUsualClipsDoNotHave) {
  const auto importance = [](float noise) {
    Group g;
    for (auto& p : g.pyramid) draw(g.dsp, p, 0);
    for (auto& p : g.pictures) p.noise = noise;
    g.run(0);
    return g.of(0);
  };
  EXPECT_EQ(importance(2), importance(0));
  EXPECT_LT(importance(4), importance(2) - 0.2);
  EXPECT_LT(importance(10), importance(4) - 0.2);
  EXPECT_GT(importance(10), 0);
}

TEST(Importance, FollowsMotionByArea) {
  Group g;
  for (auto& p : g.pyramid) draw(g.dsp, p, 0);
  draw(g.dsp, g.pyramid[1], 8);  // half a block to the right of the picture it is predicted from
  g.motion.mv.fill({0, -8});
  g.pictures[1].ref = {0, -1};
  g.pictures[2].ref = {-1, -1};
  g.run(0);
  const ImportancePicture& p = g.pictures[1];
  const auto gives = [&](int x) { return p.intra.at(x, 4) - p.inter.at(x, 4); };
  EXPECT_NEAR(static_cast<float>(g.pictures[0].inherited.at(4, 4)), static_cast<float>(gives(4) + gives(5)) / 2, 0.5);
}

TEST(Importance, OfSuperblocksStandsAgainstTheirMean) {
  ImportancePicture p;
  p.resize(8, 4);
  p.intra.fill(100);
  p.inherited.fill(0);
  for (int y = 0; y < 4; y++)
    for (int x = 0; x < 4; x++) p.inherited.at(x, y) = 300;
  ImportanceMap map;
  summarise_importance(p, map);
  EXPECT_NEAR(map.frame, std::log2(2.5), 1e-5);
  EXPECT_NEAR(map.superblock.at(0, 0), 1.0, 1e-5);
  EXPECT_NEAR(map.superblock.at(1, 0), -1.0, 1e-5);
}

TEST(Importance, MakesSuperblocksFinerOnTopOfRegions) {
  constexpr int kBase = 120, kDepth = 8;
  ImportanceMap map;
  map.superblock.resize(4, 1);
  const float values[] = {1, -1, 0, 30};
  for (int i = 0; i < 4; i++) map.superblock.at(i, 0) = values[i];
  QuantiserOffsets offsets;
  offsets.start({.width = 256, .height = 64});
  offsets.add({.x = 128, .width = 64, .height = 64}, -16);
  add_importance(map, 0.25f, kBase, kDepth, offsets);
  const DeltaParams params = offsets.delta_params();
  ASSERT_TRUE(params.delta_q_present);
  EXPECT_EQ(params.delta_q_res, 2);
  const auto step = [&](int sb) { return static_cast<double>(ac_q(offsets.qindex(kBase, params.delta_q_res, sb, 0), kDepth)) / ac_q(kBase, kDepth); };
  EXPECT_NEAR(std::log2(step(0)), -0.25, 0.06);
  EXPECT_NEAR(std::log2(step(1)), 0.25, 0.06);
  EXPECT_EQ(offsets.qindex(kBase, params.delta_q_res, 2, 0), kBase - 16);
  EXPECT_EQ(offsets.qindex(kBase, params.delta_q_res, 3, 0), kBase - 40) << "no more than this";
}

TEST(Importance, ChangesStepsAgainstWhatIsUsual) {
  for (int depth : {8, 10})
    for (int layer = 0; layer < 4; layer++) {
      EXPECT_LT(importance_change(5, layer, false, 0.2f), 0);
      EXPECT_GT(importance_change(0, layer, false, 0.2f), 0);
      EXPECT_EQ(change_qindex(0, -1, depth), 0) << "lossless stays so";
      for (int q : {1, 50, 100, 180, 255}) {
        EXPECT_EQ(change_qindex(q, 0, depth), q);
        EXPECT_GE(change_qindex(q, -8, depth), 1);
        EXPECT_LE(change_qindex(q, 8, depth), 255);
      }
      EXPECT_NEAR(ac_q(change_qindex(120, -1, depth), depth) / static_cast<double>(ac_q(120, depth)), 0.5, 0.01);
    }
  EXPECT_EQ(importance_change(0, 4, false, 0.2f), 0) << "leaves take what is asked for";
  EXPECT_LT(importance_change(5, 0, true, 0.2f), importance_change(5, 0, false, 0.2f) + 0.1f);
}

/// Six pictures behind a first one, which is a key frame or was coded before.
class LookaheadTest : public testing::Test {
 protected:
  static constexpr int kLength = 6;

  LookaheadTest() : lookahead_(workers_, dsp_) {
    make_dsp_table(0, dsp_);
    lookahead_.make_room(kFormat);
    for (auto& a : analysis_) a.make_room(kFormat);
    for (int i = 0; i <= kMaxMiniGop; i++) pictures_[i] = {&pyramid_[i], &settings_, &analysis_[i]};
  }

  static constexpr PictureFormat kFormat = {.width = kWidth, .height = kHeight};
  InterSettings settings_;
  WorkerPool workers_{2};
  DspTable<uint8_t> dsp_;
  Lookahead lookahead_;
  Array<LumaPyramid, kMaxMiniGop + 1> pyramid_;
  Array<PictureAnalysis, kMaxMiniGop + 1> analysis_;
  Array<Lookahead::Picture, kMaxMiniGop + 1> pictures_;
};

TEST_F(LookaheadTest, FindsTheMotionThatCodingLooksFor) {
  for (int i = 0; i <= kLength; i++) draw(dsp_, pyramid_[i], 4 * i, 16);
  lookahead_.remember(pyramid_[0]);
  lookahead_.analyse({&pictures_[1], kLength}, 1000, false, true);
  const CoarseMotion* const base = analysis_[kLength].motion_towards(1000 & 127, 127);
  ASSERT_TRUE(base);
  EXPECT_EQ(base->mv.at(4, 4), (Mv{0, -4 * kLength}));
  EXPECT_FALSE(analysis_[kLength].motion_towards(1001 & 127, 127));
  const CoarseMotion *const past = analysis_[3].motion_towards(1000 & 127, 127), *const future = analysis_[3].motion_towards(1006 & 127, 127);
  ASSERT_TRUE(past && future);
  EXPECT_EQ(past->mv.at(4, 4), (Mv{0, -12}));
  EXPECT_EQ(future->mv.at(4, 4), (Mv{0, 12}));
  EXPECT_GT(analysis_[kLength].importance.frame, analysis_[3].importance.frame);
  EXPECT_GT(analysis_[3].importance.frame, analysis_[1].importance.frame);
}

TEST_F(LookaheadTest, AKeyFrameMeansMoreThanTheBaseBehindIt) {
  for (int i = 0; i <= kLength; i++) draw(dsp_, pyramid_[i], 0);
  lookahead_.analyse({&pictures_[0], kLength + 1}, 0, true, true);
  EXPECT_GT(analysis_[0].importance.frame, analysis_[kLength].importance.frame);
  const float followed = analysis_[kLength].importance.frame;
  lookahead_.analyse({&pictures_[0], kLength + 1}, 0, true, false);
  EXPECT_LT(analysis_[kLength].importance.frame, followed) << "nothing comes after it";
}

TEST_F(LookaheadTest, PicturesFarApartMakeShortMiniGops) {
  for (int i = 0; i <= kMaxMiniGop; i++) draw(dsp_, pyramid_[i], 0);
  lookahead_.remember(pyramid_[0]);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[0], kMaxMiniGop + 1}, true, true), kMaxMiniGop);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], kMaxMiniGop}, false, true), kMaxMiniGop);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[0], kMaxMiniGop + 1}, true, false), 8) << "nothing follows the last one";
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 9}, false, false), 8);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 9}, false, true), 9);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 7}, false, false), 7);
  draw(dsp_, pyramid_[16], 500);  // another picture
  EXPECT_EQ(lookahead_.choose_length({&pictures_[0], kMaxMiniGop + 1}, true, true), 8) << "the eighth is near";
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], kMaxMiniGop}, false, true), 8);
  draw(dsp_, pyramid_[8], 1000);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[0], kMaxMiniGop + 1}, true, true), kMaxMiniGop) << "no nearer picture is predicted any better";
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 7}, false, true), 7);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 8}, false, true), 4);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 4}, false, true), 4);
  draw(dsp_, pyramid_[4], 1500);
  EXPECT_EQ(lookahead_.choose_length({&pictures_[1], 8}, false, true), 8);
}

}  // namespace
}  // namespace tessera::test
