// Intra refresh: key frames only where asked for, and a decoder that began with another picture shows the encoder's own again
// as soon as one period is over.
#include <gtest/gtest.h>

#include "tests/support/decoders.h"
#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

struct RefreshCase {
  int width, height, period;
  int bit_depth = 8, cpu_used = 8;
  ChromaFormat chroma = ChromaFormat::k420;
  bool screen = false, turning = false;
  int tile_columns_log2 = 0;

  operator PictureShape() const { return {width, height, bit_depth, chroma}; }
};

void PrintTo(const RefreshCase& c, std::ostream* out) {
  *out << c.width << "x" << c.height << " period " << c.period << " depth " << c.bit_depth << " cpu-used " << c.cpu_used
       << kChromaNames[static_cast<int>(c.chroma)] << (c.screen ? " screen" : "") << (c.turning ? " turning" : "") << " tile columns "
       << (1 << c.tile_columns_log2);
}

EncoderConfig config_of(const RefreshCase& c) {
  EncoderConfig config = config_of_video(c.width, c.height, c.bit_depth, c.chroma);
  config.usage_profile = UsageProfile::kRealtime;
  config.intra_refresh = true;
  config.runtime.keyframe_max_dist = c.period;
  config.runtime.cpu_used = c.cpu_used;
  config.tile_columns_log2 = c.tile_columns_log2;
  config.threads = 1;
  config.keep_reconstruction = true;
  return config;
}

TestPicture make_picture(const RefreshCase& c, int index) {
  if (c.screen) return make_screen_picture(c, index);
  if (c.turning) return make_turning_picture(c, index);
  return make_test_picture(c, index);
}

/// What dav1d makes of these units.
std::vector<uint8_t> decode(const std::vector<std::vector<uint8_t>>& units) {
  const ScratchDir dir;
  EncodedSequence s;
  s.units = units;
  write_file(dir.file("s.obu"), s.bytes());
  const std::string command = "dav1d -q --demuxer section5 -i " + dir.file("s.obu") + " --muxer yuv -o " + dir.file("s.yuv");
  if (std::system((command + " >/dev/null 2>&1").c_str()) != 0) return {};
  return read_file(dir.file("s.yuv"));
}

/// Columns of luma, from the left, that are the same in both pictures.
int same_columns(const RefreshCase& c, const uint8_t* a, const uint8_t* b) {
  const int bytes = c.bit_depth > 8 ? 2 : 1;
  int same = c.width;
  for (int y = 0; y < c.height; y++, a += c.width * bytes, b += c.width * bytes)
    for (int x = 0; x < same; x++)
      if (std::memcmp(a + x * bytes, b + x * bytes, static_cast<size_t>(bytes)) != 0) same = x;
  return same;
}

class IntraRefresh : public testing::TestWithParam<RefreshCase> {};

TEST_P(IntraRefresh, RecoversWithinAPeriod) {
  const RefreshCase& c = GetParam();
  const EncoderConfig config = config_of(c);
  const int frames = 2 * c.period + 3;
  Status status;
  const EncodedSequence ours = encode_pictures(config, frames, &status, [&](int i) { return make_picture(c, i); });
  ASSERT_TRUE(status.ok()) << status.message();
  ASSERT_EQ(ours.units.size(), static_cast<size_t>(frames));
  for (int i = 0; i < frames; i++) EXPECT_EQ(ours.keys[static_cast<size_t>(i)], i == 0) << i;
  EXPECT_EQ(check_in_decoders(ours, c), "");

  // Another picture's key frame takes the place of ours: every sample differs to begin with.
  const EncodedSequence other = encode_pictures(config, 1, &status, [&](int) {
    TestPicture p = make_picture(c, 0);
    for (size_t i = 0; i < p.bytes.size(); i += static_cast<size_t>(p.sample_bytes())) p.bytes[i] ^= 255;
    for (size_t i = 1; p.sample_bytes() == 2 && i < p.bytes.size(); i += 2) p.bytes[i] ^= 3;
    return p;
  });
  ASSERT_TRUE(status.ok()) << status.message();
  std::vector<std::vector<uint8_t>> units = ours.units;
  units[0] = other.units[0];
  const std::vector<uint8_t> decoded = decode(units);
  ASSERT_EQ(decoded.size(), ours.reconstruction.size());
  const size_t picture = decoded.size() / static_cast<size_t>(frames);
  EXPECT_LT(same_columns(c, decoded.data(), ours.reconstruction.data()), 8) << "the key frames look alike";
  const int columns = (c.width + 63) / 64;
  for (int i = 1; i < frames; i++) {
    const uint8_t *a = decoded.data() + static_cast<size_t>(i) * picture, *b = ours.reconstruction.data() + static_cast<size_t>(i) * picture;
    // The first period refreshes column k in frame k * period / columns behind the key frame.
    const int done = std::min((i * columns + c.period - 1) / c.period, columns);
    const int same = same_columns(c, a, b);
    if (done < columns) {
      EXPECT_GE(same, 64 * done - 8) << "picture " << i;
    } else {
      EXPECT_EQ(std::memcmp(a, b, picture), 0) << "picture " << i << " differs from column " << same << " on";
    }
    // Frames may leave nothing of the other picture before their time, where they find nothing of use in it.
    if (i == 1 && columns > 2 && c.period >= columns) {
      EXPECT_LT(same, c.width) << "nothing was lost";
    }
  }
}

