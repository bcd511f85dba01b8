// Input that cannot be right, and neighbours that misbehave: each case ends in an error or a warning that says what is wrong,
// or is carried through. Nothing crashes, hangs or gets lost.
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "element_fixture.h"

namespace tessera::test {
namespace {

constexpr char kLag[] = "cpu-used=10 lag-in-frames=8";

std::string small() {
  return raw_caps("I420", 64, 64);
}

// ------------------------------------------------------------------------------------------------- pictures

/// What the element says to a buffer: the text of its error, or empty.
std::string error_for(const std::string& caps, BufferPtr buffer) {
  Harness harness("cpu-used=10");
  harness.set_caps(caps);
  harness.push_frames(0, 1);
  const GstFlowReturn flow = gst_harness_push(harness.get(), buffer.release());
  const auto errors = harness.messages(GST_MESSAGE_ERROR);
  EXPECT_EQ(flow, errors.empty() ? GST_FLOW_OK : GST_FLOW_ERROR);
  EXPECT_LE(errors.size(), 1u);
  return errors.empty() ? "" : errors[0];
}

TEST(BadInput, buffer_smaller_than_the_picture) {
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, 100, nullptr));
  const std::string error = error_for(small(), std::move(buffer));
  EXPECT_NE(error.find("100 bytes"), std::string::npos) << error;
}

TEST(BadInput, empty_buffer) {
  const std::string error = error_for(small(), BufferPtr(gst_buffer_new()));
  EXPECT_NE(error.find("0 bytes"), std::string::npos) << error;
}

BufferPtr with_meta(const gsize (&offset)[3], const gint (&stride)[3], guint width = 64, guint height = 64) {
  BufferPtr buffer = make_picture(small(), 1);
  gsize offsets[GST_VIDEO_MAX_PLANES] = {offset[0], offset[1], offset[2]};
  gint strides[GST_VIDEO_MAX_PLANES] = {stride[0], stride[1], stride[2]};
  gst_buffer_add_video_meta_full(buffer.get(), GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420, width, height, 3, offsets,
                                 strides);
  return buffer;
}

TEST(BadInput, strides_shorter_than_a_row) {
  const std::string error = error_for(small(), with_meta({0, 4096, 5120}, {63, 32, 32}));
  EXPECT_NE(error.find("stride of plane 0 is 63"), std::string::npos) << error;
  EXPECT_NE(error_for(small(), with_meta({0, 4096, 5120}, {64, 32, 0})), "");
}

TEST(BadInput, planes_that_leave_their_memory) {
  EXPECT_EQ(error_for(small(), with_meta({0, 4096, 5120}, {64, 32, 32})), "");
  std::string error = error_for(small(), with_meta({0, 4096, 5120}, {64, 32, 64}));
  EXPECT_NE(error.find("plane 2"), std::string::npos) << error;
  error = error_for(small(), with_meta({0, 4096, 5121}, {64, 32, 32}));
  EXPECT_NE(error.find("plane 2"), std::string::npos) << error;
  error = error_for(small(), with_meta({4000, 4096, 5120}, {64, 32, 32}));
  EXPECT_NE(error.find("plane 0"), std::string::npos) << error;
  // Upside down without room above.
  error = error_for(small(), with_meta({0, 4096, 5120}, {-64, 32, 32}));
  EXPECT_NE(error.find("plane 0"), std::string::npos) << error;
  EXPECT_NE(error_for(small(), with_meta({1 << 20, 4096, 5120}, {64, 32, 32})), "");
}

TEST(BadInput, upside_down_with_room_is_carried_through) {
  EXPECT_EQ(error_for(small(), with_meta({63 * 64, 4096, 5120}, {-64, 32, 32})), "");
}

TEST(BadInput, meta_of_another_size) {
  const std::string error = error_for(small(), with_meta({0, 4096, 5120}, {64, 32, 32}, 32, 32));
  EXPECT_NE(error.find("size"), std::string::npos) << error;
}

// Memory that nobody may read.
struct ClosedMemory {
  GstMemory parent;
};

GstMemory* allocate_closed(GstAllocator* allocator, gsize size, GstAllocationParams*) {
  auto* memory = g_new0(ClosedMemory, 1);
  gst_memory_init(&memory->parent, static_cast<GstMemoryFlags>(0), allocator, nullptr, size, 0, 0, size);
  return &memory->parent;
}

