// Frames in, buffers out: times, flags, draining, flushing, forced key frames, changes of format, errors.
#include "element_fixture.h"
#include "obu_reader.h"

namespace tessera::test {
namespace {

constexpr char kLag[] = "cpu-used=10 lag-in-frames=8";

std::string small() {
  return raw_caps("I420", 64, 64);
}

bool starts_with_sequence_header(const BufferPtr& buffer) {
  const auto obus = split_obus(bytes_of(buffer.get()));
  return obus.size() > 1 && obus[1].type == kObuSequenceHeader;
}

TEST(Flow, one_buffer_a_frame_with_its_time) {
  Harness harness(kLag);
  harness.set_caps(small());
  // Not from zero, with a gap, and with an uneven step.
  const std::vector<int> indices = {40, 41, 42, 60, 61, 65, 66, 67, 68, 69, 70, 71, 72, 73};
  for (const int index : indices) ASSERT_EQ(harness.push(index), GST_FLOW_OK);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), indices.size());
  for (size_t i = 0; i < buffers.size(); i++) {
    EXPECT_EQ(GST_BUFFER_PTS(buffers[i].get()), GstClockTime(indices[i]) * kFrame) << i;
    EXPECT_EQ(GST_BUFFER_DTS(buffers[i].get()), GST_BUFFER_PTS(buffers[i].get())) << i;
    EXPECT_EQ(GST_BUFFER_DURATION(buffers[i].get()), kFrame) << i;
  }
}

TEST(Flow, frames_without_time_pass) {
  Harness harness(kLag);
  harness.set_caps(small());
  for (int i = 0; i < 3; i++) {
    BufferPtr picture = make_picture(small(), i);
    GST_BUFFER_PTS(picture.get()) = GST_CLOCK_TIME_NONE;
    ASSERT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
  }
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 3u);
}

TEST(Flow, variable_frame_rate) {
  Harness harness;
  harness.set_caps("video/x-raw,format=I420,width=64,height=64,framerate=0/1");
  harness.push_frames(0, 5);
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 5u);
}

TEST(Flow, flags) {
  Harness harness("cpu-used=10 keyframe-max-dist=5 keyframe-mode=disabled");
  harness.set_caps(small());
  harness.push_frames(0, 12);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 12u);
  for (size_t i = 0; i < buffers.size(); i++) {
    EXPECT_EQ(is_key(buffers[i]), i % 5 == 0) << i;
    EXPECT_EQ(has_flag(buffers[i], GST_BUFFER_FLAG_HEADER), i % 5 == 0) << i;
    EXPECT_EQ(starts_with_sequence_header(buffers[i]), i % 5 == 0) << i;
    EXPECT_TRUE(has_flag(buffers[i], GST_BUFFER_FLAG_MARKER)) << i;
  }
}

/// Takes all events that have come out; whether one is of this type.
bool pull_event(Harness& harness, GstEventType type) {
  bool found = false;
  while (EventPtr event{gst_harness_try_pull_event(harness.get())}) found |= GST_EVENT_TYPE(event.get()) == type;
  return found;
}

TEST(Flow, end_of_stream_drains) {
  for (const int frames : {0, 1, 3, 8, 9, 20}) {
    Harness harness(kLag);
    harness.set_caps(small());
    harness.push_frames(0, frames);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), size_t(frames));
    EXPECT_TRUE(pull_event(harness, GST_EVENT_EOS));
  }
}

TEST(Flow, a_segment_played_to_its_end_drains) {
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 12);
  ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_segment_done(GST_FORMAT_TIME, 12 * kFrame)));
  EXPECT_EQ(harness.pull().size(), 12u);
  EXPECT_TRUE(pull_event(harness, GST_EVENT_SEGMENT_DONE));

  // The same again, as a player's loop has it.
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.base = 12 * kFrame;
  ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_segment(&segment)));
  harness.push_frames(0, 12);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 12u);
  EXPECT_TRUE(is_key(buffers[0]));
}

TEST(Flow, realtime_holds_nothing_back) {
  Harness harness("usage-profile=realtime cpu-used=10");
  harness.set_caps(small());
  for (int i = 0; i < 10; i++) {
    ASSERT_EQ(harness.push(i), GST_FLOW_OK);
    ASSERT_EQ(harness.pull().size(), 1u) << i;
  }
  EXPECT_EQ(gst_harness_query_latency(harness.get()), 0u);
}

TEST(Flow, latency_is_that_of_the_look_ahead) {
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 1);
  EXPECT_FALSE(harness.messages(GST_MESSAGE_LATENCY).empty());
  const GstClockTime latency = gst_harness_query_latency(harness.get());
  EXPECT_GE(latency, 8 * kFrame - 8);
  // It is a promise: after so many frames the first is out.
  const int frames = int((latency + kFrame / 2) / kFrame);
  harness.push_frames(1, frames);
  EXPECT_GE(harness.pull().size(), 1u);
}

