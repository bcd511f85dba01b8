// Pictures drawn from parts that occur again, and pictures of cameras.
#include <gtest/gtest.h>

#include <memory>
#include <random>

#include "control/repeat_detector.h"
#include "tests/support/test_video.h"

namespace tessera {
namespace {

template <Pixel P>
bool repeats(const test::TestPicture& picture) {
  const auto detector = std::make_unique<RepeatDetector>();
  const P* const samples = reinterpret_cast<const P*>(picture.bytes.data());
  return detector->repeats(PlaneView<const P>(samples, picture.width, picture.width, picture.height), picture.bit_depth);
}

TEST(RepeatDetector, TellsDrawingsFromCameras) {
  for (const auto& [width, height] : {std::pair{1280, 720}, std::pair{352, 288}, std::pair{3840, 160}}) {
    EXPECT_TRUE(repeats<uint8_t>(test::make_drawn_picture({width, height, 8}, 0))) << width;
    EXPECT_TRUE(repeats<uint16_t>(test::make_drawn_picture({width, height, 10}, 3))) << width;
    EXPECT_FALSE(repeats<uint8_t>(test::make_test_picture({width, height, 8}, 0))) << width;
    EXPECT_FALSE(repeats<uint16_t>(test::make_test_picture({width, height, 10}, 0))) << width;
  }
}

TEST(RepeatDetector, TakesAnySize) {
  for (const auto& [width, height] : {std::pair{1, 1}, std::pair{7, 300}, std::pair{8, 8}, std::pair{65535, 2}}) {
    test::TestPicture flat({width, height, 8});
    flat.bytes.assign(static_cast<size_t>(width) * static_cast<size_t>(height), 9);
    EXPECT_FALSE(repeats<uint8_t>(flat));
  }
}

}  // namespace
}  // namespace tessera
