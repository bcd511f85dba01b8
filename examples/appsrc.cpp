// appsrc OUTPUT.mkv: pictures an application draws itself, through appsrc and av1enc into a file.
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>

#include <cstdint>
#include <cstdio>
#include <string>

namespace {

constexpr int kWidth = 320, kHeight = 240, kFps = 25, kFrames = 50;

/// A grey gradient that moves, as I420 without gaps between rows or planes. The buffer belongs to the caller.
GstBuffer* draw(int index) {
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, kWidth * kHeight * 3 / 2, nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  for (int y = 0; y < kHeight; y++)
    for (int x = 0; x < kWidth; x++) map.data[y * kWidth + x] = uint8_t(x + y + 4 * index);
  for (gsize i = kWidth * kHeight; i < map.size; i++) map.data[i] = 128;
  gst_buffer_unmap(buffer, &map);
  // The encoder goes by the times, not by the order of arrival.
  GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(guint64(index), GST_SECOND, kFps);
  GST_BUFFER_DURATION(buffer) = GST_SECOND / kFps;
  return buffer;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 2) {
    fprintf(stderr, "appsrc OUTPUT.mkv\n");
    return 2;
  }
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(
      "appsrc name=source format=time block=true ! av1enc cpu-used=8 cq-level=30 ! matroskamux ! filesink name=file", &error);
  if (!pipeline) {
    fprintf(stderr, "error: %s\n", error->message);
    return 1;
  }
  GstElement* file = gst_bin_get_by_name(GST_BIN(pipeline), "file");
  g_object_set(file, "location", argv[1], nullptr);
  gst_object_unref(file);
  GstElement* source = gst_bin_get_by_name(GST_BIN(pipeline), "source");
  GstCaps* caps = gst_caps_new_simple("video/x-raw", "format", G_TYPE_STRING, "I420", "width", G_TYPE_INT, kWidth, "height",
                                      G_TYPE_INT, kHeight, "framerate", GST_TYPE_FRACTION, kFps, 1, nullptr);
  gst_app_src_set_caps(GST_APP_SRC(source), caps);
  gst_caps_unref(caps);

  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  for (int i = 0; i < kFrames; i++)
    if (gst_app_src_push_buffer(GST_APP_SRC(source), draw(i)) != GST_FLOW_OK) break;
  gst_app_src_end_of_stream(GST_APP_SRC(source));

  GstBus* bus = gst_element_get_bus(pipeline);
  GstMessage* message =
      gst_bus_timed_pop_filtered(bus, GST_CLOCK_TIME_NONE, static_cast<GstMessageType>(GST_MESSAGE_EOS | GST_MESSAGE_ERROR));
  const bool failed = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
  if (failed) {
    gst_message_parse_error(message, &error, nullptr);
    fprintf(stderr, "error: %s\n", error->message);
    g_error_free(error);
  }
  gst_message_unref(message);
  gst_object_unref(bus);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(source);
  gst_object_unref(pipeline);
  return failed ? 1 : 0;
}
