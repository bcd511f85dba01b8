// The Lagrangian of a superblock follows how much is going on there.
#include <gtest/gtest.h>

#include <random>

#include "dsp/dispatch.h"
#include "search/activity.h"

namespace tessera {
namespace {

/// A picture whose superblocks are noise of these amplitudes, in samples of 8 bit, one row of them.
template <Pixel P>
class Noise {
 public:
  explicit Noise(const std::vector<int>& amplitudes, int bit_depth = 8, int width = 0, int height = kSbSize) : alone_(1), three_(3) {
    frame_.format.width = width ? width : static_cast<int>(amplitudes.size()) * kSbSize;
    frame_.format.height = height;
    frame_.format.bit_depth = bit_depth;
    frame_.lambda_scale.resize(frame_.format.sb_cols(), frame_.format.sb_rows());
    picture_.resize(frame_.format);
    std::mt19937 random(1);
    const PlaneView<P> plane = picture_.plane(0);
    for (int y = 0; y < plane.height(); y++)
      for (int x = 0; x < plane.width(); x++) {
        const unsigned amplitude = static_cast<unsigned>(amplitudes[static_cast<size_t>(x / kSbSize)]);
        plane.at(x, y) = static_cast<P>((128 - amplitude + random() % (2 * amplitude + 1)) << (bit_depth - 8));
      }
    frame_.source_plane[0] = PlaneView<const P>(plane.ptr(0, 0), plane.stride(), frame_.format.width, frame_.format.height);
    bind_scalar(dsp_);
  }

  FrameWork<P>& frame() { return frame_; }

  std::vector<float> scales(float strength) {
    const std::vector<float> scales = scales_with(strength, alone_);
    EXPECT_EQ(scales_with(strength, three_), scales);
    return scales;
  }

 private:
  std::vector<float> scales_with(float strength, WorkerPool& workers) {
    scale_by_activity(dsp_, strength, frame_, workers);
    std::vector<float> out;
    for (int row = 0; row < frame_.lambda_scale.height(); row++)
      for (int col = 0; col < frame_.lambda_scale.width(); col++) out.push_back(frame_.lambda_scale.at(col, row));
    return out;
  }

  FrameWork<P> frame_;
  Picture<P> picture_;
  DspTable<P> dsp_;
  WorkerPool alone_, three_;
};

TEST(Activity, QuietPartsHaveALowerLagrangian) {
  const std::vector<float> scales = Noise<uint8_t>({2, 10, 60}).scales(0.2f);
  EXPECT_LT(scales[0], 1.0f);
  EXPECT_LT(scales[0], scales[1]);
  EXPECT_LT(scales[1], scales[2]);
  EXPECT_GT(scales[2], 1.0f);
}

// Variance of noise goes with the squared amplitude: 4 octaves lie between these, 2 either side of their mean.
TEST(Activity, TheChangeIsSoMuchPerOctave) {
  const std::vector<float> scales = Noise<uint8_t>({20, 80}).scales(0.25f);
  EXPECT_NEAR(scales[0], 0.7071f, 0.03f);
  EXPECT_NEAR(scales[1], 1.4142f, 0.06f);
}

TEST(Activity, AnOctaveEitherWayIsTheMost) {
  const std::vector<float> scales = Noise<uint8_t>({0, 120}).scales(1.0f);
  EXPECT_EQ(scales[0], 0.5f);
  EXPECT_EQ(scales[1], 2.0f);
}

TEST(Activity, NothingChangesWithoutStrengthOrWithoutLoss) {
  Noise<uint8_t> noise({2, 60});
  const std::vector<float> ones = {1.0f, 1.0f};
  EXPECT_NE(noise.scales(0.2f), ones);
  EXPECT_EQ(noise.scales(0.0f), ones);
  noise.frame().header.coded_lossless = true;
  EXPECT_EQ(noise.scales(0.2f), ones);
}

// Of the last column and row only the blocks inside count; where there are none, the mean does.
TEST(Activity, PartsOfSuperblocks) {
  EXPECT_EQ(Noise<uint8_t>({2, 60}, 8, kSbSize + 24, 40).scales(0.2f).size(), 2u);
  EXPECT_GT(Noise<uint8_t>({2, 60}, 8, kSbSize + 24, 40).scales(0.2f)[1], 1.0f);
  EXPECT_EQ(Noise<uint8_t>({2, 60}, 8, kSbSize + 7, 40).scales(0.2f), std::vector<float>({1.0f, 1.0f}));
  EXPECT_EQ(Noise<uint8_t>({60}, 8, 5, 40).scales(0.2f), std::vector<float>({1.0f}));
}

TEST(Activity, TheSameAtTenBits) {
  const std::vector<float> eight = Noise<uint8_t>({2, 10, 60}).scales(0.2f), ten = Noise<uint16_t>({2, 10, 60}, 10).scales(0.2f);
  for (size_t i = 0; i < eight.size(); i++) EXPECT_NEAR(eight[i], ten[i], 1.0f / 64);
}

}  // namespace
}  // namespace tessera