std::vector<RefreshCase> cases() {
  std::vector<RefreshCase> list;
  for (int cpu_used = 6; cpu_used <= 10; cpu_used++)
    for (int depth : {8, 10}) list.push_back({.width = 226, .height = 98, .period = cpu_used % 2 ? 4 : 9, .bit_depth = depth, .cpu_used = cpu_used});
  for (int cpu_used : {2, 5, 7, 9}) list.push_back({.width = 200, .height = 130, .period = 7, .cpu_used = cpu_used, .turning = true});
  list.push_back({.width = 258, .height = 66, .period = 2, .cpu_used = 7});
  list.push_back({.width = 161, .height = 66, .period = 1, .cpu_used = 9});
  list.push_back({.width = 50, .height = 40, .period = 3, .cpu_used = 7});
  list.push_back({.width = 226, .height = 66, .period = 6, .bit_depth = 10, .cpu_used = 7, .chroma = ChromaFormat::kMonochrome});
  list.push_back({.width = 194, .height = 90, .period = 8, .cpu_used = 6, .screen = true});
  list.push_back({.width = 352, .height = 130, .period = 10, .cpu_used = 8, .turning = true, .tile_columns_log2 = 1});
  return list;
}

INSTANTIATE_TEST_SUITE_P(All, IntraRefresh, testing::ValuesIn(cases()));

TEST(IntraRefreshStream, SameBytesWhateverTheThreads) {
  const RefreshCase c = {.width = 226, .height = 130, .period = 6, .turning = true};
  EncoderConfig config = config_of(c);
  Status status;
  const auto encode = [&](int threads) {
    config.threads = threads;
    return encode_pictures(config, 14, &status, [&](int i) { return make_picture(c, i); }).bytes();
  };
  const std::vector<uint8_t> one = encode(1);
  ASSERT_TRUE(status.ok()) << status.message();
  for (int threads : {2, 3}) EXPECT_TRUE(one == encode(threads)) << threads;
}

TEST(IntraRefreshStream, ForcedKeyFramesAreTheOnlyOnes) {
  const RefreshCase c = {.width = 130, .height = 66, .period = 4};
  EncoderConfig config = config_of(c);
  config.runtime.keyframe_max_ms = 100;
  std::unique_ptr<Encoder> encoder;
  ASSERT_TRUE(Encoder::create(config, &encoder).ok());
  for (int i = 0; i < 20; i++) {
    TestPicture p = make_test_picture(c, i, 11);  // a scene cut is no reason either
    InputFrame f = p.input(static_cast<uint64_t>(i));
    f.pts_ns = i * 33'333'333;
    f.force_key_frame = i == 6;
    ASSERT_TRUE(encoder->send_frame(f).ok());
    Packet packet;
    ASSERT_TRUE(encoder->receive_packet(&packet).ok());
    EXPECT_EQ(packet.key_frame, i == 0 || i == 6) << i;
    encoder->recycle(&packet);
  }
}

TEST(IntraRefreshConfig, NeedsRealtimeAndOneLayer) {
  EncoderConfig config = config_of({.width = 64, .height = 64, .period = 4});
  std::unique_ptr<Encoder> encoder;
  EXPECT_TRUE(Encoder::create(config, &encoder).ok());
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kAllIntra}) {
    config.usage_profile = profile;
    const Status status = Encoder::create(config, &encoder);
    EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
    EXPECT_NE(status.message().find("intra-refresh"), std::string::npos) << status.message();
    EXPECT_NE(status.message().find("usage-profile=realtime"), std::string::npos) << status.message();
  }
  config.usage_profile = UsageProfile::kRealtime;
  config.temporal_layers = 2;
  const Status status = Encoder::create(config, &encoder);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("temporal-layers"), std::string::npos) << status.message();
  EXPECT_NE(status.message().find("intra-refresh"), std::string::npos) << status.message();
}

}  // namespace
}  // namespace tessera::test
