#include "pipeline_runner.h"

#include <gst/app/gstappsink.h>
#include <unistd.h>

#include <cmath>

namespace tessera::test {

std::string run_pipeline(const std::string& description) {
  GError* error = nullptr;
  const ElementPtr pipeline(gst_parse_launch(description.c_str(), &error));
  if (error) {
    const std::string text = error->message;
    g_error_free(error);
    return text;
  }
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  GstBus* bus = gst_element_get_bus(pipeline.get());
  const MessagePtr message(gst_bus_timed_pop_filtered(
      bus, 120 * GST_SECOND, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR)));
  std::string text;
  if (!message) {
    text = "it does not end";
  } else if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_ERROR) {
    gchar* debug = nullptr;
    gst_message_parse_error(message.get(), &error, &debug);
    text = std::string(error->message) + " " + (debug ? debug : "");
    g_error_free(error);
    g_free(debug);
  }
  gst_object_unref(bus);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return text;
}

std::vector<Picture> decode(const std::string& description, std::string* error_text) {
  std::vector<Picture> pictures;
  GError* error = nullptr;
  const ElementPtr pipeline(gst_parse_launch(description.c_str(), &error));
  if (error) {
    *error_text = error->message;
    g_error_free(error);
    return pictures;
  }
  const ElementPtr sink(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  g_object_set(sink.get(), "sync", FALSE, nullptr);
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  while (GstSample* sample = gst_app_sink_try_pull_sample(GST_APP_SINK(sink.get()), 60 * GST_SECOND)) {
    GstVideoInfo info;
    GstVideoFrame frame;
    if (gst_video_info_from_caps(&info, gst_sample_get_caps(sample)) &&
        gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ)) {
      Picture picture{GST_BUFFER_PTS(gst_sample_get_buffer(sample)), {}};
      for (int y = 0; y < GST_VIDEO_FRAME_HEIGHT(&frame); y++) {
        const auto* row = static_cast<uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)) +
                          y * GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0);
        picture.luma.insert(picture.luma.end(), row,
                            row + GST_VIDEO_FRAME_WIDTH(&frame) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, 0));
      }
      gst_video_frame_unmap(&frame);
      pictures.push_back(std::move(picture));
    }
    gst_sample_unref(sample);
  }
  GstBus* bus = gst_element_get_bus(pipeline.get());
  if (const MessagePtr message{gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR)})
    *error_text = "the decoder failed";
  gst_object_unref(bus);
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return pictures;
}

double luma_psnr(const Bytes& a, const Bytes& b) {
  double squares = 0;
  for (size_t i = 0; i < a.size(); i++) squares += (double(a[i]) - b[i]) * (double(a[i]) - b[i]);
  return squares == 0 ? 100 : 10 * std::log10(255.0 * 255.0 * double(a.size()) / squares);
}

void ScratchTest::SetUp() {
  char name[] = "/tmp/tessera-gst-XXXXXX";
  ASSERT_NE(mkdtemp(name), nullptr);
  directory_ = name;
}

void ScratchTest::TearDown() {
  std::filesystem::remove_all(directory_);
}

}  // namespace tessera::test
