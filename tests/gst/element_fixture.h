// A harness around the element with a bus to read its messages from, and pictures to feed it.
#pragma once

#include <gst/check/gstharness.h>
#include <gst/video/video.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

namespace tessera::test {

struct Unref {
  void operator()(GstBuffer* buffer) const { gst_buffer_unref(buffer); }
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
  void operator()(GstEvent* event) const { gst_event_unref(event); }
  void operator()(GstMessage* message) const { gst_message_unref(message); }
  void operator()(GstQuery* query) const { gst_query_unref(query); }
  void operator()(GstElement* element) const { gst_object_unref(element); }
};
using BufferPtr = std::unique_ptr<GstBuffer, Unref>;
using CapsPtr = std::unique_ptr<GstCaps, Unref>;
using EventPtr = std::unique_ptr<GstEvent, Unref>;
using MessagePtr = std::unique_ptr<GstMessage, Unref>;
using QueryPtr = std::unique_ptr<GstQuery, Unref>;
using ElementPtr = std::unique_ptr<GstElement, Unref>;
using Bytes = std::vector<uint8_t>;

constexpr char kElement[] = "tesseraav1enc";
constexpr GstClockTime kFrame = GST_SECOND / 30;

std::string raw_caps(const std::string& format, int width, int height, const std::string& more = {});

/// A picture of `caps` with a gradient that moves with `index`, the same content whatever the 4:2:0 format,
/// at index / 30 s.
BufferPtr make_picture(const std::string& caps, int index);

Bytes bytes_of(GstBuffer* buffer);
bool has_flag(const BufferPtr& buffer, GstBufferFlags flag);
inline bool is_key(const BufferPtr& buffer) {
  return !has_flag(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
}

/// The elements' properties as a launch line has them: "cpu-used=10 lag-in-frames=0".
class Harness {
 public:
  explicit Harness(const std::string& properties = "cpu-used=10");
  Harness(const Harness&) = delete;
  Harness& operator=(const Harness&) = delete;
  ~Harness();

  GstHarness* get() const { return harness_; }
  GstElement* element() const { return harness_->element; }
  void set(const std::string& name, const std::string& value);

  void set_caps(const std::string& caps);
  GstFlowReturn push(int index);
  /// Frames first .. first + count - 1, each of which must be taken.
  void push_frames(int first, int count);
  void end_of_stream();
  /// Every buffer that has come out since.
  std::vector<BufferPtr> pull();
  /// Caps downstream has seen last.
  CapsPtr output_caps() const;
  /// Texts of the messages of `type` since the last call.
  std::vector<std::string> messages(GstMessageType type);

 private:
  GstHarness* harness_;
  GstBus* bus_;
  std::string caps_;
};

}  // namespace tessera::test
