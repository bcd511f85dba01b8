// Cuts are found; motion, noise, fades and flashes are not taken for cuts.
#include <gtest/gtest.h>

#include <array>

#include "control/scene_cut.h"
#include "dsp/dispatch.h"

namespace tessera {
namespace {

struct Scene {
  int texture, dx, noise;
  double light = 1;  ///< what samples are multiplied by
};

LumaPyramid picture(const Scene& scene, int index) {
  constexpr int kW = 320, kH = 180;
  Array2d<uint8_t> luma(kW, kH);
  uint32_t random = 77u + static_cast<uint32_t>(index);
  for (int y = 0; y < kH; y++)
    for (int x = 0; x < kW; x++) {
      const int u = x + scene.dx * index, v = y;
      int s = scene.texture == 0 ? 40 + (u * 7 / 16 + v / 2) % 120 + ((u / 24 + v / 18) & 1) * 40
                                 : 200 - (v * 5 / 8 + u / 5) % 140 - ((u / 40) % 3) * 15;
      random = random * 1664525u + 1013904223u;
      s += scene.noise ? static_cast<int>(random >> 24) % (2 * scene.noise + 1) - scene.noise : 0;
      luma.at(x, y) = static_cast<uint8_t>(std::clamp(static_cast<int>(s * scene.light), 0, 255));
    }
  LumaPyramid p;
  DspTable<uint8_t> dsp;
  make_dsp_table(0, dsp);
  build_luma_pyramid<uint8_t>(dsp.pixel_ops, std::as_const(luma).view(), 8, p);
  return p;
}

class SceneCut : public testing::Test {
 protected:
  SceneCut() { make_dsp_table(0, dsp_); }
  bool cut(const Scene& scene, int index) { return detector_.is_cut(picture(scene, index), dsp_.distortion, 30 + index, 240); }
  DspTable<uint8_t> dsp_;
  SceneCutDetector detector_;
};

TEST_F(SceneCut, IsFoundWhereTheTextureChanges) {
  EXPECT_FALSE(cut({0, 2, 0}, 0)) << "the first picture has no predecessor";
  EXPECT_FALSE(cut({0, 2, 0}, 1));
  EXPECT_TRUE(cut({1, 2, 0}, 2));
  EXPECT_FALSE(cut({1, 2, 0}, 3));
}

TEST_F(SceneCut, IsNotMotionOrNoise) {
  cut({0, 9, 3}, 0);
  for (int i = 1; i < 6; i++) EXPECT_FALSE(cut({0, 9, 3}, i)) << i;
}

TEST_F(SceneCut, IsNotAFade) {
  cut({0, 1, 2, 0.1}, 0);
  for (int i = 1; i < 10; i++) EXPECT_FALSE(cut({0, 1, 2, 0.1 + 0.1 * i}, i)) << i;
  for (int i = 10; i < 18; i++) EXPECT_FALSE(cut({0, 1, 2, 1.9 - 0.1 * i}, i)) << i;
  EXPECT_TRUE(cut({1, 1, 2, 0.1}, 18)) << "another scene as dark as this one";
}

TEST_F(SceneCut, IsNotAFlash) {
  for (int i = 0; i < 9; i++) EXPECT_FALSE(cut({1, 2, 2, i % 3 == 1 ? 1.25 : 0.75}, i)) << i;
}

TEST_F(SceneCut, IsNotAShakenCamera) {
  for (const int at : {0, 57, 6, 66, 12, 75}) EXPECT_FALSE(cut({0, 1, 0}, at)) << at;
}

TEST_F(SceneCut, WaitsAfterAKeyFrame) {
  detector_.is_cut(picture({0, 0, 0}, 0), dsp_.distortion, 0, 240);
  EXPECT_FALSE(detector_.is_cut(picture({1, 0, 0}, 1), dsp_.distortion, 1, 240));
}

// Without a picture before it, what a picture costs is the least difference from a block's mean, the row above and the column on its left.
TEST_F(SceneCut, CostsOfAPictureAreThoseOfItsBlocks) {
  const LumaPyramid p = picture({1, 3, 20}, 4);
  const View2d<const uint8_t> cur = p.level[1].view();
  uint32_t expected = 0;
  for (int y = 0; y < cur.height(); y += 8)
    for (int x = 0; x < cur.width(); x += 8) {
      int sum = 32;
      for (int i = 0; i < 64; i++) sum += cur.at(x + i % 8, y + i / 8);
      std::array<uint32_t, 3> sad = {};
      for (int i = 0; i < 64; i++) {
        const int col = x + i % 8, row = y + i / 8, s = cur.at(col, row);
        sad[0] += static_cast<uint32_t>(std::abs(s - sum / 64));
        sad[1] += static_cast<uint32_t>(std::abs(s - cur.at(x - 1, row)));
        sad[2] += static_cast<uint32_t>(std::abs(s - cur.at(col, y - 1)));
      }
      expected += *std::min_element(sad.begin(), sad.end());
    }
  const PictureCost cost = detector_.compare(p, dsp_.distortion);
  EXPECT_EQ(cost.intra, expected);
  EXPECT_EQ(cost.inter, expected);
}

}  // namespace
}  // namespace tessera
