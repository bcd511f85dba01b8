// tessera-encode [INPUT [OUTPUT]] [property=value ...]: encodes a file, with progress while it runs and
// figures at the end. tools/encode builds and starts it.
#include <glib-unix.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "y4m_reader.h"

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using tessera::tools::Y4mReader;

constexpr char kElement[] = "tesseraav1enc";
constexpr int kTestFrames = 300;

struct Arguments {
  std::string input, output = "out.mkv";
  std::vector<std::pair<std::string, std::string>> properties;
};

/// Counted in the streaming thread, shown by the main loop.
struct Counters {
  std::atomic<int64_t> frames{0}, bytes{0}, key_frames{0};
  std::atomic<int64_t> first_ns{-1}, end_ns{0};  ///< shown time
};

struct Job {
  Arguments arguments;
  GstElement* pipeline = nullptr;
  GstElement* encoder = nullptr;
  GMainLoop* loop = nullptr;
  Y4mReader y4m;
  Counters counters;
  int64_t total_frames = 0;  ///< 0: not known yet
  Clock::time_point started = Clock::now(), shown = Clock::now();
  bool line_open = false, interrupted = false, failed = false, video_linked = false;

  double seconds() const { return std::chrono::duration<double>(Clock::now() - started).count(); }
};

void say_error(Job& job, const std::string& text) {
  if (job.line_open) fputc('\n', stderr);
  job.line_open = false;
  fprintf(stderr, "error: %s\n", text.c_str());
  job.failed = true;
}

// ----------------------------------------------------------------------------------------------- arguments

void print_help() {
  printf(
      "tools/encode [INPUT [OUTPUT]] [property=value ...]\n\n"
      "INPUT   a video file of any kind, a y4m file, - for y4m from standard input, or test for a moving\n"
      "        test picture (the default)\n"
      "OUTPUT  a name ending in .mkv, .webm, .mp4 or .obu (default: out.mkv); an existing file is "
      "replaced\n\n"
      "Properties:\n");
  GstElement* element = gst_element_factory_make(kElement, nullptr);
  if (!element) return;
  guint count = 0;
  GParamSpec** specs = g_object_class_list_properties(G_OBJECT_GET_CLASS(element), &count);
  for (guint i = 0; i < count; i++)
    if (specs[i]->owner_type == G_TYPE_FROM_INSTANCE(element) ||
        g_type_parent(G_TYPE_FROM_INSTANCE(element)) == specs[i]->owner_type)
      printf("  %-24s %s\n", specs[i]->name, g_param_spec_get_blurb(specs[i]));
  g_free(specs);
  gst_object_unref(element);
}

bool is_property(const std::string& word) {
  const size_t equals = word.find('=');
  return equals != std::string::npos && equals > 0 &&
         word.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == equals && !fs::exists(word);
}

bool parse_arguments(int argc, char** argv, Arguments* arguments) {
  int positional = 0;
  for (int i = 1; i < argc; i++) {
    const std::string word = argv[i];
    if (is_property(word)) {
      const size_t equals = word.find('=');
      arguments->properties.emplace_back(word.substr(0, equals), word.substr(equals + 1));
    } else if (positional == 0) {
      arguments->input = word, positional++;
    } else if (positional == 1) {
      arguments->output = word, positional++;
    } else {
      fprintf(stderr, "error: %s is one name too many (INPUT OUTPUT property=value ...)\n", word.c_str());
      return false;
    }
  }
  if (arguments->input == "test" && !fs::exists("test")) arguments->input.clear();
  std::error_code error;
  if (!arguments->input.empty() && fs::equivalent(arguments->input, arguments->output, error)) {
    fprintf(stderr, "error: INPUT and OUTPUT are the same file\n");
    return false;
  }
  return true;
}

bool set_property(GstElement* element, const std::string& name, const std::string& text) {
  GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(element), name.c_str());
  if (!spec || !(spec->flags & G_PARAM_WRITABLE)) {
    fprintf(stderr, "error: there is no property %s (tools/encode --help lists them)\n", name.c_str());
    return false;
  }
  GValue value = G_VALUE_INIT;
  g_value_init(&value, spec->value_type);
  // The second test is for numbers out of range: validation would bend them.
  const bool good = gst_value_deserialize(&value, text.c_str()) && !g_param_value_validate(spec, &value);
  if (good)
    g_object_set_property(G_OBJECT(element), name.c_str(), &value);
  else
    fprintf(stderr, "error: %s cannot be %s (%s)\n", name.c_str(), text.c_str(),
            g_param_spec_get_blurb(spec));
  g_value_unset(&value);
  return good;
}

