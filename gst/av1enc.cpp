// Life cycle of the element: one core Encoder from one set_format() to the next.
#include "av1enc.h"

#include "av1enc_frames.h"
#include "av1enc_output.h"
#include "av1enc_state.h"

GST_DEBUG_CATEGORY(tessera_debug);
#define GST_CAT_DEFAULT tessera_debug

namespace tessera::gst {

namespace {

Settings copy_settings(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  GST_OBJECT_LOCK(self);
  state.settings_changed = false;
  Settings copy = state.settings;
  GST_OBJECT_UNLOCK(self);
  return copy;
}

/// Pushes all that is inside; `coming` is the frame not sent yet, if any. The encoder takes pictures again
/// after a reset().
GstFlowReturn drain_before(GstVideoEncoder* self, GstVideoCodecFrame* coming) {
  ElementState& state = state_of(self);
  if (!state.encoder || state.drained) return GST_FLOW_OK;
  state.encoder->finish();
  state.drained = true;
  const GstFlowReturn flow = push_packets(self);
  if (flow != GST_FLOW_OK) state.encoder->reset();
  drop_frames_before(self, coming);
  return flow;
}

GstFlowReturn drain(GstVideoEncoder* self) {
  return drain_before(self, nullptr);
}

template <class Change>
void count(GstVideoEncoder* self, Change change) {
  GST_OBJECT_LOCK(self);
  change(state_of(self).statistics);
  GST_OBJECT_UNLOCK(self);
}

// ------------------------------------------------------------------------------------------------- opening

/// Some encoders' target-bitrate counts in bit/s, which is easily mistaken: such a target is far above what the pictures hold.
std::string complaint_of_target(const EncoderConfig& config) {
  if (config.end_usage == EndUsage::kQ || config.fps_numerator < config.fps_denominator) return "";
  const double samples = double(config.width) * config.height * (config.chroma == ChromaFormat::kMonochrome ? 1 : 1.5);
  const double kbps = samples * config.bit_depth * config.fps_numerator / config.fps_denominator / 1000;
  if (config.runtime.target_bitrate_kbps <= 4 * kbps) return "";
  return "target-bitrate is " + std::to_string(config.runtime.target_bitrate_kbps) + " kbit/s, and this video has " +
         std::to_string(int64_t(kbps)) + " uncompressed; it counts in kbit/s, not in bit/s";
}

void post_complaints(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  std::vector<std::string> complaints = state.opened.complaints();
  if (std::string complaint = complaint_of_target(state.config); !complaint.empty()) complaints.push_back(std::move(complaint));
  // AV1 knows no fields; whoever feeds them should know what it costs.
  if (const GstVideoInterlaceMode mode = GST_VIDEO_INFO_INTERLACE_MODE(&state.input->info); mode != GST_VIDEO_INTERLACE_MODE_PROGRESSIVE)
    complaints.push_back(std::string("interlace-mode is ") + gst_video_interlace_mode_to_string(mode) +
                         ": both fields are coded together as one progressive picture; put a deinterlace in front");
  if (complaints == state.posted_complaints) return;
  for (const std::string& complaint : complaints)
    GST_ELEMENT_WARNING(self, LIBRARY, SETTINGS, ("%s.", complaint.c_str()), (nullptr));
  state.posted_complaints = std::move(complaints);
}

void update_latency(GstVideoEncoder* self) {
  const ElementState& state = state_of(self);
  const auto frames = guint64(state.encoder->max_delay_frames());
  // Without a frame rate, that of film and European television.
  const bool known = state.config.fps_numerator > 0;
  const GstClockTime exact =
      gst_util_uint64_scale(frames * GST_SECOND, known ? guint64(state.config.fps_denominator) : 1,
                            known ? guint64(state.config.fps_numerator) : 25);
  const GstClockTime latency = MIN(exact, GstClockTime(G_MAXINT64) / 2);  // a frame a century, and sums stay in range
  GstClockTime present = GST_CLOCK_TIME_NONE;
  gst_video_encoder_get_latency(self, &present, nullptr);
  if (present != latency) gst_video_encoder_set_latency(self, latency, latency);
}

void update_tags(GstVideoEncoder* self) {
  const ElementState& state = state_of(self);
  GstTagList* tags = gst_tag_list_new(GST_TAG_VIDEO_CODEC, "AV1", GST_TAG_ENCODER, "Tessera av1enc",
                                      GST_TAG_ENCODER_VERSION, guint(TESSERA_VERSION_NUMBER), nullptr);
  if (state.config.end_usage != EndUsage::kQ) {
    const guint64 target = guint64(state.config.runtime.target_bitrate_kbps) * 1000;
    // A constant rate is its own maximum; a variable one may exceed its target by as much as it was given.
    const guint64 most =
        state.config.end_usage == EndUsage::kCbr ? target : target + target * state.config.overshoot_pct / 100;
    gst_tag_list_add(tags, GST_TAG_MERGE_REPLACE, GST_TAG_NOMINAL_BITRATE, guint(MIN(target, G_MAXUINT)),
                     GST_TAG_MAXIMUM_BITRATE, guint(MIN(most, G_MAXUINT)), nullptr);
  }
  gst_video_encoder_merge_tags(self, tags, GST_TAG_MERGE_REPLACE);
  gst_tag_list_unref(tags);
}

/// The base class tries refused caps again with each event and buffer: the same failure is told once.
bool is_news(ElementState& state, const std::string& failure) {
  if (failure == state.posted_failure) return false;
  state.posted_failure = failure;
  return true;
}

/// Tells downstream about the stream; false, with an error posted, when it does not take it.
bool announce_stream(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  const StreamInfo& info = state.encoder->stream_info();
  GstCaps* accepted = gst_pad_peer_query_caps(self->srcpad, nullptr);
  state.alignment = alignment_for(accepted);
  GstCaps* caps = stream_caps(info, *state.format, state.alignment);
  const bool fits = gst_caps_can_intersect(caps, accepted);
  if (!fits) {
    gchar* ours = gst_caps_to_string(caps);
    gchar* theirs = gst_caps_to_string(accepted);
    if (is_news(state, ours))
      GST_ELEMENT_ERROR(self, CORE, NEGOTIATION, ("Downstream does not take the stream that this video gives."),
                        ("the stream is %s, downstream takes %s", ours, theirs));
    g_free(ours);
    g_free(theirs);
  }
  gst_caps_unref(accepted);
  if (!fits) {
    gst_caps_unref(caps);
    return false;
  }

  // The base class copies HDR from the reference it is given; its own may lack the newest (see sink_event).
  GstVideoCodecState reference = *state.input;
  reference.mastering_display_info = state.hdr.has_mastering ? &state.hdr.mastering : nullptr;
  reference.content_light_level = state.hdr.has_light ? &state.hdr.light : nullptr;
  GstVideoCodecState* output = gst_video_encoder_set_output_state(self, caps, &reference);
  output->codec_data = gst_buffer_new_memdup(info.av1c.data(), info.av1c.size());
  gst_video_codec_state_unref(output);
  return gst_video_encoder_negotiate(self);
}

/// A new encoder for the input format and the settings as they are now. The old one must have been drained.
bool open_encoder(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  state.encoder.reset();
  state.opened = copy_settings(self);
  state.config = {};
  fill_picture_format(state.input->info, state.hdr, &state.config);
  state.opened.fill(&state.config);
  post_complaints(self);

  Status status = Encoder::create(state.config, &state.encoder);
  if (status.ok()) {
    // What a level allows, higher ones allow too: where downstream insists on one, the stream bears its name.
    GstCaps* accepted = gst_pad_peer_query_caps(self->srcpad, nullptr);
    const int own = state.encoder->stream_info().level_idx, wanted = level_for(state.encoder->stream_info(), *state.format, accepted);
    gst_caps_unref(accepted);
    if (wanted != own) {
      state.config.least_level_idx = wanted;
      status = Encoder::create(state.config, &state.encoder);
    }
  }
  if (!status.ok()) {
    state.encoder.reset();
    if (is_news(state, status.message())) GST_ELEMENT_ERROR(self, LIBRARY, SETTINGS, ("%s", status.message().c_str()), (nullptr));
    return false;
  }
  state.drained = false;
  update_latency(self);
  update_tags(self);
  const bool taken = announce_stream(self);
  if (taken) state.posted_failure.clear();
  else state.encoder.reset();
  return taken;
}

void close_encoder(ElementState& state) {
  state.encoder.reset();
  g_clear_pointer(&state.input, gst_video_codec_state_unref);
  state.drained = false;
  state.posted_complaints.clear();
  state.posted_failure.clear();
  state.warned_of_region = false;
}

/// Takes over properties changed since the last frame, from `coming` on.
GstFlowReturn apply_changes(GstVideoEncoder* self, GstVideoCodecFrame* coming) {
  ElementState& state = state_of(self);
  GST_OBJECT_LOCK(self);
  const bool changed = state.settings_changed;
  GST_OBJECT_UNLOCK(self);
  if (!changed) return GST_FLOW_OK;

  Settings next = state.opened;
  next.adopt_runtime(copy_settings(self));
  if (next.end_usage() != state.config.end_usage) {
    // A target where there was none, or the other way round, is another rate control: another encoder.
    const GstFlowReturn flow = drain_before(self, coming);
    if (flow != GST_FLOW_OK) return flow;
    return open_encoder(self) ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;
  }
  const Status status = state.encoder->reconfigure(next.runtime());
  if (!status.ok()) {
    GST_ELEMENT_WARNING(self, LIBRARY, SETTINGS, ("Settings stay as they were: %s", status.message().c_str()),
                        (nullptr));
    return GST_FLOW_OK;
  }
  state.opened = std::move(next);
  state.opened.fill(&state.config);
  post_complaints(self);
  update_latency(self);
  update_tags(self);
  return GST_FLOW_OK;
}

// ------------------------------------------------------------------------------------- GstVideoEncoder's
// part

GstVideoEncoderClass* parent_class = nullptr;

gboolean start(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  state.caps_taken = false;
  GST_OBJECT_LOCK(self);
  state.statistics = {};
  GST_OBJECT_UNLOCK(self);
  return TRUE;
}

gboolean stop(GstVideoEncoder* self) {
  close_encoder(state_of(self));
  return TRUE;
}

GstCaps* getcaps(GstVideoEncoder* self, GstCaps* filter) {
  GstCaps* downstream = gst_pad_get_allowed_caps(self->srcpad);
  GstCaps* own = sink_caps_for(downstream);
  GstCaps* caps = gst_video_encoder_proxy_getcaps(self, own, filter);
  gst_caps_unref(own);
  if (downstream) gst_caps_unref(downstream);
  return caps;
}

gboolean set_format(GstVideoEncoder* self, GstVideoCodecState* input) {
  ElementState& state = state_of(self);
  state.caps_taken = true;
  // Whatever downstream says to the last frames of the old format, it hears the new one.
  const GstFlowReturn flow = drain(self);
  if (flow != GST_FLOW_OK)
    GST_WARNING_OBJECT(self, "last frames of the old format: %s", gst_flow_get_name(flow));

  state.format = find_format(GST_VIDEO_INFO_FORMAT(&input->info));
  if (!state.format) {
    GST_ELEMENT_ERROR(self, STREAM, FORMAT, ("This video format is not taken."),
                      ("%" GST_PTR_FORMAT, input->caps));
    return FALSE;
  }
  if (state.input) gst_video_codec_state_unref(state.input);
  state.input = gst_video_codec_state_ref(input);
  state.hdr = HdrFields::from_caps(input->caps);
  return open_encoder(self);
}

/// Ends a segment that was played for its own sake, as EOS ends a stream: its pictures are out before the event is. The base class
/// would hold the event until the next picture. Two passes go on instead: the second counts pictures as the first did.
gboolean end_segment(GstVideoEncoder* self, GstEvent* event) {
  ElementState& state = state_of(self);
  GST_VIDEO_ENCODER_STREAM_LOCK(self);
  if (state.config.pass == Pass::kOne) drain(self);
  GST_VIDEO_ENCODER_STREAM_UNLOCK(self);
  return gst_pad_push_event(self->srcpad, event);
}

/// The base class keeps quiet about caps that change nothing but HDR metadata; they need a new encoder as
/// well.
gboolean sink_event(GstVideoEncoder* self, GstEvent* event) {
  ElementState& state = state_of(self);
  if (GST_EVENT_TYPE(event) == GST_EVENT_SEGMENT_DONE) return end_segment(self, event);
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS) return parent_class->sink_event(self, event);

  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  const HdrFields hdr = HdrFields::from_caps(caps);
  state.caps_taken = false;
  if (!parent_class->sink_event(self, event)) return FALSE;

