// YUV4MPEG2 files, 8 to 12 bit (GStreamer 1.22's y4mdec reads 8 bit only).
#pragma once

#include <gst/video/video.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace tessera::tools {

class Y4mReader {
 public:
  /// True when the file begins as a y4m does.
  static bool recognizes(const std::string& path);

  /// Reads the header; false: error() says why.
  bool open(const std::string& path);
  const std::string& error() const { return error_; }

  GstCaps* caps() const { return gst_video_info_to_caps(&info_); }
  /// 0 when the input cannot tell its size.
  int64_t frames() const { return frames_; }
  /// The next picture with its time; null at the end, or after a fault (then error() is set).
  GstBuffer* next();

 private:
  struct Close {
    void operator()(FILE* file) const { fclose(file); }
  };
  bool fail(std::string message);
  bool read_line(std::string* line);
  bool parse_header(const std::string& line);

  std::unique_ptr<FILE, Close> file_;
  std::string error_;
  GstVideoInfo info_;
  int64_t frames_ = 0, position_ = 0;
};

}  // namespace tessera::tools
