#include "api/encoder.h"

#include <algorithm>
#include <new>
#include <thread>

#include "api/config_check.h"
#include "api/presets.h"
#include "base/cpu_features.h"
#include "bitstream/metadata_writer.h"
#include "bitstream/sequence_header_writer.h"
#include "control/quant_plan.h"
#include "pipeline/sequence_encoder.h"
#include "spec/levels.h"

namespace tessera {
namespace {

Layering layering_of(const EncoderConfig& c) {
  if (c.usage_profile == UsageProfile::kAllIntra) return Layering::kAllIntra;
  return c.usage_profile == UsageProfile::kRealtime || c.lag_in_frames == 0 ? Layering::kLowDelay : Layering::kPyramid;
}

RoleSettings settings_of(const EncoderConfig& c, int cpu_used) {
  constexpr int kLargePicture = 1280 * 720;
  return preset_settings(cpu_used, c.usage_profile == UsageProfile::kRealtime, c.width * c.height >= kLargePicture);
}

SequenceHeader make_sequence_header(const EncoderConfig& c, const FramePlanner& tiles) {
  // What later changes of cpu-used cannot add.
  const RoleSettings tools = settings_of(c, c.runtime.cpu_used);
  bool masks = false, inter_intra = false, restoration = false;
  for (const SearchSettings& s : tools.roles) {
    masks |= s.inter.blended_pairs > 0;
    inter_intra |= s.inter.inter_intra_candidates > 0;
    restoration |= s.filter.restoration.any();
  }
  SequenceHeader s;
  s.seq_profile = static_cast<uint8_t>(profile_of(c.chroma, c.bit_depth));
  s.enable_filter_intra = tools[FrameRole::kKey].intra.filter_intra;
  s.max_frame_width_minus_1 = c.width - 1;
  s.max_frame_height_minus_1 = c.height - 1;
  s.enable_interintra_compound = inter_intra;
  s.enable_masked_compound = masks;
  s.enable_dual_filter = false;
  s.enable_jnt_comp = false;
  // What is fresh of a refreshed picture is reckoned with the reach of deblocking and CDEF alone.
  s.enable_restoration = !c.intra_refresh && restoration;
  s.seq_force_screen_content_tools = SELECT_SCREEN_CONTENT_TOOLS;
  s.seq_force_integer_mv = SELECT_INTEGER_MV;
  ColorConfig& color = s.color_config;
  color.bit_depth = static_cast<uint8_t>(c.bit_depth);
  color.mono_chrome = c.chroma == ChromaFormat::kMonochrome;
  color.subsampling_x = static_cast<uint8_t>(subsampling_x(c.chroma));
  color.subsampling_y = static_cast<uint8_t>(subsampling_y(c.chroma));
  color.color_primaries = c.color.color_primaries;
  color.transfer_characteristics = c.color.transfer_characteristics;
  color.matrix_coefficients = c.color.matrix_coefficients;
  color.color_description_present_flag = c.color.color_primaries != CP_UNSPECIFIED ||
                                         c.color.transfer_characteristics != TC_UNSPECIFIED ||
                                         c.color.matrix_coefficients != MC_UNSPECIFIED;
  color.color_range = c.color.full_range;
  color.chroma_sample_position = c.color.chroma_sample_position;

  const TileInfo& t = tiles.tiles();
  LevelDemand demand = {.width = c.width, .height = c.height, .tile_cols = t.tile_cols, .tile_rows = t.tile_rows};
  demand.shown_fps = c.fps_numerator > 0 ? static_cast<double>(c.fps_numerator) / c.fps_denominator : 30.0;
  // Pyramids code every picture once; only show-existing headers come on top.
  demand.decoded_fps = demand.shown_fps;
  demand.seq_profile = s.seq_profile;
  demand.bits_per_second = static_cast<int64_t>(c.runtime.target_bitrate_kbps) * 1000;
  demand.least_level_idx = c.least_level_idx;
  const LevelChoice level = choose_level(demand);
  s.operating_points[0].seq_level_idx = static_cast<uint8_t>(level.seq_level_idx);
  s.operating_points[0].seq_tier = static_cast<uint8_t>(level.seq_tier);
  // spec 6.4.1: one operating point a temporal layer, the whole stream first; a level that holds for all holds for each.
  s.operating_points_cnt_minus_1 = static_cast<uint8_t>(c.temporal_layers - 1);
  for (int i = 0; i < c.temporal_layers && c.temporal_layers > 1; i++) {
    s.operating_points[i] = s.operating_points[0];
    s.operating_points[i].operating_point_idc = static_cast<uint16_t>(1 << 8 | ((1 << (c.temporal_layers - i)) - 1));
  }
  return s;
}

/// Which control is in force: none without a target to keep to.
RateMode rate_mode(const EncoderConfig& c) {
  if (c.runtime.target_bitrate_kbps == 0) return RateMode::kNone;
  switch (c.end_usage) {
    case EndUsage::kVbr: return RateMode::kVariable;
    case EndUsage::kCbr: return RateMode::kConstant;
    case EndUsage::kCq: return RateMode::kBounded;
    case EndUsage::kQ: return RateMode::kNone;
    case EndUsage::kAuto: break;
  }
  return c.usage_profile == UsageProfile::kRealtime ? RateMode::kConstant : RateMode::kVariable;
}

/// What the second pass wants to know a fast first one finds out as well.
constexpr int kFirstPassCpuUsed = 9;

/// A buffer of no size would let no frame through.
constexpr uint32_t kLeastBufferMs = 100;

RateSettings rate_settings(const EncoderConfig& c, size_t key_prefix_bytes) {
  RateSettings r;
  r.mode = rate_mode(c);
  r.layering = layering_of(c);
  r.bit_depth = c.bit_depth;
  if (c.fps_numerator > 0) r.nominal_seconds = static_cast<double>(c.fps_denominator) / c.fps_numerator;
  const uint32_t size = std::max(c.buffer_ms, kLeastBufferMs);
  r.buffer = size * 1e-3;
  r.buffer_initial = std::clamp(c.buffer_initial_ms, size / 4, size) * 1e-3;
  r.buffer_optimal = std::clamp(c.buffer_optimal_ms, size / 4, size) * 1e-3;
  r.undershoot = c.undershoot_pct * 1e-2;
  r.overshoot = c.overshoot_pct * 1e-2;
  r.drop_level = std::min(c.drop_frame_pct, 100u) * 1e-2;
  r.key_prefix_bits = 8.0 * static_cast<double>(key_prefix_bytes);
  return r;
}

SequenceTuning make_tuning(const EncoderConfig& c, const RuntimeSettings& r) {
  SequenceTuning t;
  t.choices.min_qindex = quantizer_to_qindex(r.min_quantizer);
  t.choices.max_qindex = quantizer_to_qindex(r.max_quantizer);
  const int level = std::clamp(r.cq_level, r.min_quantizer, r.max_quantizer);
  t.choices.leaf_qindex = std::clamp(cq_level_to_qindex(level, layering_of(c)), t.choices.min_qindex, t.choices.max_qindex);
  // Lossless is asked for by name (level 0), never fallen into from a finer layer of a lossy one.
  if (t.choices.leaf_qindex > 0) t.choices.min_qindex = std::max(t.choices.min_qindex, 1);
  if (rate_mode(c) != RateMode::kNone) {
    t.choices.min_qindex = std::max(t.choices.min_qindex, 1);
    t.choices.max_qindex = std::max(t.choices.max_qindex, 1);
    t.choices.leaf_qindex = std::max(t.choices.leaf_qindex, 1);
    t.bits_per_second = 1000.0 * r.target_bitrate_kbps;
  }
  t.choices.settings = settings_of(c, c.pass == Pass::kFirst ? std::max(r.cpu_used, kFirstPassCpuUsed) : r.cpu_used);
  if (c.intra_refresh) {
    t.choices.refresh_period = r.keyframe_max_dist;
    t.keyframe_max_dist = 0;
    return t;
  }
  t.keyframe_max_dist = c.usage_profile == UsageProfile::kAllIntra ? 1 : r.keyframe_max_dist;
  t.keyframe_max_ns = static_cast<int64_t>(r.keyframe_max_ms) * 1'000'000;
  return t;
}

template <Pixel P>
class EncoderImpl final : public Encoder {
 public:
  EncoderImpl(const EncoderConfig& config, const SequenceSettings& settings)
      : config_(config), sequence_(settings, make_tuning(config, config.runtime)) {
    const SequenceHeader& header = settings.plan.header;
    info_.profile = header.seq_profile;
    info_.level_idx = header.operating_points[0].seq_level_idx;
    info_.tier = header.operating_points[0].seq_tier;
    write_sequence_header(info_.sequence_header_obu, header);
    write_av1c(info_.av1c, header);
  }