  GST_VIDEO_ENCODER_STREAM_LOCK(self);
  gboolean taken = TRUE;
  if (!state.caps_taken && state.encoder && !(hdr == state.hdr)) {
    drain(self);
    state.hdr = hdr;
    taken = open_encoder(self);
  }
  GST_VIDEO_ENCODER_STREAM_UNLOCK(self);
  return taken;
}

/// A region at fault is a warning on the bus once, then in the debug log: there may be one on every picture.
void take_regions(GstVideoEncoder* self, GstBuffer* buffer, InputFrame* input) {
  ElementState& state = state_of(self);
  const GstVideoInfo& info = state.input->info;
  const std::string fault = state.regions.read(buffer, GST_VIDEO_INFO_WIDTH(&info), GST_VIDEO_INFO_HEIGHT(&info));
  state.regions.lend(input);
  if (fault.empty()) return;
  if (state.warned_of_region) GST_WARNING_OBJECT(self, "%s", fault.c_str());
  else GST_ELEMENT_WARNING(self, STREAM, ENCODE, ("A %s.", fault.c_str()), ("said once; more go into the debug log"));
  state.warned_of_region = true;
}

GstFlowReturn handle_frame(GstVideoEncoder* self, GstVideoCodecFrame* frame) {
  ElementState& state = state_of(self);
  const bool late = gst_video_encoder_is_qos_enabled(self) &&
                    !GST_VIDEO_CODEC_FRAME_IS_FORCE_KEYFRAME(frame) &&
                    gst_video_encoder_get_max_encode_time(self, frame) < 0;
  GstFlowReturn flow = state.encoder ? GST_FLOW_OK : GST_FLOW_NOT_NEGOTIATED;
  if (flow == GST_FLOW_OK) flow = apply_changes(self, frame);
  if (flow != GST_FLOW_OK || late) {
    if (late) count(self, [](Statistics& s) { s.skip(); });
    gst_video_encoder_finish_frame(self, frame);
    return flow;
  }
  if (state.drained) {
    state.encoder->reset();
    state.drained = false;
  }

  InputFrame input;
  Status status = lend_frame(state.input->info, *state.format, frame, &input);
  if (!status.ok()) {
    GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("A picture cannot be read: %s.", status.message().c_str()),
                      ("%" GST_PTR_FORMAT, frame->input_buffer));
    gst_video_encoder_finish_frame(self, frame);
    return GST_FLOW_ERROR;
  }
  if (!state.metadata.read(frame->input_buffer))
    GST_WARNING_OBJECT(self, "captions, time code or message of frame %u make no sense: left out", frame->system_frame_number);
  input.metadata = state.metadata.view();
  take_regions(self, frame->input_buffer, &input);
  status = state.encoder->send_frame(input);
  if (!status.ok()) {
    GST_ELEMENT_ERROR(self, STREAM, ENCODE, ("A picture was not taken."), ("%s", status.message().c_str()));
    gst_video_encoder_finish_frame(self, frame);
    return GST_FLOW_ERROR;
  }
  count(self, [](Statistics& s) { s.take(); });
  forget_pixels(frame);
  gst_video_codec_frame_unref(frame);
  return push_packets(self);
}