// ------------------------------------------------------------------------------------------------ pipeline

GstElement* add(Job& job, const char* factory) {
  GstElement* element = gst_element_factory_make(factory, nullptr);
  if (!element)
    say_error(job, std::string("the GStreamer element ") + factory + " is missing");
  else
    gst_bin_add(GST_BIN(job.pipeline), element);
  return element;
}

void feed_y4m(GstAppSrc* source, guint, gpointer data) {
  Job& job = *static_cast<Job*>(data);
  GstBuffer* buffer = job.y4m.next();
  if (buffer) {
    gst_app_src_push_buffer(source, buffer);
    return;
  }
  if (!job.y4m.error().empty())
    GST_ELEMENT_WARNING(source, STREAM, DECODE, ("The input ends early: %s.", job.y4m.error().c_str()),
                        (nullptr));
  gst_app_src_end_of_stream(source);
}

void link_decoded(GstElement*, GstPad* pad, gpointer data) {
  auto* convert = static_cast<GstElement*>(data);
  GstCaps* caps = gst_pad_get_current_caps(pad);
  GstPad* sink = gst_element_get_static_pad(convert, "sink");
  if (caps && gst_structure_has_name(gst_caps_get_structure(caps, 0), "video/x-raw") &&
      !gst_pad_is_linked(sink))
    gst_pad_link(pad, sink);
  gst_object_unref(sink);
  if (caps) gst_caps_unref(caps);
}

/// A source of raw video, linked to `convert` now or when it knows what it has.
bool add_source(Job& job, GstElement* convert) {
  const std::string& input = job.arguments.input;
  if (input.empty()) {
    GstElement* source = add(job, "videotestsrc");
    if (!source) return false;
    gst_util_set_object_arg(G_OBJECT(source), "pattern", "ball");
    g_object_set(source, "num-buffers", kTestFrames, nullptr);
    job.total_frames = kTestFrames;
    GstCaps* caps = gst_caps_from_string("video/x-raw,format=I420,width=1280,height=720,framerate=30/1");
    const bool linked = gst_element_link_filtered(source, convert, caps);
    gst_caps_unref(caps);
    return linked;
  }
  if (input == "-" || Y4mReader::recognizes(input)) {
    GstElement* source = add(job, "appsrc");
    if (!source) return false;
    if (!job.y4m.open(input)) {
      say_error(job, input + ": " + job.y4m.error());
      return false;
    }
    job.total_frames = job.y4m.frames();
    GstCaps* caps = job.y4m.caps();
    g_object_set(source, "caps", caps, "format", GST_FORMAT_TIME, nullptr);
    gst_caps_unref(caps);
    g_signal_connect(source, "need-data", G_CALLBACK(feed_y4m), &job);
    return gst_element_link(source, convert);
  }
  if (!fs::exists(input)) {
    say_error(job, input + " does not exist");
    return false;
  }
  GstElement* source = add(job, "filesrc");
  GstElement* decoder = source ? add(job, "decodebin") : nullptr;
  if (!decoder) return false;
  g_object_set(source, "location", input.c_str(), nullptr);
  g_signal_connect(decoder, "pad-added", G_CALLBACK(link_decoded), convert);
  return gst_element_link(source, decoder);
}

/// The container by OUTPUT's ending: the muxer's name, empty for none, null for an unknown ending.
const char* muxer_for(const std::string& output) {
  const std::string ending = fs::path(output).extension();
  if (ending == ".mkv") return "matroskamux";
  if (ending == ".webm") return "webmmux";
  if (ending == ".mp4") return "mp4mux";
  return ending == ".obu" ? "" : nullptr;
}

