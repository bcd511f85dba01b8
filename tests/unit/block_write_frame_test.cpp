// Frames of random blocks, using everything that the syntax can say, written and then parsed by an
// independent reading of section 5.11.
#include "tests/support/random_frame.h"

namespace tessera {
namespace {

/// Returns the number of palettes, and adds to those of block copies and of inter-intra blocks.
int run(RandomFrameOptions options, int frames, int* copies = nullptr, int* inter_intra = nullptr) {
  int palettes = 0;
  for (int i = 0; i < frames; i++) {
    options.seed++;
    SCOPED_TRACE(testing::Message() << "seed " << options.seed);
    RandomFrame frame(options);
    for (int tile = 0; tile < frame.tiles(); tile++) {
      frame.check_tile(tile);
      if (testing::Test::HasFailure()) return palettes;
    }
    palettes += frame.palettes_seen();
    if (copies) *copies += frame.copies_seen();
    if (inter_intra) *inter_intra += frame.inter_intra_seen();
  }
  return palettes;
}

TEST(WriteFrame, IntraFramesParse) {
  int copies = 0;
  EXPECT_GT(run({.inter = false}, 60, &copies), 300);
  EXPECT_GT(copies, 100);
}
TEST(WriteFrame, InterFramesParse) {
  int inter_intra = 0;
  EXPECT_GT(run({.seed = 1000}, 200, nullptr, &inter_intra), 300);
  EXPECT_GT(inter_intra, 100);
}
TEST(WriteFrame, DeepFramesParse) {
  EXPECT_GT(run({.seed = 500, .inter = false, .bit_depth = 10}, 20), 100);
  EXPECT_GT(run({.seed = 520, .inter = false, .bit_depth = 12}, 20), 100);
}
TEST(WriteFrame, SmallFramesParse) {
  for (int size : {8, 16, 24, 72}) run({.seed = 200, .width = size, .height = 80 - size}, 8);
}
TEST(WriteFrame, OtherChromaFormatsParse) {
  run({.seed = 300, .subsampling_x = 0, .subsampling_y = 0}, 8);
  run({.seed = 310, .subsampling_x = 1, .subsampling_y = 0}, 8);
  run({.seed = 320, .mono = true}, 8);
  run({.seed = 330, .inter = false, .subsampling_x = 0, .subsampling_y = 0}, 6);
  run({.seed = 340, .inter = false, .subsampling_x = 1, .subsampling_y = 0}, 6);
}
TEST(WriteFrame, LosslessFramesParse) {
  run({.seed = 400, .lossless = true}, 6);
  run({.seed = 410, .inter = false, .lossless = true}, 6);
}

}  // namespace
}  // namespace tessera
