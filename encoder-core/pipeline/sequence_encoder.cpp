#include "pipeline/sequence_encoder.h"

#include <algorithm>

#include "bitstream/frame_header_writer.h"
#include "control/noise.h"
#include "control/quant_plan.h"
#include "control/screen_content.h"
#include "bitstream/metadata_writer.h"
#include "dsp/dispatch.h"

namespace tessera {
namespace {

/// Octaves by which the quantiser step of a mini-GOP's last picture is coarser where no other mini-GOP follows.
constexpr float kLastBaseCoarser = 0.5f;

/// Of the rows of a picture's luma, one in so many tells how noisy it is.
constexpr int kNoiseRowStep = 16;

/// Steps of coding order in flight before receive() waits for the oldest: enough to keep the other threads busy while
/// the caller collects the next mini-GOP, few enough to bound the pictures held. Nothing that decides may depend on it.
size_t backlog_of(int threads) {
  return threads == 1 ? 0 : static_cast<size_t>(std::min(4 + 2 * threads, kMaxMiniGop + 6));
}

}  // namespace

template <Pixel P>
SequenceEncoder<P>::SequenceEncoder(const SequenceSettings& settings, const SequenceTuning& tuning)
    : settings_(settings), tuning_(tuning), backlog_(backlog_of(settings.threads)), workers_(settings.threads),
      encoder_(workers_, references_, dsp_, pyramid_dsp_, settings.compute_error),
      lookahead_(workers_, pyramid_dsp_), planner_(settings.plan), rehearsal_planner_(settings.plan), packetizer_(settings.plan.header, settings.metadata, settings.keep_reconstruction),
      schedule_(workers_, encoder_), rate_(settings.rate) {
  statistics_.width = settings.plan.format.width;
  statistics_.height = settings.plan.format.height;
  make_dsp_table(settings.cpu_flags, dsp_, settings.plan.format.bit_depth);
  make_dsp_table(settings.cpu_flags, pyramid_dsp_);
  make_room();
}

/// Everything that a steady stream needs, before its first picture: from then on pools only turn over.
template <Pixel P>
void SequenceEncoder<P>::make_room() {
  const PictureFormat& format = settings_.plan.format;
  // Without look-ahead a frame is coded before the next picture is asked for.
  const int under_way = settings_.lookahead == 0 ? 1 : settings_.threads;
  encoder_.make_room(format, planner_.tiles(), under_way);
  if (settings_.plan.header.enable_restoration) encoder_.make_restoration_room(format, under_way);
  if (settings_.lookahead > 0) {
    encoder_.make_filter_room(format);
    lookahead_.make_room(format);
  }
  packetizer_.make_room(format);
  const size_t in_flight = settings_.lookahead == 0 ? 2 : backlog_ + 2 * kMaxMiniGop;
  std::vector<Lease<FrameJob<P>>> jobs;
  std::vector<Lease<SourceFrame<P>>> sources;
  std::vector<Lease<PictureAnalysis>> analyses;
  std::vector<Lease<ReferenceFrame<P>>> references;
  for (size_t i = 0; i < in_flight; i++) {
    jobs.push_back(jobs_.acquire());
    jobs.back()->make_room(format);
  }
  const size_t pictures = settings_.lookahead == 0 ? 2 : static_cast<size_t>(max_delay()) + kMaxMiniGop - settings_.lookahead;
  for (size_t i = 0; i < pictures; i++) {
    sources.push_back(sources_.acquire());
    resize_luma_pyramid(format.width, format.height, sources.back()->pyramid);
    sources.back()->copy.resize(format, 0);
    sources.back()->offsets.start(format);
    if (settings_.lookahead == 0) continue;
    analyses.push_back(analyses_.acquire());
    analyses.back()->make_room(format);
  }
  std::vector<Lease<CodedFrame<P>>> coded_frames;
  for (size_t i = 0; i < NUM_REF_FRAMES + in_flight; i++) coded_frames.push_back(coded_frames_.acquire());
  // The slots', those being coded, and those that left the slots while a frame that refers to them is still to come.
  // Those left are many where the next mini-GOP has begun while leaves of this one wait for each other.
  const size_t running = settings_.lookahead == 0 ? 1 : static_cast<size_t>(settings_.threads) + 6;
  const size_t kept = keeps_shown() ? in_flight : 0;
  for (size_t i = 0; i < NUM_REF_FRAMES + running + kept; i++) {
    references.push_back(references_.acquire());
    encoder_.make_room(*references.back(), format);
  }
}

template <Pixel P>
SequenceEncoder<P>::~SequenceEncoder() {
  reset();
}

template <Pixel P>
int SequenceEncoder<P>::max_delay() const {
  if (settings_.lookahead == 0) return 0;
  const int beyond = std::min(settings_.beyond, tuning_.choices.settings.common().temporal.base_after);
  return settings_.lookahead + beyond + static_cast<int>(backlog_);
}

template <Pixel P>
void SequenceEncoder<P>::send(const InputFrame& frame) {
  Waiting picture;
  picture.source = sources_.acquire();
  picture.source->take(frame, settings_.plan.format, dsp_.pixel_ops);
  picture.source->display_index = next_display_++;
  picture.choices = tuning_.choices;
  if (is_screen_content(picture.source->plane[0], settings_.plan.format.bit_depth))
    for (SearchSettings& s : picture.choices.settings.roles) adapt_to_screen_content(s);
  decide_key(picture);
  look_for_repeats(picture);
  if (!picture.key)
    picture.temporal_id = low_delay_temporal_id(picture.source->display_index - sequence_start_, settings_.plan.temporal_layers);
  take_regions(frame, *picture.source);
  picture.source->input.metadata = {};  // lent for this call only
  picture.source->input.regions = nullptr;
  picture.source->input.num_regions = 0;
  take_metadata(frame.metadata, picture);
  if (picture.metadata) rate_.add_metadata(picture.rate, 8.0 * static_cast<double>(picture.metadata->size()));
  waiting_.push_back(std::move(picture));
  plan_ready();
}

/// Of key pictures, which alone may copy.
template <Pixel P>
void SequenceEncoder<P>::look_for_repeats(Waiting& picture) {
  if (!picture.key) return;
  if (repeats_.repeats(picture.source->plane[0], settings_.plan.format.bit_depth))
    for (SearchSettings& s : picture.choices.settings.roles) adapt_to_repeats(s);
}

template <Pixel P>
void SequenceEncoder<P>::take_regions(const InputFrame& frame, SourceFrame<P>& source) {
  source.offsets.start(settings_.plan.format);
  for (int i = 0; i < frame.num_regions; i++)
    source.offsets.add(frame.regions[i], quantizer_delta_to_qindex(clip3(-63, 63, frame.regions[i].delta)));
}

template <Pixel P>
void SequenceEncoder<P>::take_metadata(const FrameMetadata& metadata, Waiting& picture) {
  if (metadata.empty()) return;
  picture.metadata = metadata_.acquire();
  picture.metadata->clear();
  write_frame_metadata(*picture.metadata, metadata, {.present = settings_.plan.temporal_layers > 1, .temporal_id = static_cast<uint8_t>(picture.temporal_id)});
}

template <Pixel P>
void SequenceEncoder<P>::decide_key(Waiting& picture) {
  const uint64_t display = picture.source->display_index;
  const bool first = waiting_.empty() && coding_.empty() && !slots_[0];
  const int64_t pts = picture.source->input.pts_ns;
  const bool due = (tuning_.keyframe_max_dist > 0 && display - last_key_ >= static_cast<uint64_t>(tuning_.keyframe_max_dist)) ||
                   (tuning_.keyframe_max_ns > 0 && pts >= 0 && last_key_ns_ >= 0 && pts - last_key_ns_ >= tuning_.keyframe_max_ns);
  PictureCost cost;
  if (settings_.scene_cuts || rate_.active()) cost = scene_cut_.compare(picture.source->pyramid, pyramid_dsp_.distortion);
  picture.cut = settings_.scene_cuts && SceneCutDetector::judge(cost, static_cast<int>(display - last_key_), tuning_.keyframe_max_dist);
  picture.key = first || due || picture.cut || picture.source->input.force_key_frame;
  if (picture.key) {
    last_key_ = display;
    last_key_ns_ = pts;
  }
  if (!rate_.active() && !settings_.first_pass) return;
  picture.rate = rate_.arrive(picture.source->input, cost, picture.key, rate_target());
  if (waiting_.size() > 0) {
    RatePicture& before = waiting_[waiting_.size() - 1].rate;
    before.duration = picture.rate.time - before.time;
  }
  if (!settings_.first_pass) return;
  statistics_.at(picture.rate.index).seconds = picture.rate.duration;
  if (picture.rate.index > 0) statistics_.at(picture.rate.index - 1).seconds = picture.rate.time - last_time_;
  last_time_ = picture.rate.time;
}

/// For the second pass.
template <Pixel P>
void SequenceEncoder<P>::record(const FrameJob<P>& job) {
  PassFrame& frame = statistics_.at(job.plan.source_index - first_display_);
  frame.kind = frame_kind(job.plan.header.frame_type == KEY_FRAME, job.plan.pyramid_layer);
  frame.qindex = job.stats.base_q_idx;
  frame.bits = job.stats.bits;
}

template <Pixel P>
RateTarget SequenceEncoder<P>::rate_target() const {
  const FrameChoices& c = tuning_.choices;
  RateTarget target = {.bits_per_second = tuning_.bits_per_second,
                       .best_leaf_qindex = settings_.rate.mode == RateMode::kBounded ? c.leaf_qindex : c.min_qindex,
                       .min_qindex = c.min_qindex,
                       .max_qindex = c.max_qindex,
                       .keyframe_max_dist = tuning_.keyframe_max_dist,
                       .keyframe_max_seconds = static_cast<double>(tuning_.keyframe_max_ns) * 1e-9};
  return target;
}

/// Whether some of the `count` pictures from waiting_[ index ] on are still to come, before the next key frame.
template <Pixel P>
bool SequenceEncoder<P>::expects(int index, int count) {
  const int known = static_cast<int>(waiting_.size());
  for (int i = index; i < std::min(index + count, known); i++)
    if (waiting_[i].key) return false;
  return !finished_ && index + count > known;
}

template <Pixel P>
void SequenceEncoder<P>::plan_ready() {
  while (!waiting_.empty()) {
    const SearchSettings& set = waiting_.front().choices.settings.common();
    if (waiting_.front().key) {
      const int wanted = set.importance.any() ? kMaxMiniGop : set.temporal.key_after;
      if (expects(1, std::min(settings_.lookahead, wanted))) return;
      analyse(true);
      if (settings_.lookahead > 0) lookahead_.remember(waiting_.front().source->pyramid);
      sequence_start_ = waiting_.front().source->display_index;
      if (rate_.rehearses()) rehearse();
      plan_single({.display_index = sequence_start_, .layer = 0, .key = true, .shown = true});
      continue;
    }
    if (settings_.lookahead == 0) {
      const uint64_t display = waiting_.front().source->display_index;
      GopStep step = make_low_delay_step(display, display - sequence_start_);
      step.temporal_id = waiting_.front().temporal_id;
      plan_single(step);
      continue;
    }
    // A mini-GOP is as long as the pyramid allows, or up to the next key frame, or what is left.
    const int length = mini_gop_length(0);
    const bool closed = length == std::min(kMaxMiniGop, settings_.lookahead) || finished_ ||
                        (length < static_cast<int>(waiting_.size()) && waiting_[length].key) || length == kMaxMiniGop;
    if (!closed) return;
    if (expects(length, std::min(settings_.beyond, set.temporal.base_after))) return;
    if (!waiting_.front().analysis) analyse(false);
    const int planned = waiting_.front().analysis ? analysed_length() : length;
    lookahead_.remember(waiting_[static_cast<size_t>(planned) - 1].source->pyramid);
    plan_mini_gop(planned);
  }
}

/// Pictures of the mini-GOP that would start at waiting_[ index ] now.
template <Pixel P>
int SequenceEncoder<P>::mini_gop_length(int index) const {
  const int most = std::min(kMaxMiniGop, static_cast<int>(waiting_.size()) - index);
  int length = 0;
  while (length < most && !waiting_[static_cast<size_t>(index + length)].key) length++;
  return length;
}

/// Pictures of the mini-GOP whose length was decided: those analysed.
template <Pixel P>
int SequenceEncoder<P>::analysed_length() const {
  size_t length = 0;
  while (length < waiting_.size() && waiting_[length].analysis) length++;
  return static_cast<int>(length);
}

/// Whether no picture behind the first `index` waiting ones will be predicted from them.
template <Pixel P>
bool SequenceEncoder<P>::ends_after(int index) const {
  return static_cast<size_t>(index) < waiting_.size() ? waiting_[static_cast<size_t>(index)].key : finished_;
}

/// The mini-GOP that starts now, or behind the key frame that starts now, once its length is decided.
template <Pixel P>
void SequenceEncoder<P>::analyse(bool key) {
  const FrameChoices& choices = waiting_.front().choices;
  int length = mini_gop_length(key);
  if (settings_.lookahead == 0 || length == 0 || !choices.settings.common().importance.any()) return;
  Array<Lookahead::Picture, kMaxMiniGop + 1> pictures;
  for (size_t i = 0; i < static_cast<size_t>(key + length); i++) {
    Waiting& w = waiting_[i];
    w.analysis = analyses_.acquire();
    w.analysis->make_room(settings_.plan.format);
    const double noise = noise_deviation(w.source->plane[0], kNoiseRowStep, settings_.plan.format.bit_depth, dsp_.temporal);
    pictures[i] = {&w.source->pyramid, &w.choices.settings.common().inter, w.analysis.get(), static_cast<float>(noise)};
  }
  const int chosen = lookahead_.choose_length({pictures.data(), key + length}, key, !ends_after(key + length));
  while (length > chosen) waiting_[static_cast<size_t>(key + --length)].analysis.reset();
  const uint64_t first = waiting_.front().source->display_index - !key;
  lookahead_.analyse({pictures.data(), key + length}, first, key, !ends_after(key + length));
}

template <Pixel P>
void SequenceEncoder<P>::plan_mini_gop(int length) {
  const uint64_t first = waiting_.front().source->display_index;
  const GopSteps steps = make_pyramid(first, length);
  if (rate_.active()) {
    SequenceEnd end = {.known = finished_};
    for (size_t i = static_cast<size_t>(length); i < waiting_.size(); i++) end.seconds_after += waiting_[i].rate.duration;
    last_group_ = end.here();
    measure(true, last_group_);
    FixedVector<RateStep, 2 * kMaxMiniGop> group;
    for (int i = 0; i < steps.count; i++) group.push_back(rate_step(steps.step[i], static_cast<int>(steps.step[i].display_index - first)));
    rate_.start_group({group.data(), group.size()}, end);
  }
  for (int i = 0; i < steps.count; i++) {
    const GopStep& step = steps.step[i];
    const int index = static_cast<int>(step.display_index - first);
    if (step.show_existing) schedule_show_existing(step, waiting_[index]);
    else schedule(step, index);
  }
  waiting_.pop_front(static_cast<size_t>(length));
}

template <Pixel P>
void SequenceEncoder<P>::plan_single(const GopStep& step) {
  Waiting& picture = waiting_.front();
  bool drop = false;
  if (rate_.active()) {
    measure(true, false);
    const RateStep only = rate_step(step, 0);
    drop = settings_.lookahead == 0 && rate_.drops(only);
    if (!drop) rate_.start_group({&only, 1}, {});
  }
  if (drop) picture.source->release_samples();
  else schedule(step, 0);
  waiting_.pop_front();
}

/// For what the picture's importance differs from that of others of its layer. The last picture of a mini-GOP that no other one
/// follows serves only those before it.
template <Pixel P>
float SequenceEncoder<P>::step_change(const GopStep& step, int index) const {
  const Waiting& picture = waiting_[static_cast<size_t>(index)];
  const float base = settings_.lookahead > 0 && !step.key && step.layer == 0 && ends_after(index + 1) ? kLastBaseCoarser : 0;
  if (!picture.analysis) return base;
  return base + importance_change(picture.analysis->importance.frame, step.layer, step.key, picture.choices.settings.common().importance.frame_strength);
}

template <Pixel P>
RateStep SequenceEncoder<P>::rate_step(const GopStep& step, int index) {
  return {.kind = frame_kind(step.key, step.layer),
          .codes = !step.show_existing,
          .shown = step.shown || step.show_existing,
          .step_change = step_change(step, index),
          .picture = waiting_[index].rate};
}

/// Tells rate control what frames took, up to a fixed distance before the next one planned: waiting for exactly these,
/// whatever else is known already, makes its decisions the same for any number of threads.
template <Pixel P>
void SequenceEncoder<P>::measure(bool first_of_group, bool last_group) {
  const size_t distance = static_cast<size_t>(rate_.feedback_distance(next_coded_, first_of_group, last_group));
  while (unmeasured_.size() >= distance) {
    Unmeasured& oldest = unmeasured_.front();
    if (oldest.job) {
      schedule_.wait(*oldest.job);
      oldest.stats = oldest.job->stats;
    }
    rate_.coded(static_cast<double>(oldest.stats.bits), oldest.stats.base_q_idx);
    unmeasured_.pop_front();
  }
}

/// The filter reads waiting pictures only, which are coded later: their samples are still there.
template <Pixel P>
void SequenceEncoder<P>::add_neighbours(FrameJob<P>& job, int index, int before, int after) {
  const auto add = [&](int i) {
    if (i < 0 || !waiting_[i].source || job.neighbours.full()) return false;
    job.neighbours.push_back(waiting_[i].source);
    waiting_[i].source->readers.fetch_add(1, std::memory_order_relaxed);
    return true;
  };
  for (int d = 1; d <= before && add(index - d); d++) continue;
  const int known = static_cast<int>(waiting_.size());
  for (int d = 1; d <= after && index + d < known && !waiting_[index + d].key && add(index + d); d++) continue;
}

/// What a job needs besides plan and source: offsets of the quantiser, neighbours, references among `slots`, and its own place there.
template <Pixel P>
void SequenceEncoder<P>::prepare(FrameJob<P>& job, const GopStep& step, int index, Slots& slots) {
  FrameHeader& h = job.plan.header;
  if (const int base = h.quantization.base_q_idx; base > 0) {
    if (const float strength = waiting_[index].choices.settings.common().importance.superblock_strength; job.analysis && step.layer == 0 && strength > 0)
      add_importance(job.analysis->importance, strength, base, settings_.plan.format.bit_depth, job.source->offsets);
    h.delta = job.source->offsets.delta_params();
  }
  job.base_q_idx = h.quantization.base_q_idx;
  const TemporalFilterSettings& temporal = job.plan.settings.temporal;
  if (settings_.lookahead > 0 && step.layer == 0 && job.base_q_idx >= TemporalFilter<P>::kMinQindex)
    add_neighbours(job, index, step.key ? 0 : temporal.base_before, step.key ? temporal.key_after : temporal.base_after);
  job.coded = coded_frames_.acquire();
  job.coded->complete.store(false, std::memory_order_relaxed);
  job.coded->base_q_idx = job.base_q_idx;
  if (!h.frame_is_intra())
    for (const auto slot : h.ref_frame_idx) job.slots[slot] = slots[slot];
  job.stats = {};
  for (int i = 0; i < NUM_REF_FRAMES; i++)
    if (h.refresh_frame_flags >> i & 1) slots[i] = job.coded;
}

template <Pixel P>
void SequenceEncoder<P>::schedule(const GopStep& step, int index) {
  Waiting& picture = waiting_[index];
  Lease<FrameJob<P>> job = jobs_.acquire();
  FrameChoices choices = picture.choices;
  choices.step_change = step_change(step, index);
  uint64_t max_bits = 0;
  if (rate_.active()) {
    measure(false, last_group_);
    const RateDecision decision = rate_.plan_frame();
    choices.leaf_qindex = decision.leaf_qindex;
    max_bits = decision.max_bits;
    unmeasured_.push_back({.job = job.get(), .stats = {}});
    next_coded_++;
  }
  planner_.plan(step, choices, job->plan);
  if (settings_.first_pass) statistics_.at(job->plan.source_index - first_display_).step_change = choices.step_change;
  job->plan.max_bits = max_bits;
  job->plan.max_qindex = choices.max_qindex;
  job->plan.frame_id = picture.frame_id = picture.source->input.frame_id;
  job->plan.pts_ns = picture.source->input.pts_ns;
  job->source = std::move(picture.source);
  job->analysis = std::move(picture.analysis);
  if (step.shown) job->metadata = std::move(picture.metadata);
  prepare(*job, step, index, slots_);
  if (keeps_shown() && step.shown) job->shown = job->coded;
  schedule_.add(job.get());
  coding_.push_back(std::move(job));
}

template <Pixel P>
void SequenceEncoder<P>::schedule_show_existing(const GopStep& step, Waiting& picture) {
  Lease<FrameJob<P>> job = jobs_.acquire();
  planner_.plan(step, picture.choices, job->plan);
  job->plan.frame_id = picture.frame_id;
  job->metadata = std::move(picture.metadata);
  const Lease<CodedFrame<P>>& shown = slots_[job->plan.header.frame_to_show_map_idx];
  job->base_q_idx = shown->base_q_idx;
  if (keeps_shown()) job->shown = shown;
  job->stats = {};
  job->obu.clear();
  const PreviousFrameParams previous;
  write_frame_header_obu(job->obu, job->plan.header, {.seq = job->plan.sequence, .previous = previous});
  if (rate_.active()) rate_.plan_shown(8.0 * static_cast<double>(job->obu.size()));
  job->finished.store(true, std::memory_order_release);
  coding_.push_back(std::move(job));
}

template <Pixel P>
bool SequenceEncoder<P>::receive(Packet* packet, bool* drained) {
  *drained = false;
  while (!coding_.empty()) {
    FrameJob<P>& job = *coding_.front();
    if (!schedule_.done(job)) {
      const bool must_wait = settings_.lookahead == 0 || finished_ || coding_.size() > backlog_;
      if (!must_wait) return false;
      schedule_.wait(job);
    }
    if (settings_.first_pass && job.codes()) record(job);
    for (size_t i = 0; i < unmeasured_.size(); i++)
      if (unmeasured_[i].job == &job) unmeasured_[i] = {.stats = job.stats};
    const bool complete = packetizer_.add(job, packet);
    job.shown.reset();
    job.metadata.reset();
    coding_.pop_front();
    if (complete) return true;
  }
  *drained = finished_ && waiting_.empty();
  return false;
}

template <Pixel P>
void SequenceEncoder<P>::finish() {
  finished_ = true;
  plan_ready();
}

template <Pixel P>
void SequenceEncoder<P>::reset() {
  schedule_.finish_started();
  for (size_t i = 0; i < coding_.size(); i++) {
    coding_[i]->abandon();
    coding_[i]->shown.reset();
    coding_[i]->metadata.reset();
  }
  coding_.clear();
  for (size_t i = 0; i < waiting_.size(); i++) waiting_[i].source->release_samples();
  waiting_.clear();
  for (auto& slot : slots_) slot.reset();
  planner_.reset();
  packetizer_.reset();
  scene_cut_.reset();
  unmeasured_.clear();
  rate_.reset();
  next_coded_ = 0;
  first_display_ = next_display_;
  last_group_ = false;
  statistics_.frames.clear();
  statistics_.exponents = RateModel::usual_exponents();
  finished_ = false;
}

template class SequenceEncoder<uint8_t>;
template class SequenceEncoder<uint16_t>;

}  // namespace tessera
