// Regions of interest: finer inside, told to the decoder superblock by superblock, and nothing at all where they say nothing.
#include <gtest/gtest.h>

#include "control/quant_plan.h"
#include "tests/support/parser/stream_parser.h"
#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

constexpr int kFrames = 10;

EncoderConfig config_of(UsageProfile profile, int bit_depth) {
  EncoderConfig c = config_of_video(200, 140, bit_depth);
  c.usage_profile = profile;
  c.threads = 1;
  c.runtime.cpu_used = 8;
  c.runtime.cq_level = 40;
  c.keep_reconstruction = true;
  return c;
}

EncodedSequence encode(const EncoderConfig& c, const std::vector<QuantiserRegion>& regions) {
  Status status;
  const EncodedSequence sequence = encode_pictures(c, kFrames, &status, [&](int i) {
    TestPicture picture = make_test_picture(c, i);
    picture.regions = regions;
    return picture;
  });
  EXPECT_TRUE(status.ok()) << status.message();
  EXPECT_EQ(sequence.units.size(), size_t{kFrames});
  return sequence;
}

/// Mean squared luma error inside and outside of a region.
struct LumaError {
  double inside = 0, outside = 0;

  LumaError(const EncoderConfig& c, const EncodedSequence& sequence, const QuantiserRegion& region) {
    const uint8_t* at = sequence.reconstruction.data();
    int64_t samples_inside = 0, samples = 0;
    for (int i = 0; i < kFrames; i++) {
      const TestPicture source = make_test_picture(c, i);
      for (int y = 0; y < c.height; y++)
        for (int x = 0; x < c.width; x++) {
          const auto sample = [&](const uint8_t* picture) {
            const int n = y * c.width + x;
            return c.bit_depth > 8 ? picture[2 * n] | picture[2 * n + 1] << 8 : picture[n];
          };
          const double error = sample(at) - sample(source.bytes.data());
          const bool in = x >= region.x && x < region.x + region.width && y >= region.y && y < region.y + region.height;
          (in ? inside : outside) += error * error;
          samples_inside += in;
          samples++;
        }
      at += source.bytes.size();
    }
    inside /= static_cast<double>(samples_inside);
    outside /= static_cast<double>(samples - samples_inside);
  }
};

TEST(Regions, AreFinerInside) {
  const QuantiserRegion region = {.x = 64, .y = 64, .width = 64, .height = 64, .delta = -20};
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime})
    for (int depth : {8, 10}) {
      const EncoderConfig c = config_of(profile, depth);
      const EncodedSequence plain = encode(c, {}), with = encode(c, {region});
      const LumaError before(c, plain, region), after(c, with, region);
      EXPECT_LT(after.inside, 0.8 * before.inside) << "depth " << depth;
      EXPECT_LT(after.outside, 1.1 * before.outside) << "depth " << depth;
      EXPECT_GT(with.bytes().size(), plain.bytes().size());
      QuantiserRegion coarser = region;
      coarser.delta = 15;
      EXPECT_GT(LumaError(c, encode(c, {coarser}), region).inside, 1.2 * before.inside) << "depth " << depth;
    }
}

/// Compares the qindex of each block with what its superblock was given. To that of key and base frames look-ahead adds
/// its own: of frames that are not at once shown, and of key frames, only the range is certain.
class BlockQindexes : public parser::Listener {
 public:
  explicit BlockQindexes(bool lookahead) : lookahead_(lookahead) {}
  void on_frame(int, const FrameHeader& header) override {
    header_ = header;
    frames_with += header.delta.delta_q_present;
  }
  void on_block(int, const parser::Block& block) override {
    if (block.skip && block.mi_size == BLOCK_64X64) return;  // has no qindex of its own
    const bool first = block.mi_row < kSbMi && block.mi_col < kSbMi, last = block.mi_row >= 2 * kSbMi && block.mi_col >= 3 * kSbMi;
    const int base = header_.quantization.base_q_idx, offset = first ? -60 : last ? 40 : 0;
    if (lookahead_ && (header_.frame_is_intra() || !header_.show_frame)) {
      EXPECT_LE(block.current_q_index, std::max(base + offset, 1) + kImportanceRange) << block.mi_row << " " << block.mi_col;
      EXPECT_GE(block.current_q_index, std::min(base + offset, 255) - kImportanceRange) << block.mi_row << " " << block.mi_col;
    } else if (base + offset >= 1 && base + offset <= 255) {
      EXPECT_EQ(block.current_q_index, base + offset) << block.mi_row << " " << block.mi_col;
    }
    own += block.current_q_index != base;
  }
  int frames_with = 0, own = 0;

 private:
  static constexpr int kImportanceRange = 40 + 7;  // and a step of qindex
  FrameHeader header_;
  bool lookahead_;
};

TEST(Regions, AreToldSuperblockBySuperblock) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime})
    for (int columns : {0, 1}) {
      EncoderConfig c = config_of(profile, 8);
      c.tile_columns_log2 = columns;
      const EncodedSequence sequence = encode(c, {{.width = 64, .height = 64, .delta = -15}, {.x = 199, .y = 139, .width = 9, .height = 9, .delta = 10}});
      BlockQindexes blocks(profile == UsageProfile::kGoodQuality);
      parser::StreamParser parser(blocks);
      for (const auto& unit : sequence.units) parser.parse({unit.data(), static_cast<ptrdiff_t>(unit.size())});
      EXPECT_EQ(blocks.frames_with, kFrames);
      EXPECT_GT(blocks.own, kFrames);
    }
}

TEST(Regions, ThatSayNothingChangeNoByte) {
  const std::vector<QuantiserRegion> nothing = {
      {.width = 200, .height = 140}, {.x = 200, .width = 10, .height = 10, .delta = -10}, {.x = 10, .y = 10, .width = -5, .height = 5, .delta = -10},
      {.x = -2000000000, .y = 0, .width = 2000000000, .height = 100, .delta = 20}};
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    const EncoderConfig c = config_of(profile, 8);
    EXPECT_TRUE(encode(c, nothing).bytes() == encode(c, {}).bytes());
  }
}

TEST(Regions, LeaveLosslessPicturesAlone) {
  EncoderConfig c = config_of(UsageProfile::kGoodQuality, 8);
  c.runtime.cq_level = 0;
  EXPECT_TRUE(encode(c, {{.width = 100, .height = 100, .delta = 30}}).bytes() == encode(c, {}).bytes());
}

TEST(Regions, TakeDeltasOutsideTheScaleAsItsEnds) {
  EncoderConfig c = config_of(UsageProfile::kRealtime, 8);
  for (int sign : {-1, 1}) {
    const QuantiserRegion end = {.width = 100, .height = 100, .delta = sign * 63}, beyond = {.width = 100, .height = 100, .delta = sign * 2000000000};
    EXPECT_TRUE(encode(c, {end}).bytes() == encode(c, {beyond}).bytes());
  }
}

TEST(Regions, OffsetsGoWithTheScaleOfLevels) {
  EXPECT_EQ(quantizer_delta_to_qindex(0), 0);
  for (int delta = 1; delta <= 63; delta++) {
    EXPECT_EQ(quantizer_delta_to_qindex(delta), quantizer_to_qindex(delta));
    EXPECT_EQ(quantizer_delta_to_qindex(-delta), -quantizer_to_qindex(delta));
  }
}

}  // namespace
}  // namespace tessera::test