GstPadProbeReturn count_packet(GstPad*, GstPadProbeInfo* info, gpointer data) {
  Counters& counters = *static_cast<Counters*>(data);
  GstBuffer* buffer = GST_PAD_PROBE_INFO_BUFFER(info);
  counters.frames++;
  counters.bytes += int64_t(gst_buffer_get_size(buffer));
  if (!GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT)) counters.key_frames++;
  if (GST_BUFFER_PTS_IS_VALID(buffer)) {
    const auto pts = int64_t(GST_BUFFER_PTS(buffer));
    if (counters.first_ns < 0) counters.first_ns = pts;
    counters.end_ns = pts + int64_t(GST_BUFFER_DURATION_IS_VALID(buffer) ? GST_BUFFER_DURATION(buffer) : 0);
  }
  return GST_PAD_PROBE_OK;
}

bool build_pipeline(Job& job) {
  const char* muxer_name = muxer_for(job.arguments.output);
  if (!muxer_name) {
    say_error(job, job.arguments.output + " must end in .mkv, .webm, .mp4 or .obu");
    return false;
  }
  job.pipeline = gst_pipeline_new(nullptr);
  GstElement* convert = add(job, "videoconvert");
  job.encoder = add(job, kElement);
  GstElement* muxer = *muxer_name ? add(job, muxer_name) : nullptr;
  GstElement* sink = add(job, "filesink");
  if (job.failed) return false;
  for (const auto& [name, value] : job.arguments.properties)
    if (!set_property(job.encoder, name, value)) return false;
  g_object_set(sink, "location", job.arguments.output.c_str(), nullptr);
  const bool linked = gst_element_link(convert, job.encoder) &&
                      (muxer ? gst_element_link_many(job.encoder, muxer, sink, nullptr)
                             : gst_element_link(job.encoder, sink));
  if (!linked) {
    say_error(job, "the pipeline cannot be linked");
    return false;
  }
  GstPad* pad = gst_element_get_static_pad(job.encoder, "src");
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, count_packet, &job.counters, nullptr);
  gst_object_unref(pad);
  return add_source(job, convert);
}

// ------------------------------------------------------------------------------------------------ progress

std::string minutes(double seconds) {
  const auto whole = int64_t(seconds + 0.5);
  char text[32];
  if (whole >= 3600)
    snprintf(text, sizeof(text), "%d:%02d:%02d", int(whole / 3600), int(whole / 60 % 60), int(whole % 60));
  else
    snprintf(text, sizeof(text), "%d:%02d", int(whole / 60), int(whole % 60));
  return text;
}

/// From the length of the file and its frame rate, as soon as both are known.
void guess_total(Job& job) {
  gint64 duration = 0;
  GstPad* pad = gst_element_get_static_pad(job.encoder, "sink");
  GstCaps* caps = gst_pad_get_current_caps(pad);
  gint fps_n = 0, fps_d = 1;
  if (caps && gst_structure_get_fraction(gst_caps_get_structure(caps, 0), "framerate", &fps_n, &fps_d) &&
      fps_n > 0 && gst_pad_peer_query_duration(pad, GST_FORMAT_TIME, &duration) && duration > 0)
    job.total_frames =
        int64_t(gst_util_uint64_scale_round(guint64(duration), guint64(fps_n), fps_d * GST_SECOND));
  if (caps) gst_caps_unref(caps);
  gst_object_unref(pad);
}

double shown_seconds(const Counters& counters) {
  return counters.first_ns < 0 ? 0 : double(counters.end_ns - counters.first_ns) / 1e9;
}

/// A terminal gets one line that is written over, anything else a line every ten seconds.
gboolean show_progress(gpointer data) {
  Job& job = *static_cast<Job*>(data);
  const bool terminal = isatty(2);
  if (!terminal && Clock::now() - job.shown < std::chrono::seconds(10)) return G_SOURCE_CONTINUE;
  job.shown = Clock::now();
  if (job.total_frames == 0) guess_total(job);

  const Counters& counters = job.counters;
  const int64_t frames = counters.frames;
  const double fps = double(frames) / job.seconds(), length = shown_seconds(counters);
  std::string line = "frame " + std::to_string(frames);
  char text[96];
  if (job.total_frames > 0) {
    snprintf(text, sizeof(text), " of %" G_GINT64_FORMAT " (%d %%)", job.total_frames,
             int(std::min<int64_t>(100, frames * 100 / job.total_frames)));
    line += text;
  }
  snprintf(text, sizeof(text), ", %.2f fps, %.0f kbit/s", fps,
           length > 0 ? double(counters.bytes) * 8 / length / 1000 : 0.0);
  line += text;
  if (job.total_frames >= frames && frames > 0)
    line += ", " + minutes(double(job.total_frames - frames) / fps) + " left";
  if (terminal)
    fprintf(stderr, "\r\033[K%s", line.c_str());
  else
    fprintf(stderr, "%s\n", line.c_str());
  job.line_open = terminal;
  return G_SOURCE_CONTINUE;
}

