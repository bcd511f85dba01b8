// transcode INPUT OUTPUT [property=value ...]: decodebin, av1enc, and Opus for the sound, into mkv, webm or mp4, with progress.
//
//   transcode film.mp4 film.webm cpu-used=5 cq-level=30
#include <glib-unix.h>
#include <gst/gst.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace {

struct Transcoder {
  GstElement *pipeline = nullptr, *convert = nullptr, *encoder = nullptr, *muxer = nullptr;
  GMainLoop* loop = nullptr;
  bool failed = false, interrupted = false;
};

const char* muxer_for(const std::string& output) {
  const size_t dot = output.rfind('.');
  const std::string ending = dot == std::string::npos ? "" : output.substr(dot);
  if (ending == ".mkv") return "matroskamux";
  if (ending == ".webm") return "webmmux";
  return ending == ".mp4" ? "mp4mux" : nullptr;
}

GstElement* add(Transcoder& transcoder, const char* factory) {
  GstElement* element = gst_element_factory_make(factory, nullptr);
  if (!element) {
    fprintf(stderr, "error: the GStreamer element %s is missing\n", factory);
    return nullptr;
  }
  gst_bin_add(GST_BIN(transcoder.pipeline), element);
  return element;
}

// ------------------------------------------------------------------------------------------------- decoding

void link_to(GstPad* pad, GstElement* element) {
  GstPad* sink = gst_element_get_static_pad(element, "sink");
  if (!gst_pad_is_linked(sink)) gst_pad_link(pad, sink);
  gst_object_unref(sink);
}

/// Sound, if there is any: a branch of its own into the muxer.
void link_audio(Transcoder& transcoder, GstPad* pad) {
  GstElement* chain[] = {add(transcoder, "queue"), add(transcoder, "audioconvert"), add(transcoder, "audioresample"),
                         add(transcoder, "opusenc")};
  for (GstElement* element : chain)
    if (!element) return;
  gst_element_link_many(chain[0], chain[1], chain[2], chain[3], transcoder.muxer, nullptr);
  for (GstElement* element : chain) gst_element_sync_state_with_parent(element);
  link_to(pad, chain[0]);
}

void on_pad(GstElement*, GstPad* pad, gpointer data) {
  Transcoder& transcoder = *static_cast<Transcoder*>(data);
  GstCaps* caps = gst_pad_get_current_caps(pad);
  if (!caps) return;
  const gchar* name = gst_structure_get_name(gst_caps_get_structure(caps, 0));
  if (g_str_has_prefix(name, "video/x-raw")) link_to(pad, transcoder.convert);
  if (g_str_has_prefix(name, "audio/x-raw")) link_audio(transcoder, pad);
  gst_caps_unref(caps);
}

bool build_pipeline(Transcoder& transcoder, const char* input, const char* output) {
  const char* muxer = muxer_for(output);
  if (!muxer) {
    fprintf(stderr, "error: %s must end in .mkv, .webm or .mp4\n", output);
    return false;
  }
  transcoder.pipeline = gst_pipeline_new(nullptr);
  GstElement *source = add(transcoder, "filesrc"), *decoder = add(transcoder, "decodebin"), *queue = add(transcoder, "queue");
  GstElement* sink = add(transcoder, "filesink");
  transcoder.convert = add(transcoder, "videoconvert");
  transcoder.encoder = add(transcoder, "tesseraav1enc");
  transcoder.muxer = add(transcoder, muxer);
  for (GstElement* element : {source, decoder, queue, sink, transcoder.convert, transcoder.encoder, transcoder.muxer})
    if (!element) return false;
  g_object_set(source, "location", input, nullptr);
  g_object_set(sink, "location", output, nullptr);
  g_signal_connect(decoder, "pad-added", G_CALLBACK(on_pad), &transcoder);
  return gst_element_link(source, decoder) && gst_element_link_many(transcoder.convert, queue, transcoder.encoder, nullptr) &&
         gst_element_link_many(transcoder.encoder, transcoder.muxer, sink, nullptr);
}

