// What a packet says of its temporal unit: where frames end, what rode with the picture, how far it is from its source.
#include <gtest/gtest.h>

#include "tests/support/decoders.h"
#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

constexpr int kTemporalDelimiter = 2, kFrameHeader = 3, kMetadata = 5, kFrame = 6;

struct FoundObu {
  int type = 0;
  size_t end = 0;  ///< from the start of the unit
  std::vector<uint8_t> payload;
};

std::vector<FoundObu> obus_of(const uint8_t* unit, size_t size) {
  std::vector<FoundObu> found;
  for (size_t at = 0; at < size;) {
    FoundObu obu;
    obu.type = unit[at++] >> 3 & 15;
    size_t bytes = 0;
    for (int i = 0;; i++) {
      bytes |= static_cast<size_t>(unit[at] & 127) << (7 * i);
      if (!(unit[at++] & 128)) break;
    }
    obu.payload.assign(unit + at, unit + at + bytes);
    obu.end = at += bytes;
    found.push_back(std::move(obu));
  }
  return found;
}

EncoderConfig config_for(UsageProfile profile) {
  EncoderConfig c;
  c.width = 72;
  c.height = 40;
  c.fps_numerator = 30;
  c.runtime.cpu_used = 9;
  c.threads = 2;
  c.usage_profile = profile;
  return c;
}

/// Calls `check` for each packet of `frames` pictures, each of which carries a message and a time code with its number.
template <class Check>
void encode_with_metadata(const EncoderConfig& c, int frames, EncodedSequence* out, Check check) {
  std::unique_ptr<Encoder> encoder;
  ASSERT_TRUE(Encoder::create(c, &encoder).ok());
  const auto receive = [&] {
    Packet packet;
    while (encoder->receive_packet(&packet).ok()) {
      check(packet);
      out->units.emplace_back(packet.data, packet.data + packet.size);
      out->reconstruction.insert(out->reconstruction.end(), packet.reconstruction,
                                 packet.reconstruction + packet.reconstruction_size);
      encoder->recycle(&packet);
    }
  };
  for (int i = 0; i < frames; i++) {
    TestPicture p = make_test_picture(c, i);
    const std::vector<uint8_t> payload(static_cast<size_t>(5 + i), static_cast<uint8_t>(i));
    const ItutT35Message message = {0xB5, 0, payload.data(), payload.size()};
    Timecode timecode;
    timecode.n_frames = static_cast<uint16_t>(i);
    InputFrame f = p.input(static_cast<uint64_t>(i));
    f.metadata = {&message, 1, &timecode};
    ASSERT_TRUE(encoder->send_frame(f).ok());
    receive();
  }
  encoder->finish();
  receive();
}

TEST(Packet, MetadataStandsInFrontOfTheFrameThatShowsThePicture) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    EncoderConfig c = config_for(profile);
    c.keep_reconstruction = true;
    EncodedSequence out;
    int count = 0, hidden = 0;
    encode_with_metadata(c, 40, &out, [&](const Packet& packet) {
      const std::vector<FoundObu> obus = obus_of(packet.data, packet.size);
      ASSERT_GE(obus.size(), 4u);
      EXPECT_EQ(obus[0].type, kTemporalDelimiter);
      const FoundObu &t35 = obus[obus.size() - 3], &timecode = obus[obus.size() - 2], &shown = obus.back();
      ASSERT_EQ(t35.type, kMetadata);
      ASSERT_EQ(timecode.type, kMetadata);
      EXPECT_TRUE(shown.type == kFrame || shown.type == kFrameHeader);
      const size_t i = packet.frame_id;
      ASSERT_EQ(t35.payload.size(), 2 + (5 + i) + 1);  // type, country, message, trailing bits
      EXPECT_EQ(t35.payload[0], 4);
      EXPECT_EQ(t35.payload[1], 0xB5);
      for (size_t k = 0; k < 5 + i; k++) EXPECT_EQ(t35.payload[2 + k], static_cast<uint8_t>(i));
      // type; 5 bits counting_type, 3 flags; 9 bits n_frames
      EXPECT_EQ(timecode.payload[0], 5);
      EXPECT_EQ(timecode.payload[2] << 1 | timecode.payload[3] >> 7, static_cast<int>(i));
      for (size_t k = 0; k + 3 < obus.size(); k++) EXPECT_NE(obus[k].type, kMetadata);
      hidden += packet.num_frames - 1;
      count++;
    });
    EXPECT_EQ(count, 40);
    EXPECT_EQ(hidden > 0, profile == UsageProfile::kGoodQuality);
    EXPECT_EQ(check_in_decoders(out, c), "");
  }
}