  const StreamInfo& stream_info() const override { return info_; }
  int max_delay_frames() const override { return sequence_.max_delay(); }

  Status send_frame(const InputFrame& frame) override {
    if (finished_) {
      if (frame.release) frame.release(frame.lease);
      return {StatusCode::kWrongState, "a frame after finish(): reset() first"};
    }
    return guarded([&] { sequence_.send(frame); });
  }
  Status receive_packet(Packet* packet) override {
    bool found = false, drained = false;
    Status status = guarded([&] { found = sequence_.receive(packet, &drained); });
    if (!status.ok() || found) return status;
    if (drained && config_.pass == Pass::kFirst && !statistics_written_) {
      statistics_written_ = true;
      if (status = write_statistics(config_.statistics_file, sequence_.statistics()); !status.ok()) return status;
    }
    return {drained ? StatusCode::kEndOfStream : StatusCode::kNeedMoreInput};
  }
  void recycle(Packet* packet) override { sequence_.recycle(packet); }
  void finish() override {
    finished_ = true;
    sequence_.finish();
  }
  void reset() override {
    finished_ = statistics_written_ = false;
    sequence_.reset();
  }
  Status reconfigure(const RuntimeSettings& settings) override {
    if (Status status = check_runtime(settings); !status.ok()) return status;
    if (rate_mode(config_) != RateMode::kNone && settings.target_bitrate_kbps == 0)
      return Status::invalid("target-bitrate is 0; an encoder that keeps to a bit rate needs more, constant quality is another encoder");
    const bool had_target = config_.runtime.target_bitrate_kbps != 0;
    config_.runtime = settings;
    // Nor does a target that comes later make this encoder keep to it.
    if (!had_target) config_.runtime.target_bitrate_kbps = 0;
    sequence_.tune(make_tuning(config_, settings));
    return {};
  }