struct ClosedAllocator {
  GstAllocator parent;
};
struct ClosedAllocatorClass {
  GstAllocatorClass parent_class;
};
GType closed_allocator_get_type();
G_DEFINE_TYPE(ClosedAllocator, closed_allocator, GST_TYPE_ALLOCATOR)

void closed_allocator_class_init(ClosedAllocatorClass* klass) {
  klass->parent_class.alloc = allocate_closed;
  klass->parent_class.free = [](GstAllocator*, GstMemory* memory) { g_free(memory); };
}

void closed_allocator_init(ClosedAllocator* self) {
  self->parent.mem_type = "closed";
  self->parent.mem_map = [](GstMemory*, gsize, GstMapFlags) -> gpointer { return nullptr; };
  self->parent.mem_unmap = [](GstMemory*) {};
  GST_OBJECT_FLAG_SET(self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
}

TEST(BadInput, memory_that_cannot_be_mapped) {
  auto* allocator = static_cast<GstAllocator*>(g_object_new(closed_allocator_get_type(), nullptr));
  BufferPtr buffer(gst_buffer_new());
  gst_buffer_append_memory(buffer.get(), allocate_closed(allocator, 64 * 64 * 3 / 2, nullptr));
  const std::string error = error_for(small(), std::move(buffer));
  EXPECT_NE(error.find("cannot be mapped"), std::string::npos) << error;
  gst_object_unref(allocator);
}

// ---------------------------------------------------------------------------------------------------- times

TEST(BadInput, times_backwards_repeated_and_missing_are_carried_through) {
  for (const char* mode : {kLag, "cpu-used=10 usage-profile=realtime", "cpu-used=10 target-bitrate=200",
                           "cpu-used=10 keyframe-max-interval=100"}) {
    Harness harness(mode);
    harness.set_caps(small());
    const GstClockTime times[] = {5 * GST_SECOND, 5 * GST_SECOND, 2 * GST_SECOND, GST_CLOCK_TIME_NONE, 0, 9 * GST_SECOND,
                                  8 * GST_SECOND, GST_CLOCK_TIME_NONE, 7000 * GST_SECOND, 1};
    int index = 0;
    for (const GstClockTime time : times) {
      BufferPtr picture = make_picture(small(), index++);
      GST_BUFFER_PTS(picture.get()) = time;
      GST_BUFFER_DURATION(picture.get()) = index % 2 ? GST_CLOCK_TIME_NONE : 0;
      ASSERT_EQ(gst_harness_push(harness.get(), picture.release()), GST_FLOW_OK);
    }
    harness.end_of_stream();
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), std::size(times)) << mode;
    for (size_t i = 0; i < buffers.size(); i++) {
      if (GST_CLOCK_TIME_IS_VALID(times[i])) {
        EXPECT_EQ(GST_BUFFER_PTS(buffers[i].get()), times[i]) << mode << " " << i;
      }
    }
    EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
  }
}

TEST(BadInput, gap_events_and_new_segments_lose_nothing) {
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 5);
  gst_harness_push_event(harness.get(), gst_event_new_gap(5 * kFrame, 10 * kFrame));
  harness.push_frames(15, 5);
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = 20 * kFrame;
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  harness.push_frames(20, 5);
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 15u);
}

// ------------------------------------------------------------------------------------------- order of calls

TEST(BadInput, pictures_before_caps) {
  Harness harness;
  GstBuffer* picture = make_picture(small(), 0).release();
  gst_harness_push_event(harness.get(), gst_event_new_stream_start("no caps"));
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
  EXPECT_EQ(gst_harness_push(harness.get(), picture), GST_FLOW_NOT_NEGOTIATED);
}

TEST(BadInput, end_without_caps_without_pictures_and_twice) {
  {
    Harness harness;
    gst_harness_push_event(harness.get(), gst_event_new_eos());
    EXPECT_TRUE(harness.pull().empty());
  }
  Harness harness(kLag);
  harness.set_caps(small());
  harness.push_frames(0, 5);
  harness.end_of_stream();
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  EXPECT_EQ(harness.pull().size(), 5u);
  EXPECT_EQ(harness.push(5), GST_FLOW_EOS);
}

