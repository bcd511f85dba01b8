// Temporal layers: what is left when higher ones are left out decodes to the same pictures.
#include <gtest/gtest.h>

#include "tests/support/decoders.h"
#include "tests/support/test_video.h"

namespace tessera::test {
namespace {

struct Unit {
  std::vector<uint8_t> bytes, reconstruction;
  int temporal_id = 0;
  bool droppable = false, key = false;
};

std::vector<Unit> encode(const EncoderConfig& c, int frames, int forced_key) {
  std::vector<Unit> units;
  std::unique_ptr<Encoder> encoder;
  EXPECT_TRUE(Encoder::create(c, &encoder).ok());
  for (int i = 0; i < frames && encoder; i++) {
    TestPicture p = make_test_picture(c, i);
    const uint8_t payload[] = {1, 2, 3};
    const ItutT35Message message = {0xB5, 0, payload, 3};
    InputFrame f = p.input(static_cast<uint64_t>(i));
    f.force_key_frame = i == forced_key;
    if (i % 3 == 0) f.metadata = {&message, 1, nullptr};
    EXPECT_TRUE(encoder->send_frame(f).ok());
    Packet packet;
    EXPECT_TRUE(encoder->receive_packet(&packet).ok());
    units.push_back({{packet.data, packet.data + packet.size},
                     {packet.reconstruction, packet.reconstruction + packet.reconstruction_size},
                     packet.temporal_id,
                     packet.droppable,
                     packet.key_frame});
    encoder->recycle(&packet);
  }
  return units;
}

/// Every OBU but delimiters and sequence headers has an extension with the unit's layer.
void expect_extensions(const Unit& unit, bool expected) {
  for (size_t at = 0; at < unit.bytes.size();) {
    const int header = unit.bytes[at], type = header >> 3 & 15;
    const bool extension = header & 4;
    EXPECT_EQ(extension, expected && type != 1 && (type != 2)) << "OBU type " << type;
    if (extension) {
      EXPECT_EQ(unit.bytes[at + 1] >> 5, unit.temporal_id);
    }
    at += extension ? 2 : 1;
    size_t size = 0;
    for (int i = 0;; i++) {
      size |= static_cast<size_t>(unit.bytes[at] & 127) << (7 * i);
      if (!(unit.bytes[at++] & 128)) break;
    }
    at += size;
  }
}

template <class Keep>
std::string decode_kept(const EncoderConfig& c, const std::vector<Unit>& units, Keep keep) {
  EncodedSequence kept;
  for (size_t i = 0; i < units.size(); i++) {
    if (!keep(i, units[i])) continue;
    kept.units.push_back(units[i].bytes);
    kept.reconstruction.insert(kept.reconstruction.end(), units[i].reconstruction.begin(), units[i].reconstruction.end());
  }
  return check_in_decoders(kept, c);
}

class TemporalLayers : public testing::TestWithParam<std::pair<int, int>> {};

TEST_P(TemporalLayers, LowerOnesDecodeAlone) {
  const auto [layers, depth] = GetParam();
  EncoderConfig c;
  c.width = 96;
  c.height = 72;
  c.bit_depth = depth;
  c.fps_numerator = 30;
  c.usage_profile = UsageProfile::kRealtime;
  c.keyframe_mode = KeyframeMode::kDisabled;
  c.runtime.cpu_used = layers == 2 ? 4 : 8;
  c.keep_reconstruction = true;
  c.temporal_layers = layers;
  const std::vector<Unit> units = encode(c, 42, 21);
  ASSERT_EQ(units.size(), 42u);
  for (size_t i = 0; i < units.size(); i++) {
    const size_t position = i < 21 ? i : i - 21;
    const int id = layers == 1 ? 0 : layers == 2 ? static_cast<int>(position % 2) : position % 4 == 0 ? 0 : position % 2 ? 2 : 1;
    EXPECT_EQ(units[i].temporal_id, id) << i;
    EXPECT_EQ(units[i].droppable, layers > 1 && id == layers - 1) << i;
    EXPECT_EQ(units[i].key, i == 0 || i == 21) << i;
    expect_extensions(units[i], layers > 1);
  }
  for (int highest = 0; highest < layers; highest++)
    EXPECT_EQ(decode_kept(c, units, [&](size_t, const Unit& u) { return u.temporal_id <= highest; }), "") << "up to " << highest;
  // Droppable ones here and there, all layers again after a base frame, fewer from any frame on.
  EXPECT_EQ(decode_kept(c, units, [](size_t i, const Unit& u) { return !u.droppable || i * 7 % 5 < 2; }), "");
  EXPECT_EQ(decode_kept(c, units, [](size_t i, const Unit& u) { return i >= 12 || u.temporal_id == 0; }), "");
  EXPECT_EQ(decode_kept(c, units, [](size_t i, const Unit& u) { return i < 11 || u.temporal_id == 0; }), "");
}

INSTANTIATE_TEST_SUITE_P(All, TemporalLayers,
                         testing::Values(std::pair(1, 8), std::pair(2, 8), std::pair(3, 8), std::pair(3, 10)));

TEST(TemporalLayersConfig, NeedNoLookAhead) {
  EncoderConfig c;
  c.width = c.height = 64;
  c.fps_numerator = 30;
  c.temporal_layers = 2;
  std::unique_ptr<Encoder> encoder;
  const Status status = Encoder::create(c, &encoder);
  EXPECT_EQ(status.code(), StatusCode::kInvalidArgument);
  EXPECT_NE(status.message().find("temporal-layers"), std::string::npos) << status.message();
  c.lag_in_frames = 0;
  EXPECT_TRUE(Encoder::create(c, &encoder).ok());
  c.temporal_layers = 4;
  EXPECT_FALSE(Encoder::create(c, &encoder).ok());
}

}  // namespace
}  // namespace tessera::test