 private:
  template <class F>
  static Status guarded(F&& f) {
    try {
      f();
      return {};
    } catch (const std::bad_alloc&) {
      return {StatusCode::kOutOfMemory, "not enough memory for this picture size and look-ahead"};
    }
  }

  EncoderConfig config_;
  SequenceEncoder<P> sequence_;
  StreamInfo info_;
  bool finished_ = false;
  bool statistics_written_ = false;  ///< since the stream was drained
};

void write_metadata(const EncoderConfig& c, ByteVector& out) {
  if (const MasteringDisplay& m = c.mastering_display; m.present) {
    MasteringDisplayColorVolume v;
    for (int i = 0; i < 3; i++) {
      v.primary_chromaticity_x[i] = m.primary_x[i];
      v.primary_chromaticity_y[i] = m.primary_y[i];
    }
    v.white_point_chromaticity_x = m.white_point_x;
    v.white_point_chromaticity_y = m.white_point_y;
    v.luminance_max = m.luminance_max;
    v.luminance_min = m.luminance_min;
    write_metadata_hdr_mdcv(out, v);
  }
  if (c.content_light.present) write_metadata_hdr_cll(out, {c.content_light.max_cll, c.content_light.max_fall});
}

}  // namespace

Status Encoder::create(const EncoderConfig& config, std::unique_ptr<Encoder>* out) {
  out->reset();
  if (Status status = check_config(config); !status.ok()) return status;
  SequenceSettings s;
  s.plan.format = {.width = config.width,
                   .height = config.height,
                   .bit_depth = config.bit_depth,
                   .monochrome = config.chroma == ChromaFormat::kMonochrome,
                   .subsampling_x = subsampling_x(config.chroma),
                   .subsampling_y = subsampling_y(config.chroma)};
  s.plan.layering = layering_of(config);
  s.plan.error_resilient = config.error_resilient;
  s.plan.intra_refresh = config.intra_refresh;
  s.plan.temporal_layers = config.temporal_layers;
  s.plan.tile_columns_log2 = config.tile_columns_log2;
  s.plan.tile_rows_log2 = config.tile_rows_log2;
  s.plan.header = make_sequence_header(config, FramePlanner(s.plan));
  s.threads = config.threads > 0 ? config.threads : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  s.lookahead = s.plan.low_delay() ? 0 : config.lag_in_frames < 0 ? kMaxMiniGop : std::min(config.lag_in_frames, kMaxMiniGop);
  s.beyond = s.plan.low_delay() ? 0 : config.lag_in_frames < 0 ? kMaxTemporalNeighbours
             : std::max(config.lag_in_frames - kMaxMiniGop, 0);
  s.scene_cuts = config.keyframe_mode == KeyframeMode::kAuto && !config.intra_refresh;
  s.cpu_flags = cpu_flags() & config.cpu_mask;
  s.keep_reconstruction = config.keep_reconstruction;
  s.compute_error = config.compute_psnr;
  write_metadata(config, s.metadata.obus);
  ByteVector sequence_obu;
  write_sequence_header(sequence_obu, s.plan.header);
  s.rate = rate_settings(config, sequence_obu.size() + s.metadata.obus.size());
  s.first_pass = config.pass == Pass::kFirst;
  const bool averages = s.rate.mode == RateMode::kVariable || s.rate.mode == RateMode::kBounded;
  // Before hours of work, not after them.
  if (config.pass == Pass::kFirst)
    if (Status status = check_statistics_writable(config.statistics_file); !status.ok()) return status;
  if (config.pass == Pass::kSecond) {
    auto statistics = std::make_shared<PassStatistics>();
    if (Status status = read_statistics(config.statistics_file, statistics.get()); !status.ok()) return status;
    if (statistics->width != config.width || statistics->height != config.height)
      return Status::invalid("multipass-cache-file '" + config.statistics_file + "' is of pictures of " +
                             std::to_string(statistics->width) + "x" + std::to_string(statistics->height) + ", these are " +
                             std::to_string(config.width) + "x" + std::to_string(config.height));
    if (averages) s.rate.statistics = std::move(statistics);
  }
  try {
    if (config.bit_depth == 8) *out = std::make_unique<EncoderImpl<uint8_t>>(config, s);
    else *out = std::make_unique<EncoderImpl<uint16_t>>(config, s);
  } catch (const std::bad_alloc&) {
    return {StatusCode::kOutOfMemory, "not enough memory for this picture size"};
  }
  return {};
}

}  // namespace tessera