TEST(BadInput, flush_at_any_point) {
  for (int before = 0; before < 26; before++) {
    Harness harness(kLag);
    harness.set_caps(small());
    harness.push_frames(0, before);
    harness.pull();
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
    harness.push_frames(100, 3);
    harness.end_of_stream();
    const auto buffers = harness.pull();
    ASSERT_EQ(buffers.size(), 3u) << "flushed after " << before;
    EXPECT_TRUE(is_key(buffers[0]));
  }
}

TEST(BadInput, flush_while_a_frame_is_pushed) {
  for (int round = 0; round < 10; round++) {
    Harness harness("cpu-used=9 lag-in-frames=4");
    harness.set_caps(raw_caps("I420", 320, 240));
    std::atomic<bool> stop = false;
    std::thread pusher([&] {
      for (int i = 0; !stop; i++) gst_harness_push(harness.get(), make_picture(raw_caps("I420", 320, 240), i).release());
    });
    g_usleep(gulong(3000 + 2000 * round));
    gst_harness_push_event(harness.get(), gst_event_new_flush_start());
    stop = true;
    pusher.join();
    gst_harness_push_event(harness.get(), gst_event_new_flush_stop(TRUE));
    harness.pull();
    GstSegment segment;
    gst_segment_init(&segment, GST_FORMAT_TIME);
    gst_harness_push_event(harness.get(), gst_event_new_segment(&segment));
    harness.push_frames(0, 3);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 3u);
  }
}

TEST(BadInput, state_changes_in_the_middle_of_a_frame) {
  for (int round = 0; round < 10; round++) {
    Harness harness("cpu-used=9 lag-in-frames=4");
    const std::string caps = raw_caps("I420", 320, 240);
    harness.set_caps(caps);
    std::atomic<GstFlowReturn> last = GST_FLOW_OK;
    std::thread pusher([&] {
      for (int i = 0; last == GST_FLOW_OK; i++) last = gst_harness_push(harness.get(), make_picture(caps, i).release());
    });
    g_usleep(gulong(3000 + 2000 * round));
    gst_element_set_state(harness.element(), round % 2 ? GST_STATE_READY : GST_STATE_NULL);
    pusher.join();
    EXPECT_EQ(last.load(), GST_FLOW_FLUSHING);
    EXPECT_TRUE(harness.messages(GST_MESSAGE_ERROR).empty());
  }
}

TEST(BadInput, properties_from_another_thread_at_any_time) {
  Harness harness("cpu-used=10");
  harness.set_caps(small());
  std::atomic<bool> stop = false;
  std::thread changer([&] {
    for (guint i = 0; !stop; i++) {
      g_object_set(harness.element(), "cq-level", gint(i % 64), "keyframe-max-dist", gint(i % 30), "cpu-used", gint(8 + i % 3), nullptr);
      GstStructure* stats = nullptr;
      g_object_get(harness.element(), "stats", &stats, nullptr);
      gst_structure_free(stats);
      g_usleep(500);
    }
  });
  harness.push_frames(0, 100);
  stop = true;
  changer.join();
  harness.end_of_stream();
  EXPECT_EQ(harness.pull().size(), 100u);
}

// ----------------------------------------------------------------------------------------------- downstream

struct Refusal {
  int after = 0;  ///< buffers taken first
  GstFlowReturn flow = GST_FLOW_OK;
};

GstFlowReturn refuse_later(GstPad* pad, GstObject*, GstBuffer* buffer) {
  auto* refusal = static_cast<Refusal*>(g_object_get_data(G_OBJECT(pad), "refusal"));
  gst_buffer_unref(buffer);
  return refusal->after-- > 0 ? GST_FLOW_OK : refusal->flow;
}

