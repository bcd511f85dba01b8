// Chroma's error counts for more the smoother chroma is beside luma.
#include <gtest/gtest.h>

#include <random>

#include "dsp/dispatch.h"
#include "search/plane_weights.h"

namespace tessera {
namespace {

/// A picture whose planes are noise of these amplitudes, in samples of 8 bit; one plane alone: 4:0:0.
template <Pixel P>
PlaneWeights weights_of(const std::vector<int>& amplitudes, int qindex, int bit_depth = 8) {
  FrameWork<P> frame;
  frame.format.width = 136;
  frame.format.height = 72;
  frame.format.bit_depth = bit_depth;
  frame.format.monochrome = amplitudes.size() == 1;
  frame.header.quantization.base_q_idx = static_cast<uint8_t>(qindex);
  frame.header.coded_lossless = qindex == 0;
  Picture<P> picture;
  picture.resize(frame.format);
  std::mt19937 random(1);
  for (int p = 0; p < frame.format.planes(); p++) {
    const PlaneView<P> plane = picture.plane(p);
    const int amplitude = amplitudes[static_cast<size_t>(p)];
    for (int y = 0; y < plane.height(); y++)
      for (int x = 0; x < plane.width(); x++)
        plane.at(x, y) = static_cast<P>((128 - amplitude + static_cast<int>(random() % (2 * static_cast<unsigned>(amplitude) + 1))) << (bit_depth - 8));
    frame.source_plane[p] = plane;
  }
  DspTable<P> dsp;
  bind_scalar(dsp);
  WorkerPool alone(1), three(3);
  const PlaneWeights weights = plane_weights(dsp, frame, alone);
  EXPECT_EQ(plane_weights(dsp, frame, three), weights);
  return weights;
}

TEST(PlaneWeights, SmoothChromaCountsForMore) {
  const PlaneWeights some = weights_of<uint8_t>({60, 3, 2}, 80);
  EXPECT_EQ(some[0], 16);
  EXPECT_GT(some[1], 16);
  EXPECT_GT(some[2], some[1]);
  EXPECT_LE(some[2], 128);
}

TEST(PlaneWeights, FlatChromaStaysWithinTheMost) { EXPECT_LE(weights_of<uint8_t>({60, 0, 0}, 80)[1], 128); }

TEST(PlaneWeights, ChromaAsRoughAsLumaCountsTheSame) { EXPECT_EQ(weights_of<uint8_t>({20, 20, 60}, 80), kEvenWeights); }

// All planes lose as much as the step leaves.
TEST(PlaneWeights, FineStepsEvenThemOut) {
  EXPECT_GT(weights_of<uint8_t>({60, 3, 3}, 120)[1], 16);
  EXPECT_EQ(weights_of<uint8_t>({60, 3, 3}, 1), kEvenWeights);
}

TEST(PlaneWeights, NothingToWeighInLosslessAndGrey) {
  EXPECT_EQ(weights_of<uint8_t>({60, 5, 5}, 0), kEvenWeights);
  EXPECT_EQ(weights_of<uint8_t>({60}, 80), kEvenWeights);
}

TEST(PlaneWeights, TheSameAtTenBits) {
  const PlaneWeights eight = weights_of<uint8_t>({60, 3, 2}, 80), ten = weights_of<uint16_t>({60, 3, 2}, 80, 10);
  EXPECT_NEAR(eight[1], ten[1], 3);
  EXPECT_NEAR(eight[2], ten[2], 6);
}

}  // namespace
}  // namespace tessera
