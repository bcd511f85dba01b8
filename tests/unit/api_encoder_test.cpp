// The door: bad input is named, nothing is lost, key frames come where they are asked for.
#include <gtest/gtest.h>

#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

EncoderConfig good_config() {
  EncoderConfig c;
  c.width = 96;
  c.height = 64;
  c.fps_numerator = 30;
  c.runtime.cpu_used = 9;
  c.threads = 1;
  return c;
}

TEST(Config, NamesTheFieldAtFault) {
  struct Case {
    const char* name;
    void (*spoil)(EncoderConfig&);
    StatusCode code = StatusCode::kInvalidArgument;
  };
  const Case cases[] = {
      {"width", [](EncoderConfig& c) { c.width = 0; }},
      {"width", [](EncoderConfig& c) { c.width = 65537; }},
      {"height", [](EncoderConfig& c) { c.height = -1; }},
      {"bit depth", [](EncoderConfig& c) { c.bit_depth = 9; }, StatusCode::kUnsupported},
      {"bit depth", [](EncoderConfig& c) { c.bit_depth = 16; }, StatusCode::kUnsupported},
      {"matrix_coefficients", [](EncoderConfig& c) { c.color.matrix_coefficients = 0; }},
      {"frame rate", [](EncoderConfig& c) { c.fps_denominator = 0; }},
      {"cpu-used", [](EncoderConfig& c) { c.runtime.cpu_used = 11; }},
      {"cq-level", [](EncoderConfig& c) { c.runtime.cq_level = 64; }},
      {"min-quantizer", [](EncoderConfig& c) { c.runtime.min_quantizer = 40, c.runtime.max_quantizer = 30; }},
      {"lag-in-frames", [](EncoderConfig& c) { c.lag_in_frames = 49; }},
      {"tile-columns", [](EncoderConfig& c) { c.tile_columns_log2 = 7; }},
  };
  for (const Case& k : cases) {
    EncoderConfig c = good_config();
    k.spoil(c);
    std::unique_ptr<Encoder> encoder;
    const Status status = Encoder::create(c, &encoder);
    EXPECT_EQ(status.code(), k.code) << k.name;
    EXPECT_NE(status.message().find(k.name), std::string::npos) << status.message();
    EXPECT_FALSE(encoder);
  }
}

TEST(Encoder, ReleasesEveryPictureOnce) {
  for (bool hold : {false, true})
    for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
      EncoderConfig c = good_config();
      c.usage_profile = profile;
      std::vector<int> released(30, 0);
      {
        std::unique_ptr<Encoder> encoder;
        ASSERT_TRUE(Encoder::create(c, &encoder).ok());
        std::vector<TestPicture> pictures;
        pictures.reserve(30);
        for (int i = 0; i < 30; i++) {
          pictures.push_back(make_test_picture(c, i));
          InputFrame f = pictures.back().input(static_cast<uint64_t>(i));
          f.may_hold = hold;
          f.lease = &released[static_cast<size_t>(i)];
          f.release = [](void* count) { ++*static_cast<int*>(count); };
          ASSERT_TRUE(encoder->send_frame(f).ok());
          Packet packet;
          while (encoder->receive_packet(&packet).ok()) encoder->recycle(&packet);
        }
      }  // never finished: what is inside is dropped, and released
      for (int n : released) EXPECT_EQ(n, 1);
    }
}

TEST(Encoder, RealtimeGivesEachPacketBeforeTheNextFrame) {
  EncoderConfig c = good_config();
  c.usage_profile = UsageProfile::kRealtime;
  std::unique_ptr<Encoder> encoder;
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  EXPECT_EQ(encoder->max_delay_frames(), 0);
  for (int i = 0; i < 10; i++) {
    TestPicture p = make_test_picture(c, i);
    ASSERT_TRUE(encoder->send_frame(p.input(static_cast<uint64_t>(i))).ok());
    Packet packet;
    ASSERT_TRUE(encoder->receive_packet(&packet).ok());
    EXPECT_EQ(packet.frame_id, static_cast<uint64_t>(i));
    encoder->recycle(&packet);
    EXPECT_EQ(encoder->receive_packet(&packet).code(), StatusCode::kNeedMoreInput);
  }
}