TEST(BadInput, downstream_fails_at_any_point) {
  for (const GstFlowReturn flow : {GST_FLOW_EOS, GST_FLOW_FLUSHING, GST_FLOW_NOT_LINKED, GST_FLOW_ERROR, GST_FLOW_CUSTOM_ERROR})
    for (const int after : {0, 1, 5, 9})
      for (const char* alignment : {"tu", "frame"}) {
        std::vector<BufferPtr> pictures;
        {
          Refusal refusal{after, flow};
          Harness harness(kLag);
          gst_harness_set_sink_caps_str(harness.get(), (std::string("video/x-av1,alignment=") + alignment).c_str());
          g_object_set_data(G_OBJECT(harness.get()->sinkpad), "refusal", &refusal);
          gst_pad_set_chain_function(harness.get()->sinkpad, refuse_later);
          harness.set_caps(small());
          GstFlowReturn said = GST_FLOW_OK;
          for (int i = 0; i < 60 && said == GST_FLOW_OK; i++) {
            pictures.push_back(make_picture(small(), i));
            said = gst_harness_push(harness.get(), gst_buffer_ref(pictures.back().get()));
          }
          EXPECT_EQ(said, flow) << after;
          // More pictures, and the end, must do no harm.
          harness.push(100);
          gst_harness_push_event(harness.get(), gst_event_new_eos());
        }
        for (const BufferPtr& picture : pictures) EXPECT_EQ(GST_MINI_OBJECT_REFCOUNT_VALUE(picture.get()), 1);
      }
}

TEST(BadInput, downstream_fails_while_the_end_is_drained) {
  Refusal refusal{2, GST_FLOW_ERROR};
  Harness harness(kLag);
  g_object_set_data(G_OBJECT(harness.get()->sinkpad), "refusal", &refusal);
  gst_pad_set_chain_function(harness.get()->sinkpad, refuse_later);
  harness.set_caps(small());
  harness.push_frames(0, 4);
  gst_harness_push_event(harness.get(), gst_event_new_eos());
}

// ---------------------------------------------------------------------------------- statistics of a first pass

class Statistics : public testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() / ("tessera_bad_" + std::to_string(getpid()));
    encode("first-pass", 64, 60);
  }
  void TearDown() override { std::filesystem::remove(file_); }

  /// Encodes a sequence in a pass; how many buffers came, the element's error in `error_`.
  size_t encode(const std::string& pass, int width, int frames, int first = 0) {
    Harness harness("cpu-used=10 target-bitrate=60 enc-pass=" + pass + " multipass-cache-file=" + file_.string());
    harness.set_caps(raw_caps("I420", width, 64));
    GstFlowReturn flow = GST_FLOW_OK;
    for (int i = 0; i < frames && flow == GST_FLOW_OK; i++) flow = harness.push(first + i);
    gst_harness_push_event(harness.get(), gst_event_new_eos());
    const auto errors = harness.messages(GST_MESSAGE_ERROR);
    EXPECT_EQ(flow != GST_FLOW_OK, !errors.empty());
    EXPECT_LE(errors.size(), 1u);
    error_ = errors.empty() ? "" : errors[0];
    return harness.pull().size();
  }
  std::string text() const {
    std::ifstream in(file_, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  void write(const std::string& text) const { std::ofstream(file_, std::ios::binary) << text; }

  std::filesystem::path file_;
  std::string error_;
};

TEST_F(Statistics, cut_anywhere_are_an_error_that_names_the_file) {
  const std::string whole = text();
  ASSERT_GT(whole.size(), 500u);
  // Behind the last line's last figure nothing is missing that counts.
  for (size_t size = 0; size + 8 < whole.size(); size += 1 + size / 5) {
    write(whole.substr(0, size));
    EXPECT_EQ(encode("second-pass", 64, 3), 0u) << size;
    EXPECT_NE(error_.find("multipass-cache-file '" + file_.string() + "'"), std::string::npos) << size << ": " << error_;
  }
  write(whole);
  EXPECT_EQ(encode("second-pass", 64, 60), 60u);
  EXPECT_EQ(error_, "");
}

TEST_F(Statistics, that_are_none_are_an_error) {
  for (const std::string& other : {std::string(5000, '\0'), std::string("RIFF"), std::string("tessera-statistics 3\n64 64 1 80 100 115 125 135 145\n9 9 9 9 9\n")}) {
    write(other);
    EXPECT_EQ(encode("second-pass", 64, 3), 0u);
    EXPECT_NE(error_.find("multipass-cache-file"), std::string::npos) << error_;
  }
}

TEST_F(Statistics, of_another_size_are_an_error_that_names_both) {
  EXPECT_EQ(encode("second-pass", 96, 3), 0u);
  EXPECT_NE(error_.find("64x64"), std::string::npos) << error_;
  EXPECT_NE(error_.find("96x64"), std::string::npos) << error_;
}

TEST_F(Statistics, of_another_sequence_are_carried_through) {
  for (const int frames : {1, 20, 59, 61, 150}) {
    EXPECT_EQ(encode("second-pass", 64, frames, 1000), size_t(frames));
    EXPECT_EQ(error_, "");
  }
}

TEST_F(Statistics, of_other_key_frames_are_carried_through) {
  Harness harness("cpu-used=10 keyframe-mode=disabled target-bitrate=60 enc-pass=second-pass multipass-cache-file=" + file_.string());
  harness.set_caps(small());
  harness.push_frames(0, 20);
  gst_harness_push_upstream_event(harness.get(), gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 1));
  harness.push_frames(20, 40);
  harness.end_of_stream();
  const auto buffers = harness.pull();
  ASSERT_EQ(buffers.size(), 60u);
  for (size_t i = 0; i < buffers.size(); i++) EXPECT_EQ(is_key(buffers[i]), i == 0 || i == 20) << i;
}

