// The door under random use: any configuration, layouts of every kind in memory with nothing around them, frames,
// resets and changes of settings in any order. What is refused is refused with a message; what is accepted comes
// back once a picture, in order, and decodes to the reconstruction.
//
// TESSERA_FUZZ_SEED and TESSERA_FUZZ_RUNS choose where to start and how long to go on.
#include <gtest/gtest.h>

#include <deque>
#include <memory>
#include <random>

#include "tests/support/decoders.h"

namespace tessera::test {
namespace {

int environment(const char* name, int otherwise) {
  const char* value = std::getenv(name);
  return value ? std::atoi(value) : otherwise;
}

class Session {
 public:
  explicit Session(uint32_t seed) : random_(seed) {}
  void run();

 private:
  int in(int low, int high) { return std::uniform_int_distribution<int>(low, high)(random_); }
  bool chance(int percent) { return in(1, 100) <= percent; }
  /// Mostly of the range, sometimes beside it.
  int setting(int low, int high) { return chance(97) ? in(low, high) : chance(50) ? low - in(1, 9) : high + in(1, 9); }
  RuntimeSettings runtime();
  EncoderConfig configuration();
  void send(Encoder& encoder);
  void receive(Encoder& encoder);
  void check_stream();

  struct Lent {
    std::unique_ptr<uint8_t[]> memory[3];
    int releases = 0;
  };

