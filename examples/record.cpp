// record [OPTION...] OUTPUT: a live source through av1enc into a file that stays playable whatever happens.
//
//   record out.mp4                          a moving test picture
//   record --source camera out.mkv          /dev/video0; camera=/dev/video2 for another
//   record --source screen --fps 15 out.mkv
//
// Ctrl-C ends the file properly. mp4 is written in fragments and mkv in clusters of a second, so that a crash costs no more
// than the last of them.
#include <glib-unix.h>
#include <gst/gst.h>
#include <gst/video/video.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace {

constexpr char kHelp[] =
    "record [OPTION...] OUTPUT\n\n"
    "OUTPUT             a name ending in .mp4, .mkv or .webm; an existing file is replaced\n"
    "--source SOURCE    test (default), camera, camera=/dev/videoN or screen\n"
    "--size WxH         default: 1280x720 for test, what the source prefers for others\n"
    "--fps N            default: 30\n"
    "--bitrate N        kbit/s, default: 2000\n"
    "--seconds N        stop by itself; default: record until Ctrl-C\n\n"
    "Keys while recording: + and - change the bit rate by a tenth, k asks for a key frame, q ends.\n";

struct Options {
  std::string source = "test", output, size;
  int fps = 30, seconds = 0;
  guint bitrate = 2000;
};

/// Counted in streaming threads, shown by the main loop.
struct Counters {
  std::atomic<guint64> captured{0}, encoded{0}, bytes{0};
  std::atomic<GstClockTimeDiff> latency{0};
};

struct Recorder {
  Options options;
  GstElement *pipeline = nullptr, *encoder = nullptr;
  GMainLoop* loop = nullptr;
  Counters counters;
  guint64 shown_frames = 0, shown_bytes = 0;
  gint64 shown_at = 0;
  bool ending = false, failed = false;
};

bool ends_with(const std::string& text, const char* ending) {
  const std::string tail = ending;
  return text.size() >= tail.size() && text.compare(text.size() - tail.size(), tail.size(), tail) == 0;
}

bool parse_number(const char* text, int minimum, int* number) {
  char* end = nullptr;
  const long value = strtol(text, &end, 10);
  if (*text == 0 || *end != 0 || value < minimum || value > 100000000) return false;
  *number = int(value);
  return true;
}

bool parse_options(int argc, char** argv, Options* options) {
  for (int i = 1; i < argc; i++) {
    const std::string word = argv[i];
    if (word.rfind("--", 0) != 0) {
      options->output = word;
      continue;
    }
    const char* value = i + 1 < argc ? argv[++i] : "";
    int number = 0, height = 0;
    if (word == "--source") {
      options->source = value;
    } else if (word == "--size") {
      if (sscanf(value, "%dx%d", &number, &height) != 2 || number < 1 || height < 1) return false;
      options->size = "width=" + std::to_string(number) + ",height=" + std::to_string(height);
    } else if (!parse_number(value, 1, &number)) {
      return false;
    } else if (word == "--fps") {
      options->fps = number;
    } else if (word == "--bitrate") {
      options->bitrate = guint(number);
    } else if (word == "--seconds") {
      options->seconds = number;
    } else {
      return false;
    }
  }
  return ends_with(options->output, ".mp4") || ends_with(options->output, ".mkv") || ends_with(options->output, ".webm");
}

// ------------------------------------------------------------------------------------------------ pipeline

std::string source_text(const Options& options) {
  if (options.source == "screen") return "ximagesrc use-damage=false";
  if (options.source.rfind("camera", 0) == 0) {
    const size_t equals = options.source.find('=');
    return "v4l2src device=" + (equals == std::string::npos ? "/dev/video0" : options.source.substr(equals + 1));
  }
  return "videotestsrc is-live=true pattern=ball";
}

std::string muxer_text(const Options& options) {
  // A fragment, or cluster, a second.
  if (ends_with(options.output, ".mp4")) return "mp4mux fragment-duration=1000";
  return ends_with(options.output, ".webm") ? "webmmux max-cluster-duration=1000000000"
                                             : "matroskamux max-cluster-duration=1000000000";
}

