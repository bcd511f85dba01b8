#include "control/importance.h"

#include <gtest/gtest.h>

#include <cmath>

#include "dsp/dispatch.h"

namespace tessera {
namespace {

constexpr int kWidth = 128, kHeight = 128;

uint8_t noise(int x, int y) {
  uint32_t h = static_cast<uint32_t>(x) * 374761393u + static_cast<uint32_t>(y) * 668265263u;
  h = (h ^ (h >> 13)) * 1274126177u;
  return static_cast<uint8_t>(h >> 24);
}

/// Grains of noise, `shift` samples to the right.
void draw(const DspTable<uint8_t>& dsp, LumaPyramid& pyramid, int shift) {
  Array2d<uint8_t> luma(kWidth, kHeight);
  for (int y = 0; y < kHeight; y++)
    for (int x = 0; x < kWidth; x++) luma.at(x, y) = noise((x - shift + 1024) / 4, y / 4);
  build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(luma).view(), 8, pyramid);
}

struct Group {
  DspTable<uint8_t> dsp;
  LumaPyramid pyramid[3];
  Array2d<Mv> start;
  Array<ImportancePicture, 3> pictures;
  Array<int, 3> order = {0, 2, 1};  ///< picture 1 lies between 0 and 2

  Group() : start(8, 8) {
    make_dsp_table(0, dsp);
    start.fill({});
    for (int i = 0; i < 3; i++) {
      pictures[i].resize(8, 8);
      pictures[i].pyramid = &pyramid[i];
      pictures[i].coarse = {&start, &start};
    }
    pictures[2].ref = {0, -1};
    pictures[1].ref = {0, 2};
  }
  void run(float future) {
    const Span<ImportancePicture> span(pictures.data(), 3);
    for (int i = 0; i < 3; i++) measure_block_costs(span, i, dsp.distortion, 0, 8);
    propagate_importance(span, {order.data(), 3}, future);
  }
  double total(int i) const {
    double sum = 0;
    for (int y = 0; y < 8; y++)
      for (int x = 0; x < 8; x++) sum += pictures[i].inherited.at(x, y);
    return sum;
  }
};

TEST(Importance, RisesTowardsWhatIsCodedFirstInAStillScene) {
  Group g;
  for (auto& p : g.pyramid) draw(g.dsp, p, 0);
  g.run(0);
  EXPECT_EQ(g.total(1), 0);
  EXPECT_GT(g.total(0), g.total(2));
  ImportanceMap first, leaf;
  summarise_importance(g.pictures[0], first);
  summarise_importance(g.pictures[1], leaf);
  // Both others repeat it but for the price of saying so.
  EXPECT_NEAR(first.frame, std::log2(3.0), 0.1);
  EXPECT_EQ(leaf.frame, 0);
  const double without = g.total(2);
  g.run(1);
  EXPECT_GT(g.total(2), without + 1);
}

TEST(Importance, IsNothingWhereNothingCanBePredicted) {
  Group g;
  draw(g.dsp, g.pyramid[0], 0);
  draw(g.dsp, g.pyramid[1], 333);
  draw(g.dsp, g.pyramid[2], 777);
  g.run(0);
  ImportanceMap first;
  summarise_importance(g.pictures[0], first);
  EXPECT_LT(first.frame, 0.5);
}

TEST(Importance, FollowsMotionByArea) {
  Group g;
  for (auto& p : g.pyramid) draw(g.dsp, p, 0);
  draw(g.dsp, g.pyramid[1], 8);  // half a block to the right of the picture it is predicted from
  g.start.fill({0, -8});
  g.pictures[1].ref = {0, -1};
  g.pictures[2].ref = {-1, -1};
  g.run(0);
  const ImportancePicture& p = g.pictures[1];
  EXPECT_EQ(p.mv[0].at(4, 4), (Mv{0, -8}));
  const auto gives = [&](int x) { return p.intra.at(x, 4) - p.inter.at(x, 4); };
  EXPECT_NEAR(g.pictures[0].inherited.at(4, 4), (gives(4) + gives(5)) / 2.0, 0.5);
}

TEST(Importance, SuperblocksStandRelativeToTheirPicture) {
  ImportancePicture p;
  p.resize(8, 4);
  p.intra.fill(100);
  p.inherited.fill(0);
  for (int y = 0; y < 4; y++)
    for (int x = 0; x < 4; x++) p.inherited.at(x, y) = 300;
  ImportanceMap map;
  summarise_importance(p, map);
  ASSERT_TRUE(map.known);
  EXPECT_NEAR(map.frame, std::log2(2.5), 1e-5);
  EXPECT_NEAR(map.superblock.at(0, 0) + map.frame, 2.0, 1e-5);
  EXPECT_NEAR(map.superblock.at(1, 0) + map.frame, 0.0, 1e-5);
}

}  // namespace
}  // namespace tessera