  std::mt19937 random_;
  EncoderConfig config_;
  std::deque<Lent> lent_;  ///< for as long as the encoder lives
  std::deque<uint64_t> expected_;
  EncodedSequence received_;
  uint64_t next_id_ = 100;
  bool squares_ = false;  ///< else what each picture shows is drawn anew
  bool key_expected_ = true;
};

RuntimeSettings Session::runtime() {
  RuntimeSettings r;
  r.cpu_used = setting(0, 10);
  r.cq_level = chance(10) ? 0 : setting(0, 63);
  r.min_quantizer = chance(70) ? 0 : setting(0, 63);
  r.max_quantizer = chance(70) ? 63 : setting(0, 63);
  r.target_bitrate_kbps = chance(40) ? 0 : static_cast<uint32_t>(chance(50) ? in(1, 100) : in(1, 5000));
  r.keyframe_max_dist = chance(50) ? in(0, 12) : 240;
  return r;
}

EncoderConfig Session::configuration() {
  EncoderConfig c;
  c.width = chance(98) ? in(1, chance(20) ? 200 : 70) : in(-1, 0);
  c.height = chance(98) ? in(1, chance(20) ? 200 : 70) : in(-1, 0);
  c.bit_depth = chance(60) ? 8 : chance(60) ? 10 : chance(90) ? 12 : in(0, 16);
  c.chroma = chance(60) ? ChromaFormat::k420 : static_cast<ChromaFormat>(in(0, 3));
  c.fps_numerator = in(0, 120);
  c.fps_denominator = chance(98) ? in(1, 5) : 0;
  c.color.full_range = chance(50);
  c.mastering_display.present = chance(20);
  c.content_light.present = chance(20);
  c.runtime = runtime();
  c.end_usage = static_cast<EndUsage>(in(0, 4));
  c.usage_profile = static_cast<UsageProfile>(in(0, 2));
  c.keyframe_mode = static_cast<KeyframeMode>(in(0, 1));
  c.lag_in_frames = setting(-1, 48);
  c.threads = in(1, 4);
  c.tile_columns_log2 = setting(-1, 6);
  c.tile_rows_log2 = setting(-1, 6);
  c.buffer_ms = chance(50) ? 6000 : static_cast<uint32_t>(in(0, 1000));
  c.buffer_initial_ms = static_cast<uint32_t>(in(0, 6000));
  c.undershoot_pct = static_cast<uint32_t>(in(0, 200));
  c.overshoot_pct = static_cast<uint32_t>(in(0, 200));
  c.drop_frame_pct = chance(90) ? 0 : static_cast<uint32_t>(in(0, 100));
  c.error_resilient = chance(20);
  const bool no_look_ahead = c.usage_profile != UsageProfile::kGoodQuality || c.lag_in_frames == 0;
  if (no_look_ahead) c.temporal_layers = setting(1, 3);
  c.intra_refresh = no_look_ahead && chance(20);
  c.keep_reconstruction = true;
  c.cpu_mask = chance(80) ? ~0u : random_();
  return c;
}

/// Squares of two colours that move and are alike by chance: to be copied, and for palettes.
int square_sample(int x, int y, int time) {
  uint32_t h = static_cast<uint32_t>((x + time) / 12) * 0x9e3779b9u ^ static_cast<uint32_t>(y / 12) * 0x85ebca6bu;
  h = (h ^ h >> 15) * 0x2c1b3c6du;
  return (h ^ h >> 12) & 1 ? ~0 : 0;
}

/// Each plane in memory of exactly its size, so that a sanitizer sees whoever reads beside it.
void Session::send(Encoder& encoder) {
  const int bytes = config_.bit_depth > 8 ? 2 : 1, w = config_.width, h = config_.height;
  const bool monochrome = config_.chroma == ChromaFormat::kMonochrome;
  InputFrame f;
  const int layout = monochrome || chance(60) ? 0 : bytes;
  f.layout = static_cast<PixelLayout>(layout);
  Lent& lent = lent_.emplace_back();
  const int kind = squares_ ? 4 : in(0, 3), planes = monochrome ? 1 : layout ? 2 : 3;
  for (int p = 0; p < planes; p++) {
    const int ss_x = p ? subsampling_x(config_.chroma) : 0, ss_y = p ? subsampling_y(config_.chroma) : 0;
    const int pw = ((w + ss_x) >> ss_x) * (p && layout ? 2 : 1), ph = (h + ss_y) >> ss_y;
    const int stride = (pw + (chance(50) ? 0 : in(0, 40))) * bytes;
    const size_t size = static_cast<size_t>(stride) * (ph - 1) + pw * bytes;
    lent.memory[p] = std::make_unique<uint8_t[]>(size);
    for (size_t i = 0; i < size / bytes; i++) {
      const int at = static_cast<int>(i) / 3 + static_cast<int>(next_id_);
      const int in_row = static_cast<int>(i) % (stride / bytes), row = static_cast<int>(i) / (stride / bytes);
      int sample = kind == 0   ? static_cast<int>(random_())
                   : kind == 1 ? at
                   : kind == 2 ? 0
                   : kind == 3 ? ~0
                               : square_sample(in_row, row, static_cast<int>(next_id_));
      sample = (sample & ((1 << config_.bit_depth) - 1)) << (layout == 2 ? 16 - config_.bit_depth : 0);
      for (int b = 0; b < bytes; b++) lent.memory[p][i * bytes + b] = static_cast<uint8_t>(sample >> (8 * b));
    }
    f.plane[p] = lent.memory[p].get();
    f.stride_bytes[p] = stride;
  }
  f.frame_id = next_id_++;
  f.force_key_frame = chance(5);
  f.may_hold = chance(50);
  QuantiserRegion regions[3];
  if (chance(30)) {
    f.regions = regions;
    f.num_regions = in(1, 3);
    const auto any = [&] { return chance(90) ? in(-20, 220) : static_cast<int>(random_()); };
    for (QuantiserRegion& r : regions) r = {.x = any(), .y = any(), .width = any(), .height = any(), .delta = chance(90) ? in(-63, 63) : any()};
  }
  f.lease = &lent;
  f.release = [](void* lease) { static_cast<Lent*>(lease)->releases++; };
  const Status status = encoder.send_frame(f);
  ASSERT_TRUE(status.ok()) << status.message();
  expected_.push_back(f.frame_id);
  if (!f.may_hold) {
    EXPECT_EQ(lent.releases, 1);
    for (auto& memory : lent.memory) memory.reset();
  }
}

void Session::receive(Encoder& encoder) {
  Packet packet;
  Status status;
  while ((status = encoder.receive_packet(&packet)).ok()) {
    if (config_.drop_frame_pct > 0)  // frames may be left out
      while (!expected_.empty() && expected_.front() != packet.frame_id) expected_.pop_front();
    ASSERT_FALSE(expected_.empty());
    EXPECT_EQ(packet.frame_id, expected_.front());
    EXPECT_TRUE(!key_expected_ || packet.key_frame);
    key_expected_ = false;
    expected_.pop_front();
    received_.units.emplace_back(packet.data, packet.data + packet.size);
    received_.reconstruction.insert(received_.reconstruction.end(), packet.reconstruction,
                                    packet.reconstruction + packet.reconstruction_size);
    encoder.recycle(&packet);
  }
  EXPECT_TRUE(status.code() == StatusCode::kNeedMoreInput || status.code() == StatusCode::kEndOfStream);
}

void Session::check_stream() {
  if (!received_.units.empty()) {
    EXPECT_EQ(check_in_decoders(received_, config_), "");
  }
  received_ = {};
  key_expected_ = true;
}

void Session::run() {
  config_ = configuration();
  squares_ = chance(30);
  SCOPED_TRACE(testing::Message() << config_.width << "x" << config_.height << " depth " << config_.bit_depth
                                  << " cpu-used " << config_.runtime.cpu_used << " cq-level " << config_.runtime.cq_level
                                  << " profile " << int(config_.usage_profile) << " lag " << config_.lag_in_frames);
  std::unique_ptr<Encoder> encoder;
  const Status status = Encoder::create(config_, &encoder);
  EXPECT_EQ(status.ok(), encoder != nullptr);
  if (!status.ok()) {
    EXPECT_FALSE(status.message().empty());
    return;
  }
  for (int step = in(1, 30); step > 0 && !testing::Test::HasFatalFailure(); step--) {
    const int what = in(1, 100);
    if (what <= 80) {
      send(*encoder);
      if (chance(90)) receive(*encoder);
    } else if (what <= 88) {
      const RuntimeSettings settings = runtime();
      const Status changed = encoder->reconfigure(settings);
      EXPECT_EQ(changed.ok(), changed.message().empty());
    } else if (what <= 92) {
      encoder->reset();
      expected_.clear();
      check_stream();
      for (const Lent& l : lent_) EXPECT_EQ(l.releases, 1);
    } else if (what <= 96) {
      encoder->finish();
      receive(*encoder);
      EXPECT_TRUE(expected_.empty() || config_.drop_frame_pct > 0) << "pictures that never came out";
      expected_.clear();
      InputFrame late;
      EXPECT_EQ(encoder->send_frame(late).code(), StatusCode::kWrongState);
      encoder->reset();
      check_stream();
    } else {
      receive(*encoder);
    }
  }
  const bool drain = chance(70);
  if (drain) {
    encoder->finish();
    receive(*encoder);
    EXPECT_TRUE(expected_.empty() || config_.drop_frame_pct > 0) << "pictures that never came out";
    check_stream();
  }
  encoder.reset();
  for (const Lent& l : lent_) EXPECT_EQ(l.releases, 1) << "of a lent picture";
}

TEST(ApiFuzz, HoldsWhateverIsAsked) {
  const int first = environment("TESSERA_FUZZ_SEED", 1), runs = environment("TESSERA_FUZZ_RUNS", 60);
  for (int seed = first; seed < first + runs; seed++) {
    SCOPED_TRACE(testing::Message() << "TESSERA_FUZZ_SEED=" << seed << " TESSERA_FUZZ_RUNS=1");
    Session(static_cast<uint32_t>(seed)).run();
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace tessera::test
