// What live pipelines count on: latency as promised, key frames on request and by time, late frames dropped, frames one by
// one, changes without a key frame.
#include "element_fixture.h"
#include "obu_reader.h"

namespace tessera::test {
namespace {

std::string small() {
  return raw_caps("I420", 64, 64);
}

constexpr char kNoOwnKeys[] = " cpu-used=10 keyframe-mode=disabled keyframe-max-dist=0";

class Latency : public testing::TestWithParam<const char*> {};

TEST_P(Latency, is_never_exceeded) {
  Harness harness(GetParam());
  harness.set_caps(small());
  int inside = 0;
  for (int i = 0; i < 100; i++) {
    ASSERT_EQ(harness.push(i), GST_FLOW_OK);
    inside += 1 - int(harness.pull().size());
    const GstClockTime latency = gst_harness_query_latency(harness.get());
    ASSERT_TRUE(GST_CLOCK_TIME_IS_VALID(latency));
    EXPECT_LE(GstClockTime(inside) * kFrame, latency + inside) << "after frame " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(modes, Latency,
                         testing::Values("cpu-used=10", "cpu-used=10 lag-in-frames=0", "cpu-used=10 lag-in-frames=1",
                                         "cpu-used=10 lag-in-frames=7", "cpu-used=8 lag-in-frames=48",
                                         "cpu-used=10 usage-profile=realtime", "cpu-used=10 usage-profile=all-intra",
                                         "cpu-used=10 end-usage=vbr target-bitrate=200",
                                         "cpu-used=10 usage-profile=realtime end-usage=cbr target-bitrate=200"));

TEST(Live, latency_is_told_again_when_it_changes) {
  Harness harness("cpu-used=10");
  harness.set_caps(small());
  harness.push_frames(0, 3);
  GstClockTime latency = gst_harness_query_latency(harness.get());
  harness.messages(GST_MESSAGE_LATENCY);
  for (int speed = 9; speed >= 0; speed--) {
    harness.set("cpu-used", std::to_string(speed));
    harness.push_frames(12 - speed, 1);
    const GstClockTime now = gst_harness_query_latency(harness.get());
    EXPECT_EQ(!harness.messages(GST_MESSAGE_LATENCY).empty(), now != latency) << "cpu-used=" << speed;
    latency = now;
  }
  // Half the frame rate, twice the time.
  harness.set_caps("video/x-raw,format=I420,width=64,height=64,framerate=15/1");
  harness.push_frames(50, 1);
  EXPECT_FALSE(harness.messages(GST_MESSAGE_LATENCY).empty());
  EXPECT_NEAR(double(gst_harness_query_latency(harness.get())), 2.0 * double(latency), 100);
}

TEST(Live, a_packet_leaves_before_the_next_frame_in_every_rate_control) {
  for (const char* rate : {"", " target-bitrate=200", " end-usage=vbr target-bitrate=200", " end-usage=cq target-bitrate=200"}) {
    Harness harness(std::string("cpu-used=10 usage-profile=realtime") + rate);
    harness.set_caps(small());
    for (int i = 0; i < 20; i++) {
      ASSERT_EQ(harness.push(i), GST_FLOW_OK);
      const auto buffers = harness.pull();
      ASSERT_EQ(buffers.size(), 1u) << i << rate;
      EXPECT_EQ(GST_BUFFER_PTS(buffers[0].get()), GstClockTime(i) * kFrame);
    }
    EXPECT_EQ(gst_harness_query_latency(harness.get()), 0u);
  }
}

TEST(Live, key_frame_at_the_running_time_asked_for) {
  for (const char* mode : {"lag-in-frames=0", "lag-in-frames=16", "usage-profile=realtime"}) {
    Harness harness(mode + std::string(kNoOwnKeys));
    harness.set_caps(small());
    harness.push_frames(0, 2);
    // Between frames 9 and 10: frame 10 is the first at or after it.
    gst_harness_push_upstream_event(harness.get(), gst_video_event_new_upstream_force_key_unit(9 * kFrame + 1000, TRUE, 7));
    harness.push_frames(2, 18);
    harness.end_of_stream();
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 20u);
    for (size_t i = 0; i < buffers.size(); i++) EXPECT_EQ(is_key(buffers[i]), i == 0 || i == 10) << mode << " " << i;
    EXPECT_TRUE(has_flag(buffers[10], GST_BUFFER_FLAG_HEADER));

    bool told = false;
    while (EventPtr event{gst_harness_try_pull_event(harness.get())}) {
      GstClockTime timestamp = 0, stream_time = 0, running_time = 0;
      gboolean headers = FALSE;
      guint count = 0;
      if (!gst_video_event_is_force_key_unit(event.get())) continue;
      ASSERT_TRUE(gst_video_event_parse_downstream_force_key_unit(event.get(), &timestamp, &stream_time, &running_time, &headers,
                                                                  &count));
      EXPECT_EQ(running_time, 10 * kFrame);
      EXPECT_TRUE(headers);
      EXPECT_EQ(count, 7u);
      told = true;
    }
    EXPECT_TRUE(told) << mode;
  }
}

TEST(Live, requests_for_key_frames_can_be_thinned_out) {
  Harness harness("min-force-key-unit-interval=500000000 usage-profile=realtime" + std::string(kNoOwnKeys));
  harness.set_caps(small());
  for (int i = 0; i < 40; i++) {
    gst_harness_push_upstream_event(harness.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
    harness.push_frames(i, 1);
  }
  int keys = 0;
  for (const BufferPtr& buffer : harness.pull()) keys += is_key(buffer);
  EXPECT_EQ(keys, 3);  // 0, 0.5 and 1 s of 1.33
}

TEST(Live, key_frames_by_time) {
  for (const char* mode : {"lag-in-frames=0", "lag-in-frames=16", "usage-profile=realtime"}) {
    Harness harness(mode + std::string(" keyframe-max-interval=400") + kNoOwnKeys);
    harness.set_caps("video/x-raw,format=I420,width=64,height=64,framerate=0/1");
    // 12 frames in 400 ms, then a gap in which none comes, then frames 100 ms apart.
    std::vector<GstClockTime> times;
    for (int i = 0; i < 24; i++) times.push_back(GstClockTime(i) * kFrame);
    for (int i = 0; i < 12; i++) times.push_back(3 * GST_SECOND + GstClockTime(i) * 100 * GST_MSECOND);
    for (size_t i = 0; i < times.size(); i++) {
      BufferPtr picture = make_picture(small(), int(i));
      GST_BUFFER_PTS(picture.get()) = times[i];
      ASSERT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
    }
    harness.end_of_stream();
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), times.size());
    GstClockTime last = 0;
    for (size_t i = 0; i < buffers.size(); i++) {
      const bool due = i == 0 || times[i] - last >= 400 * GST_MSECOND;
      EXPECT_EQ(is_key(buffers[i]), due) << mode << " " << i;
      if (due) last = times[i];
    }
  }
}

TEST(Live, late_frames_are_dropped_and_nothing_else) {
  for (const char* mode : {"usage-profile=realtime", "lag-in-frames=8"})
    for (const char* qos : {" qos=false", " qos=true"}) {
      Harness harness(mode + std::string(qos) + kNoOwnKeys);
      harness.set_caps(small());
      harness.push_frames(0, 5);
      gst_harness_push_upstream_event(
          harness.get(), gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, 2 * GstClockTimeDiff(kFrame), 5 * kFrame));
      harness.push_frames(5, 15);
      harness.end_of_stream();
      const auto buffers = harness.pull();
      const bool drops = qos == std::string(" qos=true");
      if (!drops) {
        EXPECT_EQ(buffers.size(), 20u);
        continue;
      }
      EXPECT_LT(buffers.size(), 20u) << mode;
      EXPECT_GE(buffers.size(), 14u) << mode;
      GstClockTime last = GST_CLOCK_TIME_NONE;
      for (const BufferPtr& buffer : buffers) {
        const GstClockTime pts = GST_BUFFER_PTS(buffer.get());
        EXPECT_TRUE(pts < 5 * kFrame || pts >= 9 * kFrame) << pts / kFrame;
        EXPECT_EQ(is_key(buffer), pts == 0);
        EXPECT_TRUE(!GST_CLOCK_TIME_IS_VALID(last) || pts > last);
        last = pts;
      }
      EXPECT_EQ(last, 19 * kFrame);
      EXPECT_FALSE(harness.messages(GST_MESSAGE_QOS).empty());
      GstStructure* stats = nullptr;
      guint64 dropped = 0, frames = 0;
      g_object_get(harness.element(), "stats", &stats, nullptr);
      gst_structure_get(stats, "dropped-frames", G_TYPE_UINT64, &dropped, "frames", G_TYPE_UINT64, &frames, nullptr);
      gst_structure_free(stats);
      EXPECT_EQ(frames, buffers.size());
      EXPECT_EQ(dropped, 20 - buffers.size());
    }
}

TEST(Live, a_forced_key_frame_is_not_dropped_for_being_late) {
  Harness harness("usage-profile=realtime qos=true" + std::string(kNoOwnKeys));
  harness.set_caps(small());
  harness.push_frames(0, 5);
  gst_harness_push_upstream_event(harness.get(),
                                  gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 2.0, 4 * GstClockTimeDiff(kFrame), 5 * kFrame));
  harness.push_frames(5, 2);
  gst_harness_push_upstream_event(harness.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
  harness.push_frames(7, 1);
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 6u);
  EXPECT_TRUE(is_key(buffers.back()));
}

