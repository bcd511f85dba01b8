#include "y4m_reader.h"

#include <sys/stat.h>

#include <cinttypes>
#include <iterator>
#include <sstream>

namespace tessera::tools {
namespace {

constexpr char kMagic[] = "YUV4MPEG2";
constexpr size_t kMaxLine = 4096;  // bytes

struct Format {
  const char* name;
  GstVideoFormat format;
  GstVideoChromaSite site = GST_VIDEO_CHROMA_SITE_UNKNOWN;
};
constexpr Format kFormats[] = {
    {"420", GST_VIDEO_FORMAT_I420, GST_VIDEO_CHROMA_SITE_JPEG},
    {"420jpeg", GST_VIDEO_FORMAT_I420, GST_VIDEO_CHROMA_SITE_JPEG},
    {"420mpeg2", GST_VIDEO_FORMAT_I420, GST_VIDEO_CHROMA_SITE_MPEG2},
    {"420paldv", GST_VIDEO_FORMAT_I420, GST_VIDEO_CHROMA_SITE_DV},
    {"420p10", GST_VIDEO_FORMAT_I420_10LE},
    {"420p12", GST_VIDEO_FORMAT_I420_12LE},
    {"422", GST_VIDEO_FORMAT_Y42B},
    {"422p10", GST_VIDEO_FORMAT_I422_10LE},
    {"422p12", GST_VIDEO_FORMAT_I422_12LE},
    {"444", GST_VIDEO_FORMAT_Y444},
    {"444p10", GST_VIDEO_FORMAT_Y444_10LE},
    {"444p12", GST_VIDEO_FORMAT_Y444_12LE},
    {"mono", GST_VIDEO_FORMAT_GRAY8},
};

/// The picture's bytes in the file: planes without padding.
int64_t packed_size(const GstVideoInfo& info) {
  int64_t size = 0;
  for (guint i = 0; i < GST_VIDEO_INFO_N_COMPONENTS(&info); i++)
    size += int64_t(GST_VIDEO_INFO_COMP_WIDTH(&info, i)) * GST_VIDEO_INFO_COMP_HEIGHT(&info, i) *
            GST_VIDEO_INFO_COMP_PSTRIDE(&info, i);
  return size;
}

}  // namespace

bool Y4mReader::recognizes(const std::string& path) {
  std::unique_ptr<FILE, Close> file(fopen(path.c_str(), "rb"));
  char start[sizeof(kMagic) - 1];
  return file && fread(start, 1, sizeof(start), file.get()) == sizeof(start) &&
         std::string_view(start, sizeof(start)) == kMagic;
}

bool Y4mReader::fail(std::string message) {
  error_ = std::move(message);
  return false;
}

bool Y4mReader::read_line(std::string* line) {
  line->clear();
  for (int c; (c = getc(file_.get())) != EOF && line->size() < kMaxLine; line->push_back(char(c)))
    if (c == '\n') return true;
  return false;
}

bool Y4mReader::parse_header(const std::string& line) {
  std::istringstream words(line);
  std::string word, format_name = "420";
  int width = 0, height = 0, fps_n = 0, fps_d = 1, par_n = 1, par_d = 1;
  bool full_range = false;
  words >> word;
  if (word != kMagic) return fail("it does not begin with YUV4MPEG2");
  while (words >> word) {
    const char* value = word.c_str() + 1;
    switch (word[0]) {
      case 'W':
        width = atoi(value);
        break;
      case 'H':
        height = atoi(value);
        break;
      case 'C':
        format_name = value;
        break;
      case 'F':
        if (sscanf(value, "%d:%d", &fps_n, &fps_d) != 2 || fps_n < 0 || fps_d <= 0)
          return fail("bad frame rate " + word);
        break;
      case 'A':
        if (sscanf(value, "%d:%d", &par_n, &par_d) != 2 || par_n <= 0 || par_d <= 0) par_n = par_d = 1;
        break;
      case 'X':
        full_range |= word == "XCOLORRANGE=FULL";
        break;
    }
  }
  for (const Format& format : kFormats) {
    if (format_name != format.name) continue;
    if (width < 1 || height < 1 ||
        !gst_video_info_set_format(&info_, format.format, guint(width), guint(height)))
      return fail("bad picture size " + std::to_string(width) + "x" + std::to_string(height));
    GST_VIDEO_INFO_FPS_N(&info_) = fps_n;
    GST_VIDEO_INFO_FPS_D(&info_) = fps_d;
    GST_VIDEO_INFO_PAR_N(&info_) = par_n;
    GST_VIDEO_INFO_PAR_D(&info_) = par_d;
    info_.chroma_site = format.site;
    if (full_range) info_.colorimetry.range = GST_VIDEO_COLOR_RANGE_0_255;
    return true;
  }
  return fail("unknown colour space C" + format_name);
}

bool Y4mReader::open(const std::string& path) {
  gst_video_info_init(&info_);
  file_.reset(path == "-" ? fdopen(0, "rb") : fopen(path.c_str(), "rb"));
  std::string line;
  if (!file_) return fail("it cannot be opened");
  if (!read_line(&line)) return fail("it has no header");
  if (!parse_header(line)) return false;
  struct stat status;
  if (fstat(fileno(file_.get()), &status) == 0 && S_ISREG(status.st_mode))
    frames_ = (status.st_size - int64_t(line.size()) - 1) / (packed_size(info_) + int64_t(sizeof("FRAME")));
  return true;
}

GstBuffer* Y4mReader::next() {
  std::string line;
  if (!read_line(&line)) return nullptr;
  if (line.rfind("FRAME", 0) != 0) {
    fail("frame " + std::to_string(position_) + " does not begin with FRAME");
    return nullptr;
  }
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, GST_VIDEO_INFO_SIZE(&info_), nullptr);
  GstVideoFrame frame;
  gst_video_frame_map(&frame, &info_, buffer, GST_MAP_WRITE);
  bool whole = true;
  for (guint i = 0; i < GST_VIDEO_INFO_N_COMPONENTS(&info_); i++) {
    const size_t row_bytes =
        size_t(GST_VIDEO_FRAME_COMP_WIDTH(&frame, i)) * GST_VIDEO_FRAME_COMP_PSTRIDE(&frame, i);
    auto* row = static_cast<uint8_t*>(GST_VIDEO_FRAME_COMP_DATA(&frame, i));
    for (int y = 0; whole && y < GST_VIDEO_FRAME_COMP_HEIGHT(&frame, i); y++) {
      whole = fread(row, 1, row_bytes, file_.get()) == row_bytes;
      row += GST_VIDEO_FRAME_COMP_STRIDE(&frame, i);
    }
  }
  gst_video_frame_unmap(&frame);
  if (!whole) {
    gst_buffer_unref(buffer);
    fail("frame " + std::to_string(position_) + " is cut short");
    return nullptr;
  }
  const auto fps_n = guint64(GST_VIDEO_INFO_FPS_N(&info_)), fps_d = guint64(GST_VIDEO_INFO_FPS_D(&info_));
  const auto time_of = [=](int64_t frame_index) {
    return gst_util_uint64_scale(guint64(frame_index), fps_d * GST_SECOND, fps_n ? fps_n : 25);
  };
  GST_BUFFER_PTS(buffer) = time_of(position_);
  GST_BUFFER_DURATION(buffer) = time_of(position_ + 1) - time_of(position_);
  position_++;
  return buffer;
}

}  // namespace tessera::tools