TEST(Flow, flush_drops_and_restarts_with_a_key_frame) {
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 12);
  const size_t before = harness.pull().size();
  EXPECT_LT(before, 12u);
  ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_flush_start()));
  ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE)));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  ASSERT_TRUE(gst_harness_push_event(harness.get(), gst_event_new_segment(&segment)));
  harness.push_frames(100, 12);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 12u);
  EXPECT_TRUE(is_key(buffers[0]));
  EXPECT_EQ(GST_BUFFER_PTS(buffers[0].get()), 100 * kFrame);
}

TEST(Flow, flush_after_the_end_starts_again) {
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 5);
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 5u);
  gst_harness_push_event(harness.get(), gst_event_new_flush_start());
  gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  harness.push_frames(0, 5);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 5u);
  EXPECT_TRUE(is_key(buffers[0]));
}

class ForcedKey : public testing::TestWithParam<const char*> {};

TEST_P(ForcedKey, is_honoured_whichever_way_it_comes) {
  Harness harness(std::string(GetParam()) + " cpu-used=10 keyframe-mode=disabled keyframe-max-dist=0");
  harness.set_caps(small());
  harness.push_frames(0, 7);
  gst_harness_push_upstream_event(harness.get(),
                                  gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
  harness.push_frames(7, 6);
  gst_harness_push_event(harness.get(), gst_video_event_new_downstream_force_key_unit(
                                            13 * kFrame, 13 * kFrame, 13 * kFrame, TRUE, 2));
  harness.push_frames(13, 7);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 20u);
  for (size_t i = 0; i < buffers.size(); i++) {
    EXPECT_EQ(is_key(buffers[i]), i == 0 || i == 7 || i == 13) << i;
    EXPECT_EQ(starts_with_sequence_header(buffers[i]), i == 0 || i == 7 || i == 13) << i;
  }
}

INSTANTIATE_TEST_SUITE_P(modes, ForcedKey,
                         testing::Values("end-usage=q", "end-usage=q lag-in-frames=0",
                                         "end-usage=q lag-in-frames=16", "usage-profile=realtime",
                                         "end-usage=vbr target-bitrate=200",
                                         "end-usage=cq target-bitrate=200", "end-usage=cbr target-bitrate=200",
                                         "usage-profile=realtime temporal-layers=3",
                                         "usage-profile=realtime intra-refresh=true",
                                         "usage-profile=realtime end-usage=cbr target-bitrate=200"));

TEST(Flow, change_of_format_loses_nothing) {
  Harness harness(kLag);
  const std::string formats[] = {small(), raw_caps("I420", 128, 96), raw_caps("I420_10LE", 48, 40),
                                 raw_caps("NV12", 17, 19)};
  int index = 0;
  std::vector<Bytes> headers;
  for (const std::string& format : formats) {
    harness.set_caps(format);
    harness.push_frames(index, 10);
    index += 10;
    const CapsPtr caps = harness.output_caps();
    const GValue* codec_data = gst_structure_get_value(gst_caps_get_structure(caps.get(), 0), "codec_data");
    ASSERT_NE(codec_data, nullptr);
    headers.push_back(bytes_of(gst_value_get_buffer(codec_data)));
  }
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 40u);
  for (size_t i = 0; i < buffers.size(); i++) {
    EXPECT_EQ(GST_BUFFER_PTS(buffers[i].get()), GstClockTime(i) * kFrame);
    if (i % 10 == 0) {
      EXPECT_TRUE(is_key(buffers[i])) << i;
      // The caps of each format carry its own sequence header, behind the four bytes of av1C.
      const auto obus = split_obus(bytes_of(buffers[i].get()));
      ASSERT_GT(obus.size(), 1u);
      EXPECT_EQ(Bytes(headers[i / 10].begin() + 4, headers[i / 10].end()), obus[1].whole) << i;
    }
  }
  gint width = 0;
  gst_structure_get_int(gst_caps_get_structure(harness.output_caps().get(), 0), "width", &width);
  EXPECT_EQ(width, 17);
}

TEST(Flow, frames_are_given_back) {
  std::vector<BufferPtr> pictures;
  for (int i = 0; i < 20; i++) pictures.push_back(make_picture(small(), i));
  {
    Harness harness(kLag);
    harness.set_caps(small());
    for (const BufferPtr& picture : pictures)
      ASSERT_EQ(gst_harness_push(harness.get(), gst_buffer_ref(picture.get())), GST_FLOW_OK);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), pictures.size());
  }
  for (const BufferPtr& picture : pictures) EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(picture.get()), 1);
}