struct Frames {
  std::string alignment;
  std::vector<BufferPtr> buffers;
  Bytes bytes;
};

Frames frames_with(const char* downstream, const std::string& properties) {
  Harness harness(properties);
  gst_harness_set_sink_caps_str(harness.get(), downstream);
  harness.set_caps(small());
  harness.push_frames(0, 40);
  harness.end_of_stream();
  Frames frames;
  frames.buffers = harness.pull();
  for (const BufferPtr& buffer : frames.buffers) {
    const Bytes bytes = bytes_of(buffer.get());
    frames.bytes.insert(frames.bytes.end(), bytes.begin(), bytes.end());
  }
  const CapsPtr caps = harness.output_caps();
  if (caps) frames.alignment = gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "alignment");
  return frames;
}

TEST(Live, frames_one_by_one_when_downstream_asks) {
  constexpr int kFrameHeader = 3, kFrame = 6;
  for (const char* properties : {"cpu-used=10", "cpu-used=10 usage-profile=realtime"}) {
    const Frames units = frames_with("video/x-av1", properties);
    const Frames frames = frames_with("video/x-av1,alignment=frame", properties);
    EXPECT_EQ(units.alignment, "tu");
    EXPECT_EQ(frames.alignment, "frame");
    EXPECT_EQ(units.buffers.size(), 40u);
    EXPECT_EQ(frames.bytes, units.bytes);
    size_t unit = 0;
    for (const BufferPtr& buffer : frames.buffers) {
      int coded = 0;
      for (const Obu& obu : split_obus(bytes_of(buffer.get()))) coded += obu.type == kFrameHeader || obu.type == kFrame;
      EXPECT_EQ(coded, 1);
      ASSERT_LT(unit, units.buffers.size());
      EXPECT_EQ(GST_BUFFER_PTS(buffer.get()), GST_BUFFER_PTS(units.buffers[unit].get()));
      if (is_key(buffer)) {
        EXPECT_TRUE(is_key(units.buffers[unit]));
      }
      unit += has_flag(buffer, GST_BUFFER_FLAG_MARKER);
    }
    EXPECT_EQ(unit, units.buffers.size());
    EXPECT_EQ(frames.buffers.size() > 40, properties == std::string("cpu-used=10"));
  }
  // Whoever takes both gets what stands first.
  EXPECT_EQ(frames_with("video/x-av1,alignment={tu,frame}", "cpu-used=10").alignment, "tu");
  EXPECT_EQ(frames_with("video/x-av1,alignment={frame,tu}", "cpu-used=10").alignment, "frame");
}