gboolean flush(GstVideoEncoder* self) {
  ElementState& state = state_of(self);
  if (state.encoder) state.encoder->reset();
  state.drained = false;
  count(self, [](Statistics& s) { s.forget_queue(); });
  return TRUE;
}

gboolean propose_allocation(GstVideoEncoder* self, GstQuery* query) {
  if (!offer_pool(query)) gst_query_add_allocation_meta(query, GST_VIDEO_META_API_TYPE, nullptr);
  gst_query_add_allocation_meta(query, GST_VIDEO_REGION_OF_INTEREST_META_API_TYPE, nullptr);
  return parent_class->propose_allocation(self, query);
}

// ------------------------------------------------------------------------------------------- GObject's part

void set_property(GObject* object, guint id, const GValue* value, GParamSpec*) {
  ElementState& state = state_of(object);
  GST_OBJECT_LOCK(object);
  state.settings.set(id, value);
  state.settings_changed |= changes_while_playing(id);
  GST_OBJECT_UNLOCK(object);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec*) {
  ElementState& state = state_of(object);
  GST_OBJECT_LOCK(object);
  if (id == kPropStats)
    g_value_take_boxed(value, state.statistics.to_structure());
  else
    state.settings.get(id, value);
  GST_OBJECT_UNLOCK(object);
}

