// What comes with the pictures and goes into the stream, and what the element tells of the frames it made.
#include <cmath>

#include "element_fixture.h"
#include "obu_reader.h"

namespace tessera::test {
namespace {

constexpr int kHdrCll = 1, kItutT35 = 4, kTimecode = 5;

std::string small() {
  return raw_caps("I420", 64, 64);
}

/// Payloads of the metadata OBUs of a type, without the type and the trailing bits.
std::vector<Bytes> metadata_of(const BufferPtr& buffer, int type) {
  std::vector<Bytes> found;
  for (const Obu& obu : split_obus(bytes_of(buffer.get()))) {
    if (obu.type != kObuMetadata || obu.payload[0] != type) continue;
    found.emplace_back(obu.payload.begin() + 1, obu.payload.end() - 1);
    EXPECT_EQ(obu.payload.back(), 0x80);
  }
  return found;
}

/// Encodes `count` pictures, each after `prepare(buffer, index)`.
template <class Prepare>
std::vector<BufferPtr> encode(const std::string& properties, int count, Prepare prepare) {
  Harness harness(properties);
  harness.set_caps(small());
  for (int i = 0; i < count; i++) {
    BufferPtr picture = make_picture(small(), i);
    prepare(picture.get(), i);
    EXPECT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
  }
  harness.end_of_stream();
  auto buffers = harness.pull();
  EXPECT_EQ(buffers.size(), size_t(count));
  return buffers;
}

const Bytes kTriplets = {0xFC, 0x94, 0x2C, 0xFF, 0x02, 0x21, 0xFE, 0x01, 0x00};
/// ATSC A/53: United States, ATSC, "GA94", cc_data with three triplets.
const Bytes kAtsc = {0xB5, 0x00, 0x31, 0x47, 0x41, 0x39, 0x34, 0x03, 0x43, 0xFF, 0xFC,
                     0x94, 0x2C, 0xFF, 0x02, 0x21, 0xFE, 0x01, 0x00, 0xFF};

TEST(Metadata, captions_of_each_form_become_user_data) {
  const Bytes cdp = {0x96, 0x69, 18 + 7, 0x4F, 0xC3, 0, 1, 0x71, 0xC1, 0x20, 0x30, 0x40, 0x72, 0xE3,
                     0xFC, 0x94, 0x2C,   0xFF, 0x02, 0x21, 0xFE, 0x01, 0x00, 0x74, 0,    1,    0};
  const Bytes line21 = {0x94, 0x2C, 0x94, 0x20}, s334 = {0x8A, 0x94, 0x2C, 0x0A, 0x15, 0x20};
  const auto with = [](Bytes triplets) {
    Bytes message(kAtsc.begin(), kAtsc.begin() + 8);
    message.push_back(uint8_t(0x40 | triplets.size() / 3));
    message.push_back(0xFF);
    message.insert(message.end(), triplets.begin(), triplets.end());
    message.push_back(0xFF);
    return message;
  };
  const struct {
    GstVideoCaptionType type;
    Bytes data, message;
  } cases[] = {
      {GST_VIDEO_CAPTION_TYPE_CEA708_RAW, kTriplets, kAtsc},
      {GST_VIDEO_CAPTION_TYPE_CEA708_CDP, cdp, kAtsc},
      {GST_VIDEO_CAPTION_TYPE_CEA608_RAW, line21, with({0xFC, 0x94, 0x2C, 0xFC, 0x94, 0x20})},
      {GST_VIDEO_CAPTION_TYPE_CEA608_S334_1A, s334, with({0xFC, 0x94, 0x2C, 0xFD, 0x15, 0x20})},
  };
  for (const auto& c : cases)
    for (const char* mode : {"cpu-used=10", "cpu-used=10 usage-profile=realtime"}) {
      // On one picture in three; with reordering they must stay with theirs.
      const auto buffers = encode(mode, 20, [&](GstBuffer* picture, int i) {
        if (i % 3 == 0) gst_buffer_add_video_caption_meta(picture, c.type, c.data.data(), c.data.size());
      });
      for (size_t i = 0; i < buffers.size(); i++) {
        const auto messages = metadata_of(buffers[i], kItutT35);
        ASSERT_EQ(messages.size(), i % 3 == 0 ? 1u : 0u) << i;
        if (i % 3 == 0) {
          EXPECT_EQ(messages[0], c.message) << c.type;
        }
      }
    }
}

TEST(Metadata, captions_that_make_no_sense_are_left_out) {
  const Bytes broken = {1, 2, 3, 4}, many(3 * 40, 0xFC), cut = {0x96, 0x69, 30, 0x4F, 0x43, 0, 1, 0x72, 0xFF, 0xFC};
  const auto buffers = encode("cpu-used=10", 3, [&](GstBuffer* picture, int i) {
    const Bytes& data = i == 0 ? broken : i == 1 ? many : cut;
    gst_buffer_add_video_caption_meta(
        picture, i == 2 ? GST_VIDEO_CAPTION_TYPE_CEA708_CDP : GST_VIDEO_CAPTION_TYPE_CEA708_RAW, data.data(), data.size());
  });
  for (const BufferPtr& buffer : buffers) EXPECT_TRUE(metadata_of(buffer, kItutT35).empty());
}

void add_message(GstBuffer* picture, const Bytes& message) {
  GstCustomMeta* meta = gst_buffer_add_custom_meta(picture, "TesseraItutT35");
  ASSERT_NE(meta, nullptr);
  GstBuffer* bytes = gst_buffer_new_memdup(message.data(), message.size());
  gst_structure_set(gst_custom_meta_get_structure(meta), "message", GST_TYPE_BUFFER, bytes, nullptr);
  gst_buffer_unref(bytes);
}

TEST(Metadata, messages_of_itu_t_t35_such_as_hdr10_plus) {
  // SMPTE ST 2094-40 (HDR10+): United States, provider 0x003C, code 1, application 4, version 1, ...
  const Bytes hdr10plus = {0xB5, 0x00, 0x3C, 0x00, 0x01, 0x04, 0x01, 0x40, 0x00, 0x0C, 0x80, 0x4E, 0x20};
  const Bytes extended = {0xFF, 0x12, 0xAB, 0xCD}, too_short = {0xFF, 0x12};
  const auto buffers = encode("cpu-used=10", 10, [&](GstBuffer* picture, int i) {
    if (i == 4) return;
    add_message(picture, hdr10plus);
    if (i == 7) add_message(picture, extended);
    if (i == 8) add_message(picture, too_short);
  });
  for (size_t i = 0; i < buffers.size(); i++) {
    const auto messages = metadata_of(buffers[i], kItutT35);
    ASSERT_EQ(messages.size(), i == 4 ? 0u : i == 7 ? 2u : 1u) << i;
    if (i != 4) {
      EXPECT_EQ(messages[0], hdr10plus);
    }
    if (i == 7) {
      EXPECT_EQ(messages[1], extended);
    }
  }
}

TEST(Metadata, time_codes) {
  const auto buffers = encode("cpu-used=10", 6, [&](GstBuffer* picture, int i) {
    const auto flags = i % 2 ? GST_VIDEO_TIME_CODE_FLAGS_DROP_FRAME : GST_VIDEO_TIME_CODE_FLAGS_NONE;
    if (i < 5)
      gst_buffer_add_video_time_code_meta_full(picture, 30000, 1001, nullptr, flags, 17, 11, 0, guint(2 + i), 0);
  });
  for (size_t i = 0; i < buffers.size(); i++) {
    Bytes bytes;
    for (const Obu& obu : split_obus(bytes_of(buffers[i].get())))
      if (obu.type == kObuMetadata && obu.payload[0] == kTimecode) bytes = obu.payload;
    ASSERT_EQ(bytes.empty(), i == 5) << i;
    if (bytes.empty()) continue;
    BitReader r(bytes);
    r.f(8);
    EXPECT_EQ(r.f(5), i % 2 ? 4u : 0u);
    EXPECT_EQ(r.f(1), 1u);  // full_timestamp_flag
    r.f(2);
    EXPECT_EQ(r.f(9), 2 + i);
    EXPECT_EQ(r.f(6), 0u);
    EXPECT_EQ(r.f(6), 11u);
    EXPECT_EQ(r.f(5), 17u);
  }
}

TEST(Metadata, light_levels_stand_in_front_of_key_frames_alone) {
  Harness harness("cpu-used=10 keyframe-max-dist=4 keyframe-mode=disabled");
  harness.set_caps(raw_caps("P010_10LE", 64, 64, "colorimetry=bt2100-pq,content-light-level=(string)1000:400"));
  harness.push_frames(0, 10);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 10u);
  for (size_t i = 0; i < 10; i++) EXPECT_EQ(metadata_of(buffers[i], kHdrCll).size(), i % 4 == 0 ? 1u : 0u) << i;
}

struct Stats {
  guint64 frames = 0, keys = 0, dropped = 0, bits = 0;
  guint queue = 0;
  gdouble qindex = 0, psnr = -1, psnr_y = -1;
};

Stats stats_of(const Harness& harness) {
  GstStructure* structure = nullptr;
  g_object_get(harness.element(), "stats", &structure, nullptr);
  Stats s;
  EXPECT_TRUE(gst_structure_get(structure, "frames", G_TYPE_UINT64, &s.frames, "key-frames", G_TYPE_UINT64, &s.keys,
                                "dropped-frames", G_TYPE_UINT64, &s.dropped, "bits", G_TYPE_UINT64, &s.bits,
                                "average-qindex", G_TYPE_DOUBLE, &s.qindex, "queue-depth", G_TYPE_UINT, &s.queue, nullptr));
  gst_structure_get(structure, "psnr", G_TYPE_DOUBLE, &s.psnr, "psnr-y", G_TYPE_DOUBLE, &s.psnr_y, nullptr);
  gst_structure_free(structure);
  return s;
}

TEST(Metadata, statistics_add_up) {
  Harness harness("cpu-used=10 lag-in-frames=8 compute-psnr=true keyframe-max-dist=10 keyframe-mode=disabled");
  EXPECT_EQ(stats_of(harness).frames, 0u);
  harness.set_caps(small());
  guint64 frames = 0, bits = 0, qindex = 0;
  for (int i = 0; i < 30; i++) {
    harness.push_frames(i, 1);
    if (i == 29) harness.end_of_stream();
    for (const BufferPtr& buffer : harness.pull()) {
      frames++;
      bits += 8 * gst_buffer_get_size(buffer.get());
      GstCustomMeta* meta = gst_buffer_get_custom_meta(buffer.get(), "TesseraFrameStats");
      ASSERT_NE(meta, nullptr);
      const GstStructure* s = gst_custom_meta_get_structure(meta);
      guint q = 0, coded = 0;
      guint64 frame_bits = 0;
      gdouble psnr = 0;
      ASSERT_TRUE(gst_structure_get(s, "qindex", G_TYPE_UINT, &q, "bits", G_TYPE_UINT64, &frame_bits, "coded-frames",
                                    G_TYPE_UINT, &coded, "psnr", G_TYPE_DOUBLE, &psnr, nullptr));
      EXPECT_EQ(frame_bits, 8 * gst_buffer_get_size(buffer.get()));
      EXPECT_EQ(is_key(buffer), g_strcmp0(gst_structure_get_string(s, "frame-type"), "key") == 0);
      EXPECT_EQ(coded == 0, g_strcmp0(gst_structure_get_string(s, "frame-type"), "show-existing") == 0);
      EXPECT_GT(psnr, 20);
      EXPECT_LT(psnr, 70);
      qindex += q;
    }
    const Stats s = stats_of(harness);
    EXPECT_EQ(s.frames, frames);
    EXPECT_EQ(s.bits, bits);
    EXPECT_EQ(s.queue, guint(i + 1) - frames);
  }
  const Stats s = stats_of(harness);
  EXPECT_EQ(s.frames, 30u);
  EXPECT_EQ(s.keys, 3u);
  EXPECT_EQ(s.queue, 0u);
  EXPECT_EQ(s.dropped, 0u);
  EXPECT_DOUBLE_EQ(s.qindex, double(qindex) / 30);
  EXPECT_GT(s.psnr, 20);
}

TEST(Metadata, lossless_is_100_db_and_nothing_is_measured_unasked) {
  Harness lossless("cpu-used=10 cq-level=0 compute-psnr=true"), silent("cpu-used=10");
  for (Harness* harness : {&lossless, &silent}) {
    harness->set_caps(small());
    harness->push_frames(0, 5);
    harness->end_of_stream();
  }
  EXPECT_DOUBLE_EQ(stats_of(lossless).psnr, 100);
  EXPECT_DOUBLE_EQ(stats_of(silent).psnr, -1);
}

TEST(Metadata, statistics_survive_a_flush_and_begin_again_with_the_next_start) {
  Harness harness("cpu-used=10 lag-in-frames=8");
  harness.set_caps(small());
  harness.push_frames(0, 12);
  const guint64 frames = harness.pull().size();
  gst_harness_push_event(harness.get(), gst_event_new_flush_start());
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
  EXPECT_EQ(stats_of(harness).frames, frames);
  EXPECT_EQ(stats_of(harness).queue, 0u);
  gst_element_set_state(harness.element(), GST_STATE_NULL);
  gst_element_set_state(harness.element(), GST_STATE_PLAYING);
  EXPECT_EQ(stats_of(harness).frames, 0u);
}

TEST(Metadata, tags_tell_the_rate) {
  const struct {
    const char* properties;
    guint nominal, maximum;
  } cases[] = {{"cpu-used=10", 0, 0},
               {"cpu-used=10 target-bitrate=300 overshoot-pct=50", 300000, 450000},
               {"cpu-used=10 usage-profile=realtime target-bitrate=300", 300000, 300000}};
  for (const auto& c : cases) {
    Harness harness(c.properties);
    harness.set_caps(small());
    harness.push_frames(0, 1);
    harness.end_of_stream();
    guint nominal = 0, maximum = 0, version = 0;
    gchar *codec = nullptr, *encoder = nullptr;
    while (EventPtr event{gst_harness_try_pull_event(harness.get())}) {
      if (GST_EVENT_TYPE(event.get()) != GST_EVENT_TAG) continue;
      GstTagList* tags = nullptr;
      gst_event_parse_tag(event.get(), &tags);
      gst_tag_list_get_uint(tags, GST_TAG_NOMINAL_BITRATE, &nominal);
      gst_tag_list_get_uint(tags, GST_TAG_MAXIMUM_BITRATE, &maximum);
      gst_tag_list_get_uint(tags, GST_TAG_ENCODER_VERSION, &version);
      g_free(codec);
      g_free(encoder);
      codec = encoder = nullptr;
      gst_tag_list_get_string(tags, GST_TAG_VIDEO_CODEC, &codec);
      gst_tag_list_get_string(tags, GST_TAG_ENCODER, &encoder);
    }
    EXPECT_EQ(nominal, c.nominal) << c.properties;
    EXPECT_EQ(maximum, c.maximum) << c.properties;
    EXPECT_GT(version, 0u);
    EXPECT_STREQ(codec, "AV1");
    EXPECT_STREQ(encoder, "Tessera av1enc");
    g_free(codec);
    g_free(encoder);
  }
}

}  // namespace
}  // namespace tessera::test