TEST(Live, temporal_layers) {
  for (const int layers : {1, 2, 3}) {
    Harness harness("usage-profile=realtime temporal-layers=" + std::to_string(layers) + kNoOwnKeys);
    harness.set_caps(small());
    harness.push_frames(0, 12);
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 12u);
    const auto first = split_obus(bytes_of(buffers[0].get()));
    ASSERT_EQ(first[1].type, kObuSequenceHeader);
    BitReader r(first[1].payload);
    r.f(3 + 1 + 1);          // profile, still_picture, reduced_still_picture_header
    ASSERT_EQ(r.f(2), 0u);   // timing_info, initial_display_delay
    ASSERT_EQ(r.f(5) + 1, guint(layers));
    EXPECT_EQ(r.f(12), layers == 1 ? 0u : layers == 2 ? 0x103u : 0x107u);
    for (size_t i = 0; i < buffers.size(); i++) {
      const guint expected = layers == 1 ? 0 : layers == 2 ? i % 2 : i % 4 == 0 ? 0 : i % 2 ? 2 : 1;
      guint id = 9;
      GstCustomMeta* meta = gst_buffer_get_custom_meta(buffers[i].get(), "TesseraFrameStats");
      ASSERT_TRUE(gst_structure_get_uint(gst_custom_meta_get_structure(meta), "temporal-id", &id));
      EXPECT_EQ(id, expected) << i;
      EXPECT_EQ(has_flag(buffers[i], GST_BUFFER_FLAG_DROPPABLE), layers > 1 && int(id) == layers - 1) << i;
    }
  }
}