void finalize(GObject* object) {
  ElementState* state = reinterpret_cast<TesseraAv1Enc*>(object)->state;
  close_encoder(*state);
  delete state;
  G_OBJECT_CLASS(parent_class)->finalize(object);
}

void add_pad_template(GstElementClass* element_class, const char* name, GstPadDirection direction,
                      GstCaps* caps) {
  gst_element_class_add_pad_template(element_class,
                                     gst_pad_template_new(name, direction, GST_PAD_ALWAYS, caps));
  gst_caps_unref(caps);
}

}  // namespace
}  // namespace tessera::gst

G_DEFINE_TYPE(TesseraAv1Enc, tessera_av1_enc, GST_TYPE_VIDEO_ENCODER)
G_DEFINE_TYPE(TesseraAv1EncAlias, tessera_av1_enc_alias, tessera_av1_enc_get_type())

static void tessera_av1_enc_class_init(TesseraAv1EncClass* klass) {
  namespace element = tessera::gst;
  GST_DEBUG_CATEGORY_INIT(tessera_debug, "tessera", 0, "Tessera AV1 encoder");
  element::register_itut_t35_meta();
  element::register_frame_statistics_meta();
  element::parent_class = static_cast<GstVideoEncoderClass*>(g_type_class_peek_parent(klass));

  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = element::set_property;
  object_class->get_property = element::get_property;
  object_class->finalize = element::finalize;
  element::install_properties(object_class);

  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  gst_element_class_set_static_metadata(element_class, "Tessera AV1 video encoder", "Codec/Encoder/Video",
                                        "Encodes 8, 10 and 12 bit video as AV1, from live at no delay to slow at high quality",
                                        "The Tessera authors");
  element::add_pad_template(element_class, "sink", GST_PAD_SINK, element::sink_template_caps());
  element::add_pad_template(element_class, "src", GST_PAD_SRC, element::src_template_caps());

  GstVideoEncoderClass* encoder_class = &klass->parent_class;
  encoder_class->start = element::start;
  encoder_class->stop = element::stop;
  encoder_class->getcaps = element::getcaps;
  encoder_class->set_format = element::set_format;
  encoder_class->sink_event = element::sink_event;
  encoder_class->handle_frame = element::handle_frame;
  encoder_class->finish = element::drain;
  encoder_class->flush = element::flush;
  encoder_class->propose_allocation = element::propose_allocation;
}

static void tessera_av1_enc_init(TesseraAv1Enc* self) {
  self->state = new tessera::gst::ElementState;
  GST_PAD_SET_ACCEPT_TEMPLATE(GST_VIDEO_ENCODER_SINK_PAD(self));
}

static void tessera_av1_enc_alias_class_init(TesseraAv1EncAliasClass* klass) {
  gst_element_class_set_static_metadata(
      GST_ELEMENT_CLASS(klass), "Tessera AV1 video encoder (own name)", "Codec/Encoder/Video",
      "Encodes 8, 10 and 12 bit video as AV1; the same as Tessera's av1enc", "The Tessera authors");
}

static void tessera_av1_enc_alias_init(TesseraAv1EncAlias*) {}
