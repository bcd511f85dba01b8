#include "element_fixture.h"

#include <sstream>

namespace tessera::test {

std::string raw_caps(const std::string& format, int width, int height, const std::string& more) {
  return "video/x-raw,format=" + format + ",width=" + std::to_string(width) +
         ",height=" + std::to_string(height) + ",framerate=30/1" + (more.empty() ? "" : "," + more);
}

BufferPtr make_picture(const std::string& caps_text, int index) {
  CapsPtr caps(gst_caps_from_string(caps_text.c_str()));
  GstVideoInfo info;
  if (!caps || !gst_video_info_from_caps(&info, caps.get())) return nullptr;
  BufferPtr buffer(gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info), nullptr));
  gst_buffer_memset(buffer.get(), 0, 0, GST_VIDEO_INFO_SIZE(&info));
  GstVideoFrame frame;
  gst_video_frame_map(&frame, &info, buffer.get(), GST_MAP_WRITE);
  const bool high_bits = GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_P010_10LE || GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_P012_LE;
  if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_GRAY10_LE32) {
    for (int y = 0; y < GST_VIDEO_FRAME_HEIGHT(&frame); y++)
      for (int x = 0; x < GST_VIDEO_FRAME_WIDTH(&frame); x++) {
        auto* at = static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                   y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0) + x / 3 * 4;
        const uint32_t value = uint32_t((x * 3 + y * 5 + index * 7) & 255) << 2;
        GST_WRITE_UINT32_LE(at, (x % 3 ? GST_READ_UINT32_LE(at) : 0) | value << (x % 3 * 10));
      }
  }
  for (guint c = 0; c < GST_VIDEO_FRAME_N_COMPONENTS(&frame); c++) {
    if (GST_VIDEO_INFO_FORMAT(&info) == GST_VIDEO_FORMAT_GRAY10_LE32) break;
    const int depth = GST_VIDEO_FRAME_COMP_DEPTH(&frame, c);
    auto* origin = static_cast<uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, c));
    // GStreamer 1.22 puts P010's and P012's V one byte, not one sample, behind U.
    if (high_bits && c == 2) origin = static_cast<uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, 1)) + 2;
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, c); y++)
      for (int x = 0; x < GST_VIDEO_FRAME_COMP_WIDTH(&frame, c); x++) {
        const int value = (x * 3 + y * 5 + index * 7 + int(c) * 40) & 255;
        uint8_t* at =
            origin + y * GST_VIDEO_FRAME_COMP_STRIDE(&frame, c) + x * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, c);
        if (depth > 8)
          GST_WRITE_UINT16_LE(at, uint16_t(value << (depth - 8) << (high_bits ? 16 - depth : 0)));
        else
          *at = uint8_t(value);
      }
  }
  gst_video_frame_unmap(&frame);
  GST_BUFFER_PTS(buffer.get()) = GstClockTime(index) * kFrame;
  GST_BUFFER_DURATION(buffer.get()) = kFrame;
  return buffer;
}

Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

bool has_flag(const BufferPtr& buffer, GstBufferFlags flag) {
  return GST_BUFFER_FLAG_IS_SET(buffer.get(), flag);
}

Harness::Harness(const std::string& properties) : harness_(gst_harness_new(kElement)), bus_(gst_bus_new()) {
  gst_element_set_bus(element(), bus_);
  std::istringstream words(properties);
  for (std::string word; words >> word;) set(word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
}

Harness::~Harness() {
  gst_element_set_bus(element(), nullptr);
  gst_harness_teardown(harness_);
  gst_object_unref(bus_);
}

void Harness::set(const std::string& name, const std::string& value) {
  gst_util_set_object_arg(G_OBJECT(element()), name.c_str(), value.c_str());
}

void Harness::set_caps(const std::string& caps) {
  caps_ = caps;
  gst_harness_set_src_caps_str(harness_, caps.c_str());
}

GstFlowReturn Harness::push(int index) {
  return gst_harness_push(harness_, make_picture(caps_, index).release());
}

void Harness::push_frames(int first, int count) {
  for (int i = first; i < first + count; i++) ASSERT_EQ(push(i), GST_FLOW_OK) << "frame " << i;
}

void Harness::end_of_stream() {
  EXPECT_TRUE(gst_harness_push_event(harness_, gst_event_new_eos()));
}

std::vector<BufferPtr> Harness::pull() {
  std::vector<BufferPtr> buffers;
  while (GstBuffer* buffer = gst_harness_try_pull(harness_)) buffers.emplace_back(buffer);
  return buffers;
}

CapsPtr Harness::output_caps() const {
  return CapsPtr(gst_pad_get_current_caps(harness_->sinkpad));
}

std::vector<std::string> Harness::messages(GstMessageType type) {
  std::vector<std::string> texts;
  while (MessagePtr message{gst_bus_pop_filtered(bus_, type)}) {
    GError* error = nullptr;
    if (type == GST_MESSAGE_ERROR) gst_message_parse_error(message.get(), &error, nullptr);
    if (type == GST_MESSAGE_WARNING) gst_message_parse_warning(message.get(), &error, nullptr);
    texts.emplace_back(error ? error->message : GST_MESSAGE_TYPE_NAME(message.get()));
    g_clear_error(&error);
  }
  return texts;
}

}  // namespace tessera::test