/// Ends the stream in front of the encoder: that works whatever the source is.
void end_stream(GstElement* encoder, gpointer) {
  GstPad* pad = gst_element_get_static_pad(encoder, "sink");
  gst_pad_send_event(pad, gst_event_new_eos());
  gst_object_unref(pad);
}

gboolean on_interrupt(gpointer data) {
  Job& job = *static_cast<Job*>(data);
  if (job.interrupted) {
    job.failed = true;
    g_main_loop_quit(job.loop);
  } else {
    fprintf(stderr, "\nstopping: finishing the file (once more to give up)\n");
    job.interrupted = true;
    gst_element_call_async(job.encoder, end_stream, nullptr, nullptr);
  }
  return G_SOURCE_CONTINUE;
}

gboolean on_message(GstBus*, GstMessage* message, gpointer data) {
  Job& job = *static_cast<Job*>(data);
  GError* error = nullptr;
  gchar* debug = nullptr;
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_ERROR:
      gst_message_parse_error(message, &error, &debug);
      // The first fault is the cause, what follows its echo.
      if (!job.failed) say_error(job, std::string(error->message) + (debug ? std::string("\n") + debug : ""));
      g_main_loop_quit(job.loop);
      break;
    case GST_MESSAGE_WARNING:
      gst_message_parse_warning(message, &error, &debug);
      if (job.line_open) fputc('\n', stderr);
      job.line_open = false;
      fprintf(stderr, "warning: %s\n", error->message);
      break;
    case GST_MESSAGE_EOS:
      g_main_loop_quit(job.loop);
      break;
    default:
      break;
  }
  g_clear_error(&error);
  g_free(debug);
  return G_SOURCE_CONTINUE;
}

void print_result(const Job& job, double seconds) {
  const Counters& counters = job.counters;
  const double length = shown_seconds(counters);
  const fs::path path = fs::absolute(job.arguments.output);
  std::error_code error;
  const auto size = double(fs::file_size(path, error));
  printf("%" G_GINT64_FORMAT " frames (%" G_GINT64_FORMAT " key), %.2f s of video\n", counters.frames.load(),
         counters.key_frames.load(), length);
  printf("size     %.0f bytes\n", error ? 0.0 : size);
  printf("bitrate  %.1f kbit/s\n", length > 0 ? double(counters.bytes) * 8 / length / 1000 : 0.0);
  printf("speed    %.2f fps (%s)\n", double(counters.frames) / seconds, minutes(seconds).c_str());
  printf("file     %s\n", path.c_str());
}

int run(Job& job) {
  if (!build_pipeline(job)) return 1;
  job.loop = g_main_loop_new(nullptr, FALSE);
  GstBus* bus = gst_element_get_bus(job.pipeline);
  gst_bus_add_watch(bus, on_message, &job);
  gst_object_unref(bus);
  g_unix_signal_add(SIGINT, on_interrupt, &job);
  g_timeout_add(500, show_progress, &job);
  job.started = Clock::now();
  gst_element_set_state(job.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(job.loop);
  if (job.line_open) fprintf(stderr, "\r\033[K");
  const double seconds = job.seconds();
  gst_element_set_state(job.pipeline, GST_STATE_NULL);
  if (job.failed) return 1;
  if (job.counters.frames == 0) {
    say_error(job, "the input has no video");
    return 1;
  }
  print_result(job, seconds);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  for (int i = 1; i < argc; i++)
    if (std::string(argv[i]) == "--help" || std::string(argv[i]) == "-h") {
      print_help();
      return 0;
    }
  Job job;
  if (!parse_arguments(argc, argv, &job.arguments)) return 2;
  const int result = run(job);
  if (job.pipeline) {
    gst_element_set_state(job.pipeline, GST_STATE_NULL);
    gst_object_unref(job.pipeline);
  }
  if (job.loop) g_main_loop_unref(job.loop);
  return result;
}