TEST(Flow, stopping_with_frames_inside_gives_them_back) {
  std::vector<BufferPtr> pictures;
  for (int i = 0; i < 5; i++) pictures.push_back(make_picture(small(), i));
  {
    Harness harness(kLag);
    harness.set_caps(small());
    for (const BufferPtr& picture : pictures) gst_harness_push(harness.get(), gst_buffer_ref(picture.get()));
  }
  for (const BufferPtr& picture : pictures) EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(picture.get()), 1);
}

/// The same picture with wide strides and gaps between the planes.
BufferPtr padded(const BufferPtr& picture, const std::string& caps_text) {
  const CapsPtr caps(gst_caps_from_string(caps_text.c_str()));
  GstVideoInfo plain, wide;
  gst_video_info_from_caps(&plain, caps.get());
  wide = plain;
  GstVideoAlignment alignment;
  gst_video_alignment_reset(&alignment);
  alignment.padding_left = 24;
  alignment.padding_top = 6;
  alignment.padding_right = 40;
  alignment.padding_bottom = 10;
  gst_video_info_align(&wide, &alignment);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, wide.size, nullptr);
  gst_buffer_memset(buffer, 0, 0xee, wide.size);
  gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT(&wide),
                                 guint(GST_VIDEO_INFO_WIDTH(&wide)), guint(GST_VIDEO_INFO_HEIGHT(&wide)),
                                 GST_VIDEO_INFO_N_PLANES(&wide), wide.offset, wide.stride);
  GstVideoFrame from, to;
  gst_video_frame_map(&from, &plain, picture.get(), GST_MAP_READ);
  gst_video_frame_map(&to, &plain, buffer, GST_MAP_WRITE);
  gst_video_frame_copy(&to, &from);
  gst_video_frame_unmap(&from);
  gst_video_frame_unmap(&to);
  gst_buffer_copy_into(buffer, picture.get(), GST_BUFFER_COPY_TIMESTAMPS, 0, gsize(-1));
  return BufferPtr(buffer);
}

TEST(Flow, strides_and_offsets_of_the_meta_hold) {
  for (const char* format : {"I420", "NV12", "YV12", "I420_10LE", "P010_10LE", "GRAY8", "GRAY10_LE32", "GRAY16_LE", "Y42B", "NV16", "Y444", "NV24", "I422_10LE",
                             "Y444_12LE", "P012_LE"}) {
    const std::string caps = raw_caps(format, 37, 23);
    Harness plain, wide;
    plain.set_caps(caps);
    wide.set_caps(caps);
    for (int i = 0; i < 3; i++) {
      BufferPtr picture = make_picture(caps, i);
      ASSERT_EQ(gst_harness_push(wide.get(), padded(picture, caps).release()), GST_FLOW_OK);
      ASSERT_EQ(gst_harness_push(plain.get(), picture.release()), GST_FLOW_OK);
    }
    plain.end_of_stream();
    wide.end_of_stream();
    const auto a = plain.pull(), b = wide.pull();
    ASSERT_EQ(a.size(), 3u);
    ASSERT_EQ(b.size(), 3u);
    for (size_t i = 0; i < 3; i++) EXPECT_EQ(bytes_of(a[i].get()), bytes_of(b[i].get())) << format;
  }
}

TEST(Flow, allocation_query_offers_an_aligned_pool) {
  Harness harness;
  const std::string caps_text = raw_caps("I420", 37, 23);
  harness.set_caps(caps_text);
  harness.push_frames(0, 1);
  const CapsPtr caps(gst_caps_from_string(caps_text.c_str()));
  const QueryPtr query(gst_query_new_allocation(caps.get(), TRUE));
  GstPad* pad = gst_element_get_static_pad(harness.element(), "sink");
  ASSERT_TRUE(gst_pad_query(pad, query.get()));
  gst_object_unref(pad);
  EXPECT_TRUE(gst_query_find_allocation_meta(query.get(), GST_VIDEO_META_API_TYPE, nullptr));
  ASSERT_GE(gst_query_get_n_allocation_pools(query.get()), 1u);
  GstBufferPool* pool = nullptr;
  guint size = 0, minimum = 0, maximum = 0;
  gst_query_parse_nth_allocation_pool(query.get(), 0, &pool, &size, &minimum, &maximum);
  ASSERT_NE(pool, nullptr);
  EXPECT_EQ(maximum, 0u);
  ASSERT_TRUE(gst_buffer_pool_set_active(pool, TRUE));
  GstBuffer* buffer = nullptr;
  ASSERT_EQ(gst_buffer_pool_acquire_buffer(pool, &buffer, nullptr), GST_FLOW_OK);
  const GstVideoMeta* meta = gst_buffer_get_video_meta(buffer);
  ASSERT_NE(meta, nullptr);
  GstVideoInfo info;
  gst_video_info_from_caps(&info, caps.get());
  GstVideoFrame frame;
  ASSERT_TRUE(gst_video_frame_map(&frame, &info, buffer, GST_MAP_WRITE));
  for (guint i = 0; i < meta->n_planes; i++) {
    EXPECT_EQ(meta->stride[i] % 64, 0);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(GST_VIDEO_FRAME_PLANE_DATA(&frame, i)) % 64, 0u);
  }
  gst_video_frame_unmap(&frame);
  gst_buffer_unref(buffer);
  gst_buffer_pool_set_active(pool, FALSE);
  gst_object_unref(pool);
}