bool set_properties(GstElement* encoder, int count, char** words) {
  for (int i = 0; i < count; i++) {
    const std::string word = words[i];
    const size_t equals = word.find('=');
    GParamSpec* spec = g_object_class_find_property(G_OBJECT_GET_CLASS(encoder), word.substr(0, equals).c_str());
    if (equals == std::string::npos || !spec || !(spec->flags & G_PARAM_WRITABLE)) {
      fprintf(stderr, "error: %s is no property=value of the encoder\n", word.c_str());
      return false;
    }
    gst_util_set_object_arg(G_OBJECT(encoder), spec->name, word.c_str() + equals + 1);
  }
  return true;
}

// ------------------------------------------------------------------------------------------------- progress

gboolean show_progress(gpointer data) {
  Transcoder& transcoder = *static_cast<Transcoder*>(data);
  gint64 position = 0, duration = 0;
  GstStructure* stats = nullptr;
  guint64 frames = 0, bits = 0;
  g_object_get(transcoder.encoder, "stats", &stats, nullptr);
  gst_structure_get(stats, "frames", G_TYPE_UINT64, &frames, "bits", G_TYPE_UINT64, &bits, nullptr);
  gst_structure_free(stats);
  if (!gst_element_query_position(transcoder.encoder, GST_FORMAT_TIME, &position)) return G_SOURCE_CONTINUE;
  gst_element_query_duration(transcoder.encoder, GST_FORMAT_TIME, &duration);
  fprintf(stderr, "%s%5.1f %%  %" G_GUINT64_FORMAT " frames  %.0f kbit/s%s", isatty(2) ? "\r" : "",
          duration > 0 ? 100.0 * double(position) / double(duration) : 0.0, frames,
          position > 0 ? double(bits) * 1e6 / double(position) : 0.0, isatty(2) ? "" : "\n");
  return G_SOURCE_CONTINUE;
}

gboolean on_message(GstBus*, GstMessage* message, gpointer data) {
  Transcoder& transcoder = *static_cast<Transcoder*>(data);
  GError* error = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, nullptr);
    fprintf(stderr, "\nerror: %s\n", error->message);
    g_error_free(error);
    transcoder.failed = true;
    g_main_loop_quit(transcoder.loop);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING) {
    gst_message_parse_warning(message, &error, nullptr);
    fprintf(stderr, "\nwarning: %s\n", error->message);
    g_error_free(error);
  } else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS) {
    g_main_loop_quit(transcoder.loop);
  }
  return G_SOURCE_CONTINUE;
}

/// What is encoded so far becomes a whole file.
gboolean on_interrupt(gpointer data) {
  Transcoder& transcoder = *static_cast<Transcoder*>(data);
  if (transcoder.interrupted) g_main_loop_quit(transcoder.loop);
  transcoder.interrupted = true;
  gst_element_send_event(transcoder.pipeline, gst_event_new_eos());
  return G_SOURCE_CONTINUE;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc < 3) {
    fprintf(stderr, "transcode INPUT OUTPUT [property=value ...]\nOUTPUT ends in .mkv, .webm or .mp4\n");
    return 2;
  }
  Transcoder transcoder;
  if (!build_pipeline(transcoder, argv[1], argv[2]) || !set_properties(transcoder.encoder, argc - 3, argv + 3)) return 1;

  transcoder.loop = g_main_loop_new(nullptr, FALSE);
  GstBus* bus = gst_element_get_bus(transcoder.pipeline);
  gst_bus_add_watch(bus, on_message, &transcoder);
  g_unix_signal_add(SIGINT, on_interrupt, &transcoder);
  g_timeout_add(500, show_progress, &transcoder);
  gst_element_set_state(transcoder.pipeline, GST_STATE_PLAYING);
  g_main_loop_run(transcoder.loop);
  show_progress(&transcoder);
  gst_element_set_state(transcoder.pipeline, GST_STATE_NULL);
  fprintf(stderr, transcoder.failed ? "\n" : "\n%s is done\n", argv[2]);
  gst_bus_remove_watch(bus);
  gst_object_unref(bus);
  gst_object_unref(transcoder.pipeline);
  g_main_loop_unref(transcoder.loop);
  return transcoder.failed ? 1 : 0;
}