/// The queue lets pictures go when the encoder does not keep up, so that the latency stays small.
std::string pipeline_text(const Options& options) {
  std::string size = options.size;
  if (size.empty() && options.source == "test") size = "width=1280,height=720";
  return source_text(options) + " ! videorate drop-only=true ! videoconvert ! videoscale ! video/x-raw,framerate=" +
         std::to_string(options.fps) + "/1" + (size.empty() ? "" : "," + size) +
         " ! queue name=queue leaky=downstream max-size-buffers=3 max-size-bytes=0 max-size-time=0"
         " ! tesseraav1enc name=encoder usage-profile=realtime cpu-used=10 keyframe-max-interval=2000 target-bitrate=" +
         std::to_string(options.bitrate) + " ! " + muxer_text(options) + " ! filesink name=file buffer-mode=unbuffered";
}

GstPadProbeReturn count_captured(GstPad*, GstPadProbeInfo*, gpointer data) {
  static_cast<Recorder*>(data)->counters.captured++;
  return GST_PAD_PROBE_OK;
}

/// Time from the picture's own to its packet's.
GstPadProbeReturn count_encoded(GstPad*, GstPadProbeInfo* info, gpointer data) {
  Recorder& recorder = *static_cast<Recorder*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  recorder.counters.encoded++;
  recorder.counters.bytes += gst_buffer_get_size(buffer);
  if (const GstClockTime now = gst_element_get_current_running_time(recorder.pipeline);
      GST_CLOCK_TIME_IS_VALID(now) && GST_BUFFER_PTS_IS_VALID(buffer))
    recorder.counters.latency = GST_CLOCK_DIFF(GST_BUFFER_PTS(buffer), now);
  return GST_PAD_PROBE_OK;
}

void add_probe(GstElement* pipeline, const char* element, const char* pad, GstPadProbeCallback probe, Recorder* recorder) {
  GstElement* found = gst_bin_get_by_name(GST_BIN(pipeline), element);
  GstPad* at = gst_element_get_static_pad(found, pad);
  gst_pad_add_probe(at, GST_PAD_PROBE_TYPE_BUFFER, probe, recorder, nullptr);
  gst_object_unref(at);
  gst_object_unref(found);
}

bool build_pipeline(Recorder* recorder) {
  GError* error = nullptr;
  recorder->pipeline = gst_parse_launch(pipeline_text(recorder->options).c_str(), &error);
  if (error) {
    fprintf(stderr, "error: %s\n", error->message);
    g_error_free(error);
    return false;
  }
  GstElement* file = gst_bin_get_by_name(GST_BIN(recorder->pipeline), "file");
  g_object_set(file, "location", recorder->options.output.c_str(), nullptr);
  gst_object_unref(file);
  recorder->encoder = gst_bin_get_by_name(GST_BIN(recorder->pipeline), "encoder");
  add_probe(recorder->pipeline, "queue", "sink", count_captured, recorder);
  add_probe(recorder->pipeline, "encoder", "src", count_encoded, recorder);
  return true;
}

// -------------------------------------------------------------------------------------------- while it runs

gboolean end_recording(gpointer data) {
  Recorder& recorder = *static_cast<Recorder*>(data);
  if (recorder.ending) {  // a second Ctrl-C does not wait
    g_main_loop_quit(recorder.loop);
    return G_SOURCE_CONTINUE;
  }
  recorder.ending = true;
  gst_element_send_event(recorder.pipeline, gst_event_new_eos());
  return G_SOURCE_CONTINUE;
}

gboolean end_by_time(gpointer data) {
  if (!static_cast<Recorder*>(data)->ending) end_recording(data);
  return G_SOURCE_REMOVE;
}

void change_bitrate(Recorder& recorder, double factor) {
  guint bitrate = 0;
  g_object_get(recorder.encoder, "target-bitrate", &bitrate, nullptr);
  bitrate = MAX(guint(bitrate * factor + 0.5), 10u);
  g_object_set(recorder.encoder, "target-bitrate", bitrate, nullptr);
  fprintf(stderr, "\ntarget-bitrate %u kbit/s\n", bitrate);
}

gboolean read_keys(gint fd, GIOCondition, gpointer data) {
  Recorder& recorder = *static_cast<Recorder*>(data);
  char key = 0;
  if (read(fd, &key, 1) != 1) return G_SOURCE_REMOVE;
  if (key == '+') change_bitrate(recorder, 1.1);
  if (key == '-') change_bitrate(recorder, 1 / 1.1);
  if (key == 'k') {
    GstEvent* request = gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0);
    gst_element_send_event(recorder.encoder, request);
  }
  if (key == 'q') end_by_time(data);
  return G_SOURCE_CONTINUE;
}