TEST(Flow, a_small_pool_upstream_does_not_run_dry) {
  const CapsPtr caps(gst_caps_from_string(small().c_str()));
  GstBufferPool* pool = gst_video_buffer_pool_new();
  GstStructure* config = gst_buffer_pool_get_config(pool);
  gst_buffer_pool_config_set_params(config, caps.get(), 64 * 64 * 3 / 2, 2, 2);
  ASSERT_TRUE(gst_buffer_pool_set_config(pool, config));
  ASSERT_TRUE(gst_buffer_pool_set_active(pool, TRUE));
  {
    Harness harness(kLag);
    harness.set_caps(small());
    for (int i = 0; i < 20; i++) {
      GstBufferPoolAcquireParams params = {};
      params.flags = GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
      GstBuffer* buffer = nullptr;
      ASSERT_EQ(gst_buffer_pool_acquire_buffer(pool, &buffer, &params), GST_FLOW_OK) << "frame " << i;
      gst_buffer_memset(buffer, 0, guint8(i), gst_buffer_get_size(buffer));
      GST_BUFFER_PTS(buffer) = GstClockTime(i) * kFrame;
      ASSERT_EQ(gst_harness_push(harness.get(), buffer), GST_FLOW_OK);
    }
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 20u);
  }
  gst_buffer_pool_set_active(pool, FALSE);
  gst_object_unref(pool);
}

GstFlowReturn refuse(GstPad* pad, GstObject*, GstBuffer* buffer) {
  gst_buffer_unref(buffer);
  return static_cast<GstFlowReturn>(GPOINTER_TO_INT(g_object_get_data(G_OBJECT(pad), "flow")));
}

TEST(Flow, what_downstream_says_goes_upstream) {
  for (const GstFlowReturn flow : {GST_FLOW_EOS, GST_FLOW_FLUSHING, GST_FLOW_NOT_LINKED, GST_FLOW_ERROR}) {
    Harness harness("usage-profile=realtime cpu-used=10");
    g_object_set_data(G_OBJECT(harness.get()->sinkpad), "flow", GINT_TO_POINTER(flow));
    gst_pad_set_chain_function(harness.get()->sinkpad, refuse);
    harness.set_caps(small());
    EXPECT_EQ(harness.push(0), flow);
  }
}

TEST(Flow, restart_through_the_states) {
  Harness harness(kLag);
  for (int round = 0; round < 50; round++) {
    const int frames = round % 12;
    harness.set_caps(small());
    harness.push_frames(0, frames);
    if (round % 2) harness.end_of_stream();
    const auto buffers = harness.pull();
    if (round % 2) {
      EXPECT_EQ(buffers.size(), size_t(frames));
    }
    gst_element_set_state(harness.element(), GST_STATE_NULL);
    gst_element_set_state(harness.element(), GST_STATE_PLAYING);
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    gst_harness_push_event(harness.get(), gst_event_new_stream_start("again"));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    CapsPtr caps(gst_caps_from_string(small().c_str()));
    gst_harness_push_event(harness.get(), gst_event_new_caps(caps.get()));
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  }
}

TEST(Flow, tags) {
  Harness harness("cpu-used=10 end-usage=vbr target-bitrate=300");
  harness.set_caps(small());
  harness.push_frames(0, 2);
  harness.end_of_stream();
  bool found = false;
  while (EventPtr event{gst_harness_try_pull_event(harness.get())}) {
    if (GST_EVENT_TYPE(event.get()) != GST_EVENT_TAG) continue;
    GstTagList* tags = nullptr;
    gst_event_parse_tag(event.get(), &tags);
    guint bitrate = 0;
    gchar* encoder = nullptr;
    found |= gst_tag_list_get_uint(tags, GST_TAG_NOMINAL_BITRATE, &bitrate) && bitrate == 300000 &&
             gst_tag_list_get_string(tags, GST_TAG_ENCODER, &encoder);
    g_free(encoder);
  }
  EXPECT_TRUE(found);
}

}  // namespace
}  // namespace tessera::test