TEST(Packet, FramesEndWhereItSays) {
  EncodedSequence out;
  bool several = false;
  encode_with_metadata(config_for(UsageProfile::kGoodQuality), 40, &out, [&](const Packet& packet) {
    std::vector<size_t> ends;
    for (const FoundObu& obu : obus_of(packet.data, packet.size))
      if (obu.type == kFrame || obu.type == kFrameHeader) ends.push_back(obu.end);
    EXPECT_EQ(ends, std::vector<size_t>(packet.frame_end, packet.frame_end + packet.num_frames));
    EXPECT_EQ(ends.back(), packet.size);
    EXPECT_EQ(packet.frame_type == ShownFrameType::kKey, packet.key_frame);
    EXPECT_EQ(packet.frame_type == ShownFrameType::kShowExisting, packet.coded_frames + 1 == packet.num_frames);
    several |= packet.num_frames > 1;
  });
  EXPECT_TRUE(several);
}

TEST(Packet, SquaredErrorIsThatOfTheShownPicture) {
  for (int depth : {8, 10})
    for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
      EncoderConfig c = config_for(profile);
      c.bit_depth = depth;
      c.compute_psnr = c.keep_reconstruction = true;
      c.runtime.cq_level = 45;
      EncodedSequence out;
      encode_with_metadata(c, 20, &out, [&](const Packet& packet) {
        const TestPicture source = make_test_picture(c, static_cast<int>(packet.frame_id));
        ASSERT_EQ(packet.reconstruction_size, source.bytes.size());
        size_t at = 0;
        for (int p = 0; p < 3; p++) {
          uint64_t sum = 0;
          for (int k = 0; k < source.plane_width(p) * source.plane_height(p); k++, at += static_cast<size_t>(source.sample_bytes())) {
            const auto sample = [&](const uint8_t* bytes) { return depth > 8 ? bytes[at] | bytes[at + 1] << 8 : bytes[at]; };
            const int d = sample(source.bytes.data()) - sample(packet.reconstruction);
            sum += static_cast<uint64_t>(d * d);
          }
          EXPECT_EQ(packet.squared_error[p], sum) << "frame " << packet.frame_id << " plane " << p;
          EXPECT_GT(sum, 0u);
        }
      });
    }
}

TEST(Packet, KeyFramesByPresentationTime) {
  for (UsageProfile profile : {UsageProfile::kGoodQuality, UsageProfile::kRealtime}) {
    EncoderConfig c = config_for(profile);
    c.keyframe_mode = KeyframeMode::kDisabled;
    c.runtime.keyframe_max_dist = 0;
    c.runtime.keyframe_max_ms = 500;
    std::unique_ptr<Encoder> encoder;
    ASSERT_TRUE(Encoder::create(c, &encoder).ok());
    EncodedSequence out;
    // 100 ms apart up to frame 10, then 250 ms; the time is unknown now and then.
    for (int i = 0; i < 20; i++) {
      TestPicture p = make_test_picture(c, i);
      InputFrame f = p.input(static_cast<uint64_t>(i));
      f.pts_ns = i == 3 ? -1 : (i < 10 ? 100 * i : 1000 + 250 * (i - 10)) * int64_t{1000000};
      ASSERT_TRUE(encoder->send_frame(f).ok());
      drain(*encoder, out);
    }
    encoder->finish();
    drain(*encoder, out);
    ASSERT_EQ(out.keys.size(), 20u);
    for (int i = 0; i < 20; i++)
      EXPECT_EQ(out.keys[static_cast<size_t>(i)], i < 10 ? i % 5 == 0 : i % 2 == 0) << i;
  }
}

}  // namespace
}  // namespace tessera::test