gboolean show_status(gpointer data) {
  Recorder& recorder = *static_cast<Recorder*>(data);
  const gint64 now = g_get_monotonic_time();
  const double seconds = double(now - recorder.shown_at) / 1e6;
  const guint64 frames = recorder.counters.encoded, bytes = recorder.counters.bytes;
  // What entered the queue and is neither encoded nor on its way.
  const guint64 captured = recorder.counters.captured;
  const guint64 dropped = captured > frames + 4 ? captured - frames - 4 : 0;
  fprintf(stderr, "%s%.1f fps  %.0f kbit/s  latency %.0f ms  %" G_GUINT64_FORMAT " frames  %" G_GUINT64_FORMAT " dropped%s",
          isatty(2) ? "\r\033[K" : "", double(frames - recorder.shown_frames) / seconds,
          double(bytes - recorder.shown_bytes) * 8 / 1000 / seconds, double(recorder.counters.latency) / 1e6, frames, dropped,
          isatty(2) ? "" : "\n");
  recorder.shown_at = now;
  recorder.shown_frames = frames;
  recorder.shown_bytes = bytes;
  return G_SOURCE_CONTINUE;
}

gboolean on_message(GstBus*, GstMessage* message, gpointer data) {
  Recorder& recorder = *static_cast<Recorder*>(data);
  GError* error = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, nullptr);
      fprintf(stderr, "\nerror: %s: %s\n", GST_OBJECT_NAME(GST_MESSAGE_SRC(message)), error->message);
      g_error_free(error);
      recorder.failed = true;
      g_main_loop_quit(recorder.loop);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, nullptr);
      fprintf(stderr, "\nwarning: %s\n", error->message);
      g_error_free(error);
      break;
    case GST_MESSAGE_LATENCY:
      gst_bin_recalculate_latency(GST_BIN(recorder.pipeline));
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit(recorder.loop);
      break;
    default:
      break;
  }
  return G_SOURCE_CONTINUE;
}

/// Single keys without Enter, as long as it lives, where there is a terminal.
class KeyboardMode {
 public:
  KeyboardMode() : terminal_(tcgetattr(0, &before_) == 0) {
    if (!terminal_) return;
    termios keys = before_;
    keys.c_lflag &= ~tcflag_t(ICANON | ECHO);
    tcsetattr(0, TCSANOW, &keys);
  }
  ~KeyboardMode() {
    if (terminal_) tcsetattr(0, TCSANOW, &before_);
  }

 private:
  termios before_ = {};
  bool terminal_;
};

int record(Recorder& recorder) {
  if (!build_pipeline(&recorder)) return 1;
  recorder.loop = g_main_loop_new(nullptr, FALSE);
  GstBus* bus = gst_element_get_bus(recorder.pipeline);
  gst_bus_add_watch(bus, on_message, &recorder);
  g_unix_signal_add(SIGINT, end_recording, &recorder);
  g_unix_signal_add(SIGTERM, end_recording, &recorder);
  const KeyboardMode keyboard;
  g_unix_fd_add(0, static_cast<GIOCondition>(G_IO_IN | G_IO_HUP), read_keys, &recorder);
  g_timeout_add_seconds(1, show_status, &recorder);
  if (recorder.options.seconds > 0) g_timeout_add_seconds(guint(recorder.options.seconds), end_by_time, &recorder);

  recorder.shown_at = g_get_monotonic_time();
  gst_element_set_state(recorder.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(recorder.loop);
  gst_element_set_state(recorder.pipeline, GST_STATE_NULL);
  fprintf(stderr, "\n%s: %" G_GUINT64_FORMAT " frames, %.1f MB\n", recorder.options.output.c_str(),
          recorder.counters.encoded.load(), double(recorder.counters.bytes) / 1e6);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(recorder.encoder);
  gst_object_unref(recorder.pipeline);
  g_main_loop_unref(recorder.loop);
  return recorder.failed ? 1 : 0;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  Recorder recorder;
  if (!parse_options(argc, argv, &recorder.options)) {
    fputs(kHelp, stderr);
    return 2;
  }
  return record(recorder);
}