TEST(Live, intra_refresh_has_key_frames_where_forced_alone) {
  for (const bool refresh : {false, true}) {
    Harness harness(std::string("usage-profile=realtime cpu-used=9 keyframe-max-dist=5 intra-refresh=") + (refresh ? "true" : "false"));
    harness.set_caps(small());
    harness.push_frames(0, 8);
    gst_harness_push_upstream_event(harness.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
    harness.push_frames(8, 8);
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 16u);
    for (size_t i = 0; i < 16; i++) {
      EXPECT_EQ(is_key(buffers[i]), i == 0 || i == 8 || (!refresh && (i == 5 || i == 13))) << i;
    }
    EXPECT_TRUE(harness.messages(GST_MESSAGE_WARNING).empty());
  }
}

TEST(Live, changes_while_playing_hold_from_the_next_frame_without_a_key_frame) {
  for (const char* mode : {"usage-profile=realtime", "lag-in-frames=0"}) {
    Harness harness(mode + std::string(" cq-level=63") + kNoOwnKeys);
    harness.set_caps(small());
    harness.push_frames(0, 6);
    harness.set("cq-level", "8");
    harness.push_frames(6, 6);
    harness.set("max-quantizer", "4");
    harness.push_frames(12, 2);
    harness.set("max-quantizer", "63");
    harness.set("min-quantizer", "60");
    harness.set("cpu-used", "9");
    harness.set("keyframe-max-interval", "60000");
    harness.push_frames(14, 6);
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 20u);
    guint qindex[20] = {};
    for (size_t i = 0; i < 20; i++) {
      EXPECT_EQ(is_key(buffers[i]), i == 0) << i;
      GstCustomMeta* meta = gst_buffer_get_custom_meta(buffers[i].get(), "TesseraFrameStats");
      ASSERT_NE(meta, nullptr);
      ASSERT_TRUE(gst_structure_get_uint(gst_custom_meta_get_structure(meta), "qindex", &qindex[i]));
    }
    for (int i = 6; i < 12; i++) EXPECT_LT(qindex[i] + 100, qindex[1]) << mode << " " << i;
    for (int i = 12; i < 14; i++) EXPECT_LE(qindex[i], qindex[11]) << mode << " " << i;
    for (int i = 14; i < 20; i++) EXPECT_GT(qindex[i], qindex[11] + 100) << mode << " " << i;
    EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
  }
}

}  // namespace
}  // namespace tessera::test