TEST(Encoder, DelayIsNoLongerThanPromised) {
  std::unique_ptr<Encoder> encoder;
  const EncoderConfig c = good_config();
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  int inside = 0;
  for (int i = 0; i < 120; i++) {
    TestPicture p = make_test_picture(c, i);
    ASSERT_TRUE(encoder->send_frame(p.input(static_cast<uint64_t>(i))).ok());
    inside++;
    Packet packet;
    while (encoder->receive_packet(&packet).ok()) {
      inside--;
      encoder->recycle(&packet);
    }
    EXPECT_LE(inside, encoder->max_delay_frames());
  }
}

TEST(Encoder, KeyFramesWhereAskedForAndDue) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    EncoderConfig c = good_config();
    c.usage_profile = profile;
    c.keyframe_mode = KeyframeMode::kDisabled;
    c.runtime.keyframe_max_dist = 20;
    std::unique_ptr<Encoder> encoder;
    ASSERT_TRUE(Encoder::create(c, &encoder).ok());
    EncodedSequence out;
    for (int i = 0; i < 60; i++) {
      TestPicture p = make_test_picture(c, i);
      InputFrame f = p.input(static_cast<uint64_t>(i));
      f.force_key_frame = i == 7;
      ASSERT_TRUE(encoder->send_frame(f).ok());
      drain(*encoder, out);
    }
    encoder->finish();
    drain(*encoder, out);
    ASSERT_EQ(out.keys.size(), 60u);
    for (int i = 0; i < 60; i++) EXPECT_EQ(out.keys[static_cast<size_t>(i)], i == 0 || i == 7 || i == 27 || i == 47) << i;
  }
}

TEST(Encoder, ResetStartsAgainWithAKeyFrame) {
  std::unique_ptr<Encoder> encoder;
  const EncoderConfig c = good_config();
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  EncodedSequence out;
  for (int i = 0; i < 25; i++) {
    TestPicture p = make_test_picture(c, i);
    ASSERT_TRUE(encoder->send_frame(p.input(static_cast<uint64_t>(i))).ok());
  }
  encoder->finish();
  TestPicture late = make_test_picture(c, 0);
  EXPECT_EQ(encoder->send_frame(late.input(0)).code(), StatusCode::kWrongState);
  encoder->reset();
  for (int i = 0; i < 5; i++) {
    TestPicture p = make_test_picture(c, i);
    ASSERT_TRUE(encoder->send_frame(p.input(static_cast<uint64_t>(100 + i))).ok());
  }
  encoder->finish();
  drain(*encoder, out);
  ASSERT_EQ(out.frame_ids.size(), 5u);
  EXPECT_EQ(out.frame_ids[0], 100u);
  EXPECT_TRUE(out.keys[0]);
}

TEST(Encoder, QualityFollowsReconfigurationWithoutAKeyFrame) {
  EncoderConfig c = good_config();
  c.usage_profile = UsageProfile::kRealtime;
  c.runtime.cq_level = 55;
  std::unique_ptr<Encoder> encoder;
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  int q[2] = {};
  for (int i = 0; i < 12; i++) {
    if (i == 6) {
      RuntimeSettings finer = c.runtime;
      finer.cq_level = 20;
      ASSERT_TRUE(encoder->reconfigure(finer).ok());
    }
    TestPicture p = make_test_picture(c, i);
    ASSERT_TRUE(encoder->send_frame(p.input(static_cast<uint64_t>(i))).ok());
    Packet packet;
    ASSERT_TRUE(encoder->receive_packet(&packet).ok());
    EXPECT_EQ(packet.key_frame, i == 0);
    if (i == 5 || i == 7) q[i / 6] = packet.base_q_idx;
    encoder->recycle(&packet);
  }
  EXPECT_LT(q[1], q[0]);
  RuntimeSettings wrong = c.runtime;
  wrong.cpu_used = 12;
  EXPECT_EQ(encoder->reconfigure(wrong).code(), StatusCode::kInvalidArgument);
}

TEST(Encoder, StreamInfoMatchesTheStream) {
  std::unique_ptr<Encoder> encoder;
  EncoderConfig c = good_config();
  c.width = 1920;
  c.height = 1080;
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  const StreamInfo& info = encoder->stream_info();
  EXPECT_EQ(info.level_idx, 8) << "1080p30 is level 4.0";
  EXPECT_EQ(info.profile, 0);
  ASSERT_GT(info.av1c.size(), 4u);
  EXPECT_EQ(info.av1c[0], 0x81);
  EXPECT_TRUE(std::vector<uint8_t>(info.av1c.begin() + 4, info.av1c.end()) == info.sequence_header_obu);
}

}  // namespace
}  // namespace tessera::test
