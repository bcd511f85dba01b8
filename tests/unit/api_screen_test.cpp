// Screens are coded with the tools for screens at every speed, and nothing else is.
#include <gtest/gtest.h>

#include "tests/support/parser/stream_parser.h"
#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

EncoderConfig config_of(int cpu_used, UsageProfile profile, int bit_depth) {
  EncoderConfig c = config_of_video(200, 140, bit_depth);
  c.usage_profile = profile;
  c.threads = 1;
  c.runtime.cpu_used = cpu_used;
  return c;
}

/// What the blocks of a stream use.
struct Use : parser::Listener {
  int frames = 0, screens = 0, luma = 0, chroma = 0, inter_frame_luma = 0;

  void on_frame(int, const FrameHeader& header) override {
    frames++;
    screens += header.allow_screen_content_tools;
    intra = header.frame_is_intra();
  }
  void on_block(int, const parser::Block& block) override {
    luma += block.palette_size_y > 0;
    chroma += block.palette_size_uv > 0;
    inter_frame_luma += !intra && block.palette_size_y > 0;
  }

  bool intra = true;
};

Use use_of(const EncodedSequence& sequence) {
  Use use;
  parser::StreamParser stream(use);
  for (const auto& unit : sequence.units) stream.parse({unit.data(), static_cast<ptrdiff_t>(unit.size())});
  return use;
}

TEST(Screens, HavePalettesAtEverySpeed) {
  for (int cpu_used = 0; cpu_used <= 10; cpu_used += cpu_used < 6 ? 3 : 1)
    for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime})
      for (int depth : {8, 10}) {
        SCOPED_TRACE(testing::Message() << "cpu-used " << cpu_used << " profile " << static_cast<int>(profile) << " depth " << depth);
        Status status;
        const Use use = use_of(encode_screen_video(config_of(cpu_used, profile, depth), 4, &status));
        ASSERT_TRUE(status.ok()) << status.message();
        EXPECT_EQ(use.screens, use.frames);
        EXPECT_GT(use.luma, 50);
        EXPECT_GT(use.chroma, 10);
        EXPECT_GT(use.inter_frame_luma, 0);
      }
}

/// Far more than one block's search would find by itself.
TEST(Screens, LongScrollsAreFound) {
  EncoderConfig c = config_of(8, UsageProfile::kRealtime, 8);
  c.height = 500;
  Status status;
  // The text moves by 3 rows a picture.
  const EncodedSequence far = encode_pictures(c, 2, &status, [&](int i) { return make_screen_picture(c, 80 * i); });
  const EncodedSequence other = encode_pictures(c, 2, &status, [&](int i) { return make_screen_picture(c, 1000 * i); });
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(far.units.size(), 2u);
  EXPECT_FALSE(far.keys[1]) << "not a scene cut, for this test";
  EXPECT_LT(far.units[1].size(), other.units[1].size() * 2 / 3) << "half of the text comes from 240 rows below";
}

/// Squares of two colours, alike by chance: many are copies of some that the right edge cuts.
std::vector<uint8_t> make_squares(int width, int height, int stride, uint8_t beside) {
  std::vector<uint8_t> luma(static_cast<size_t>(stride) * static_cast<size_t>(height), beside);
  for (int y = 0; y < height; y++)
    for (int x = 0; x < width; x++) {
      uint32_t h = static_cast<uint32_t>(x / 12) * 0x9e3779b9u ^ static_cast<uint32_t>(y / 12) * 0x85ebca6bu;
      h = (h ^ h >> 15) * 0x2c1b3c6du;
      h = (h ^ h >> 12) * 0x297a2d39u;
      luma[static_cast<size_t>(y * stride + x)] = ((h ^ h >> 15) & 1) ? 255 : 0;
    }
  return luma;
}

/// In hardened builds whoever reads beside the picture is caught, too.
TEST(Screens, WhatLiesBesideThePictureChangesNothing) {
  for (int width : {102, 206})
    for (int cpu_used : {6, 10}) {
      std::vector<uint8_t> streams[2];
      for (int i = 0; i < 2; i++) {
        EncoderConfig c = config_of_video(width, 290, 8, ChromaFormat::kMonochrome);
        c.usage_profile = UsageProfile::kAllIntra;
        c.runtime.cpu_used = cpu_used;
        c.runtime.cq_level = 50;
        c.threads = 1;
        std::unique_ptr<Encoder> encoder;
        ASSERT_TRUE(Encoder::create(c, &encoder).ok());
        const int stride = width + 16;
        const std::vector<uint8_t> luma = make_squares(width, 290, stride, i ? 255 : 0);
        ASSERT_TRUE(encoder->send_frame({.plane = {luma.data()}, .stride_bytes = {stride}, .may_hold = true}).ok());
        encoder->finish();
        EncodedSequence out;
        drain(*encoder, out);
        streams[i] = out.bytes();
      }
      EXPECT_EQ(streams[0], streams[1]) << width << " at cpu-used " << cpu_used;
    }
}

TEST(Screens, CameraPicturesHaveNone) {
  for (int cpu_used : {3, 8}) {
    Status status;
    const Use use = use_of(encode_test_video(config_of(cpu_used, UsageProfile::kGoodQuality, 8), 4, &status));
    ASSERT_TRUE(status.ok()) << status.message();
    EXPECT_EQ(use.screens, 0);
    EXPECT_EQ(use.luma + use.chroma, 0);
  }
}

}  // namespace
}  // namespace tessera::test
