// A change of light is found from two pictures and undone.
#include <gtest/gtest.h>

#include "base/array2d.h"
#include "motion/light_change.h"

namespace tessera {
namespace {

constexpr int kW = 96, kH = 40, kMargin = 8;

Array2d<uint8_t> textured() {
  Array2d<uint8_t> picture(kW, kH, kMargin, kMargin);
  for (int y = -kMargin; y < kH + kMargin; y++)
    for (int x = -kMargin; x < kW + kMargin; x++) picture.at(x, y) = static_cast<uint8_t>(60 + ((x + kMargin) * 7 + (y + kMargin) * 13) % 90);
  return picture;
}

TEST(LightChange, IsFoundAndUndone) {
  const Array2d<uint8_t> from = textured();
  Array2d<uint8_t> to = textured();
  relight({.gain = 1.5, .offset = -20}, to.view());
  const LightChange change = light_change(from.view(), std::as_const(to).view());
  EXPECT_NEAR(change.gain, 1.5, 0.01);
  EXPECT_NEAR(change.offset, -20, 1);
  Array2d<uint8_t> relit = textured();
  relight(change, relit.view());
  for (int y = -kMargin; y < kH + kMargin; y++)
    for (int x = -kMargin; x < kW + kMargin; x++) ASSERT_NEAR(relit.at(x, y), to.at(x, y), 1) << x << ", " << y;
}

TEST(LightChange, IsNoneBetweenLikePictures) {
  const Array2d<uint8_t> from = textured();
  Array2d<uint8_t> to = textured();
  to.at(3, 4) = 255;
  EXPECT_FALSE(light_change(from.view(), std::as_const(to).view()).any());
}

TEST(LightChange, OfPlainPicturesIsTheirDifference) {
  Array2d<uint8_t> dark(kW, kH), bright(kW, kH);
  dark.fill(16);
  bright.fill(200);
  const LightChange change = light_change(std::as_const(dark).view(), std::as_const(bright).view());
  EXPECT_EQ(change.gain, 1);
  EXPECT_EQ(change.offset, 184);
  relight(change, dark.view());
  EXPECT_EQ(dark.at(kW - 1, kH - 1), 200);
}

TEST(LightChange, KeepsWithinTheRangeOfSamples) {
  Array2d<uint8_t> picture = textured();
  relight({.gain = 3, .offset = -300}, picture.view());
  EXPECT_EQ(picture.at(-kMargin, -kMargin), 0);
  relight({.gain = 1, .offset = 1000}, picture.view());
  EXPECT_EQ(picture.at(0, 0), 255);
}

}  // namespace
}  // namespace tessera