TEST_F(Statistics, that_cannot_be_written_in_the_end_are_an_error) {
  const std::filesystem::path folder = file_.string() + "_folder";
  std::filesystem::create_directory(folder);
  file_ = folder / "statistics";
  Harness harness("cpu-used=10 target-bitrate=60 enc-pass=first-pass multipass-cache-file=" + file_.string());
  harness.set_caps(small());
  harness.push_frames(0, 3);
  EXPECT_TRUE(std::filesystem::is_empty(folder)) << "a pass that has not ended leaves no file";
  std::filesystem::remove_all(folder);
  gst_harness_push_event(harness.get(), gst_event_new_eos());
  const auto errors = harness.messages(GST_MESSAGE_ERROR);
  ASSERT_EQ(errors.size(), 1u);
  EXPECT_NE(errors[0].find("multipass-cache-file '" + file_.string() + "' cannot be written"), std::string::npos) << errors[0];
  // The picture in front of the error is no less for it.
  EXPECT_EQ(harness.pull().size(), 3u);
}

// --------------------------------------------------------------------------------------------------- limits

TEST(BadInput, widest_and_highest_pictures) {
  for (const auto& [width, height] : {std::pair(65536, 1), std::pair(1, 65536), std::pair(16384, 3)}) {
    Harness harness("cpu-used=10 usage-profile=realtime");
    harness.set_caps(raw_caps("I420", width, height));
    harness.push_frames(0, 2);
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 2u) << width << "x" << height;
  }
}

TEST(BadInput, odd_frame_rates) {
  for (const char* rate : {"0/1", "1/2147483647", "2147483647/1", "1/1", "60000/1001"}) {
    Harness harness("cpu-used=10 target-bitrate=200");
    harness.set_caps(std::string("video/x-raw,format=I420,width=64,height=64,framerate=") + rate);
    for (int i = 0; i < 3; i++) ASSERT_EQ(gst_harness_push(harness.get(), make_picture(small(), i).release()), GST_FLOW_OK) << rate;
    harness.end_of_stream();
    EXPECT_EQ(harness.pull().size(), 3u) << rate;
  }
}

TEST(BadInput, impossible_settings_name_the_field) {
  const struct {
    const char *properties, *field;
  } cases[] = {{"min-quantizer=50 max-quantizer=40", "min-quantizer"},
               {"temporal-layers=2", "temporal-layers"},
               {"temporal-layers=3 lag-in-frames=8", "temporal-layers"},
               {"intra-refresh=true", "intra-refresh"},
               {"intra-refresh=true usage-profile=all-intra", "usage-profile=realtime"},
               {"intra-refresh=true usage-profile=realtime temporal-layers=2", "temporal-layers"}};
  for (const auto& c : cases) {
    Harness harness(c.properties);
    harness.set_caps(small());
    // However often it is tried, it is told once.
    for (int i = 0; i < 3; i++) EXPECT_EQ(harness.push(i), GST_FLOW_NOT_NEGOTIATED);
    const auto errors = harness.messages(GST_MESSAGE_ERROR);
    ASSERT_EQ(errors.size(), 1u);
    EXPECT_NE(errors[0].find(c.field), std::string::npos) << errors[0];
  }
}

}  // namespace
}  // namespace tessera::test
