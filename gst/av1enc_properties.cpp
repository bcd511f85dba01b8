#include "av1enc_properties.h"

#include <algorithm>
#include <iterator>

namespace tessera::gst {
namespace {

// Numbers of the values that libaom's wrapper has too are the same, so that g_object_set() with a number
// means the same.
enum EndUsageValue { kUsageVbr, kUsageCbr, kUsageCq, kUsageQ, kUsageAuto };
enum UsageProfileValue { kProfileGoodQuality, kProfileRealtime, kProfileAllIntra };
enum KeyframeModeValue { kKeyframesDisabled, kKeyframesAuto };
enum EncPassValue { kOnePass, kFirstPass, kSecondPass, kThirdPass };
enum ScalingValue { kScalingNone, kScalingFixed, kScalingRandom, kScalingQthresh };

GType register_enum(const char* name, const GEnumValue* values) {
  const GType type = g_enum_register_static(name, values);
  gst_type_mark_as_plugin_api(type, static_cast<GstPluginAPIFlags>(0));
  return type;
}

GType end_usage_type() {
  static const GEnumValue values[] = {{kUsageAuto, "By the other properties", "auto"},
                                      {kUsageVbr, "Variable bit rate", "vbr"},
                                      {kUsageCbr, "Constant bit rate", "cbr"},
                                      {kUsageCq, "Variable bit rate, never better than cq-level", "cq"},
                                      {kUsageQ, "Constant quality", "q"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraEndUsage", values);
  return type;
}

GType usage_profile_type() {
  static const GEnumValue values[] = {{kProfileGoodQuality, "Good quality", "good-quality"},
                                      {kProfileRealtime, "Real time, no delay", "realtime"},
                                      {kProfileAllIntra, "Key frames alone", "all-intra"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraUsageProfile", values);
  return type;
}

GType keyframe_mode_type() {
  static const GEnumValue values[] = {{kKeyframesAuto, "Where the picture calls for it", "auto"},
                                      {kKeyframesDisabled, "Only where forced or due", "disabled"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraKeyframeMode", values);
  return type;
}

GType enc_pass_type() {
  static const GEnumValue values[] = {{kOnePass, "Single pass", "one-pass"},
                                      {kFirstPass, "First of two passes", "first-pass"},
                                      {kSecondPass, "Second of two passes", "second-pass"},
                                      {kThirdPass, "(taken as second-pass)", "third-pass"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraEncPass", values);
  return type;
}

GType superres_mode_type() {
  static const GEnumValue values[] = {{kScalingNone, "No super-resolution", "none"},
                                      {kScalingFixed, "All frames at the given scale", "fixed"},
                                      {kScalingRandom, "Frames at random scales", "random"},
                                      {kScalingQthresh, "Scale by quantizer", "qthresh"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraSuperresMode", values);
  return type;
}

GType resize_mode_type() {
  static const GEnumValue values[] = {{kScalingNone, "No resizing", "none"},
                                      {kScalingFixed, "All frames at the given scale", "fixed"},
                                      {kScalingRandom, "Frames at random scales", "random"},
                                      {0, nullptr, nullptr}};
  static const GType type = register_enum("TesseraResizeMode", values);
  return type;
}

enum class Kind : uint8_t { kInt, kUint, kBool, kEnum };

struct Row {
  PropertyId id;
  const char* name;
  const char* nick;
  const char* blurb;
  Kind kind;
  bool playing;  ///< may change while playing
  int64_t minimum, maximum, initial;
  GType (*enum_type)() = nullptr;
};

// The core's limits. Users say "never" and "as many as you like" with G_MAXINT.
constexpr int64_t kMaxKeyframeDistance = 1 << 30;  // frames
constexpr int64_t kMaxThreads = 1024;

#define NOT_IMPLEMENTED "(not implemented: accepted and without effect) "

constexpr Row kRows[] = {
    {kPropCpuUsed, "cpu-used", "Speed", "Speed: 0 compresses best, 10 is fastest", Kind::kInt, true, 0, 10,
     6},
    {kPropEndUsage, "end-usage", "Rate control",
     "Rate control; auto: q without a target-bitrate, else vbr, or cbr with usage-profile=realtime",
     Kind::kEnum, false, 0, 0, kUsageAuto, end_usage_type},
    {kPropTargetBitrate, "target-bitrate", "Target bit rate", "Target bit rate in kbit/s; 0: none",
     Kind::kUint, true, 0, G_MAXUINT, 0},
    {kPropCqLevel, "cq-level", "Quality level",
     "Quality with end-usage=q, best quality with end-usage=cq: 0 (best; lossless when min-quantizer is 0) "
     "to 63, "
     "each about what libaom and SVT-AV1 make of it",
     Kind::kInt, true, 0, 63, 32},
    {kPropMinQuantizer, "min-quantizer", "Least quantizer", "Least quantizer of a frame, on libaom's scale",
     Kind::kUint, true, 0, 63, 0},
    {kPropMaxQuantizer, "max-quantizer", "Largest quantizer", "Largest quantizer of a frame, on libaom's scale",
     Kind::kUint, true, 0, 63, 63},
    {kPropUsageProfile, "usage-profile", "Usage profile",
     "What the stream is for; realtime: no look-ahead, each frame's packet leaves before the next frame is "
     "taken",
     Kind::kEnum, false, 0, 0, kProfileGoodQuality, usage_profile_type},
    {kPropLagInFrames, "lag-in-frames", "Look-ahead",
     "Frames the encoder may look ahead; -1: what usage-profile and cpu-used call for", Kind::kInt, false, -1,
     48, -1},
    {kPropKeyframeMaxDist, "keyframe-max-dist", "Key frame distance",
     "Longest distance between key frames, in frames; 0: no limit", Kind::kInt, true, 0, G_MAXINT, 240},
    {kPropKeyframeMode, "keyframe-mode", "Key frame mode",
     "auto: key frames at scene cuts too; disabled: only where forced or due by keyframe-max-dist",
     Kind::kEnum, false, 0, 0, kKeyframesAuto, keyframe_mode_type},
    {kPropKeyframeMaxInterval, "keyframe-max-interval", "Key frame interval",
     "Longest time between key frames, in ms of presentation time; 0: no limit. Holds beside keyframe-max-dist",
     Kind::kUint, true, 0, G_MAXUINT, 0},
    {kPropThreads, "threads", "Threads",
     "Worker threads; 0: as many as there are CPUs. The number never changes the stream", Kind::kUint, false,
     0, G_MAXUINT, 0},
    {kPropTileColumns, "tile-columns", "Tile columns",
     "log2 of the number of tile columns; -1: by picture size", Kind::kInt, false, -1, 6, -1},
    {kPropTileRows, "tile-rows", "Tile rows", "log2 of the number of tile rows; -1: by picture size",
     Kind::kInt, false, -1, 6, -1},
    {kPropBufSz, "buf-sz", "Buffer size",
     "Size of the decoder's buffer with vbr and cbr, in ms (1000 with usage-profile=realtime unless set)",
     Kind::kUint, false, 0, G_MAXUINT, 6000},
    {kPropBufInitialSz, "buf-initial-sz", "Initial buffer level",
     "Level of the decoder's buffer at the start, in ms (600 with usage-profile=realtime unless set)",
     Kind::kUint, false, 0, G_MAXUINT, 4000},
    {kPropBufOptimalSz, "buf-optimal-sz", "Optimal buffer level",
     "Level of the decoder's buffer to keep, in ms (600 with usage-profile=realtime unless set)", Kind::kUint,
     false, 0, G_MAXUINT, 5000},
    {kPropUndershootPct, "undershoot-pct", "Undershoot",
     "How far below its target the rate may be planned, in percent", Kind::kUint, false, 0, 1000, 25},
    {kPropOvershootPct, "overshoot-pct", "Overshoot",
     "How far above its target the rate may be planned, in percent", Kind::kUint, false, 0, 1000, 25},
    {kPropDropFrame, "drop-frame", "Frame dropping",
     "With cbr and no look-ahead: level of the buffer, in percent of buf-optimal-sz, under which frames are dropped; 0: never", Kind::kUint, false, 0,
     G_MAXUINT, 0},
    {kPropEncPass, "enc-pass", "Pass", "Pass of a two-pass encode, with vbr and cq: the first writes multipass-cache-file, the second reads it", Kind::kEnum, false, 0, 0,
     kOnePass, enc_pass_type},
    {kPropRowMt, "row-mt", "Threads by rows",
     "(accepted and without effect: work is always shared by rows and tiles; see threads) Threads by rows",
     Kind::kBool, false, 0, 1, 1},
    {kPropSuperresMode, "superres-mode", "Super-resolution", NOT_IMPLEMENTED "Super-resolution mode",
     Kind::kEnum, false, 0, 0, kScalingNone, superres_mode_type},
    {kPropSuperresDenominator, "superres-denominator", "Super-resolution denominator",
     NOT_IMPLEMENTED "Scale is 8 over this number", Kind::kUint, false, 8, 16, 8},
    {kPropSuperresKfDenominator, "superres-kf-denominator", "Super-resolution denominator, key frames",
     NOT_IMPLEMENTED "Scale of key frames is 8 over this number", Kind::kUint, false, 8, 16, 8},
    {kPropSuperresQthresh, "superres-qthresh", "Super-resolution threshold",
     NOT_IMPLEMENTED "Quantizer from which frames are scaled", Kind::kUint, false, 1, 63, 63},
    {kPropSuperresKfQthresh, "superres-kf-qthresh", "Super-resolution threshold, key frames",
     NOT_IMPLEMENTED "Quantizer from which key frames are scaled", Kind::kUint, false, 1, 63, 63},
    {kPropResizeMode, "resize-mode", "Resizing", NOT_IMPLEMENTED "Resize mode", Kind::kEnum, false, 0, 0,
     kScalingNone, resize_mode_type},
    {kPropResizeDenominator, "resize-denominator", "Resize denominator",
     NOT_IMPLEMENTED "Scale is 8 over this number", Kind::kUint, false, 8, 16, 8},
    {kPropResizeKfDenominator, "resize-kf-denominator", "Resize denominator, key frames",
     NOT_IMPLEMENTED "Scale of key frames is 8 over this number", Kind::kUint, false, 8, 16, 8},
    {kPropComputePsnr, "compute-psnr", "Compute PSNR",
     "Measure each frame against its source, for the property stats and the frames' TesseraFrameStats meta", Kind::kBool,
     false, 0, 1, 0},
    {kPropTemporalLayers, "temporal-layers", "Temporal layers",
     "Layers of the frame rate, each of which doubles it (2: L1T2, 3: L1T3), with OBU extension headers; buffers of the highest "
     "are DROPPABLE. More than 1 needs usage-profile=realtime or lag-in-frames=0",
     Kind::kUint, false, 1, 3, 1},
    {kPropIntraRefresh, "intra-refresh", "Intra refresh",
     "In place of key frames but the first and forced ones, columns of intra blocks go over the picture once every "
     "keyframe-max-dist frames (0: never), and all frames are error resilient. Needs usage-profile=realtime, temporal-layers=1",
     Kind::kBool, false, 0, 1, 0},
};
constexpr bool rows_follow_ids() {
  for (size_t i = 0; i < std::size(kRows); i++)
    if (kRows[i].id != i + 1) return false;
  return std::size(kRows) == kPropMultipassCacheFile - 1;
}
static_assert(rows_follow_ids());

const Row& row_of(guint id) {
  return kRows[id - 1];
}

GParamSpec* make_spec(const Row& row) {
  const auto flags =
      static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                               (row.playing ? GST_PARAM_MUTABLE_PLAYING : GST_PARAM_MUTABLE_READY));
  switch (row.kind) {
    case Kind::kInt:
      return g_param_spec_int(row.name, row.nick, row.blurb, gint(row.minimum), gint(row.maximum),
                              gint(row.initial), flags);
    case Kind::kUint:
      return g_param_spec_uint(row.name, row.nick, row.blurb, guint(row.minimum), guint(row.maximum),
                               guint(row.initial), flags);
    case Kind::kBool:
      return g_param_spec_boolean(row.name, row.nick, row.blurb, row.initial != 0, flags);
    case Kind::kEnum:
      return g_param_spec_enum(row.name, row.nick, row.blurb, row.enum_type(), gint(row.initial), flags);
  }
  return nullptr;
}

}  // namespace

Settings::Settings() {
  for (const Row& row : kRows) value_[row.id] = row.initial;
}

void Settings::set(guint id, const GValue* value) {
  touched_.set(id);
  if (id == kPropMultipassCacheFile) {
    const char* text = g_value_get_string(value);
    multipass_cache_file_ = text ? text : "";
    return;
  }
  switch (row_of(id).kind) {
    case Kind::kInt:
      value_[id] = g_value_get_int(value);
      break;
    case Kind::kUint:
      value_[id] = g_value_get_uint(value);
      break;
    case Kind::kBool:
      value_[id] = g_value_get_boolean(value);
      break;
    case Kind::kEnum:
      value_[id] = g_value_get_enum(value);
      break;
  }
}

void Settings::get(guint id, GValue* value) const {
  if (id == kPropMultipassCacheFile) {
    g_value_set_string(value, multipass_cache_file_.empty() ? nullptr : multipass_cache_file_.c_str());
    return;
  }
  const bool buffer = id == kPropBufSz || id == kPropBufInitialSz || id == kPropBufOptimalSz;
  const int64_t number = buffer ? buffer_ms(static_cast<PropertyId>(id)) : value_[id];
  switch (row_of(id).kind) {
    case Kind::kInt:
      g_value_set_int(value, gint(number));
      break;
    case Kind::kUint:
      g_value_set_uint(value, guint(number));
      break;
    case Kind::kBool:
      g_value_set_boolean(value, number != 0);
      break;
    case Kind::kEnum:
      g_value_set_enum(value, gint(number));
      break;
  }
}

int64_t Settings::buffer_ms(PropertyId id) const {
  if (touched(id) || value_[kPropUsageProfile] != kProfileRealtime) return value_[id];
  return id == kPropBufSz ? 1000 : 600;
}

EndUsage Settings::end_usage() const {
  if (value_[kPropTargetBitrate] == 0) return EndUsage::kQ;
  switch (value_[kPropEndUsage]) {
    case kUsageVbr:
      return EndUsage::kVbr;
    case kUsageCbr:
      return EndUsage::kCbr;
    case kUsageCq:
      return EndUsage::kCq;
    case kUsageQ:
      return EndUsage::kQ;
  }
  return value_[kPropUsageProfile] == kProfileRealtime ? EndUsage::kCbr : EndUsage::kVbr;
}

RuntimeSettings Settings::runtime() const {
  RuntimeSettings runtime;
  runtime.cpu_used = int(value_[kPropCpuUsed]);
  runtime.cq_level = int(value_[kPropCqLevel]);
  runtime.min_quantizer = int(value_[kPropMinQuantizer]);
  runtime.max_quantizer = int(value_[kPropMaxQuantizer]);
  runtime.target_bitrate_kbps = uint32_t(value_[kPropTargetBitrate]);
  runtime.keyframe_max_ms = uint32_t(value_[kPropKeyframeMaxInterval]);
  runtime.keyframe_max_dist = int(std::min(value_[kPropKeyframeMaxDist], kMaxKeyframeDistance));
  return runtime;
}

void Settings::adopt_runtime(const Settings& from) {
  for (const Row& row : kRows) {
    if (!row.playing) continue;
    value_[row.id] = from.value_[row.id];
    touched_[row.id] = from.touched_[row.id];
  }
}

void Settings::fill(EncoderConfig* config) const {
  config->runtime = runtime();
  config->end_usage = end_usage();
  const int64_t profile = value_[kPropUsageProfile];
  config->usage_profile = profile == kProfileRealtime   ? UsageProfile::kRealtime
                          : profile == kProfileAllIntra ? UsageProfile::kAllIntra
                                                        : UsageProfile::kGoodQuality;
  config->keyframe_mode =
      value_[kPropKeyframeMode] == kKeyframesAuto ? KeyframeMode::kAuto : KeyframeMode::kDisabled;
  config->lag_in_frames = profile == kProfileRealtime ? 0 : int(value_[kPropLagInFrames]);
  config->threads = int(std::min(value_[kPropThreads], kMaxThreads));
  config->tile_columns_log2 = int(value_[kPropTileColumns]);
  config->tile_rows_log2 = int(value_[kPropTileRows]);
  config->buffer_ms = uint32_t(buffer_ms(kPropBufSz));
  config->buffer_initial_ms = uint32_t(buffer_ms(kPropBufInitialSz));
  config->buffer_optimal_ms = uint32_t(buffer_ms(kPropBufOptimalSz));
  config->undershoot_pct = uint32_t(value_[kPropUndershootPct]);
  config->overshoot_pct = uint32_t(value_[kPropOvershootPct]);
  const int64_t pass = value_[kPropEncPass];
  config->pass = pass == kOnePass ? Pass::kOne : pass == kFirstPass ? Pass::kFirst : Pass::kSecond;
  config->statistics_file = multipass_cache_file_;
  config->drop_frame_pct = uint32_t(value_[kPropDropFrame]);
  config->compute_psnr = value_[kPropComputePsnr] != 0;
  config->intra_refresh = value_[kPropIntraRefresh] != 0;
  config->temporal_layers = int(value_[kPropTemporalLayers]);
}

std::vector<std::string> Settings::complaints() const {
  std::vector<std::string> list;
  const EndUsage usage = end_usage();
  const int64_t asked = value_[kPropEndUsage], profile = value_[kPropUsageProfile];
  const bool has_target = value_[kPropTargetBitrate] != 0;
  const auto changed = [this](PropertyId id) { return value_[id] != row_of(id).initial; };

  if (!has_target && asked != kUsageAuto && asked != kUsageQ)
    list.push_back(
        "end-usage=vbr, cbr and cq need a target-bitrate; there is none, so cq-level decides (end-usage=q)");
  if (has_target && asked == kUsageQ) list.push_back("target-bitrate has no effect with end-usage=q");
  if (touched(kPropCqLevel) && (usage == EndUsage::kVbr || usage == EndUsage::kCbr))
    list.push_back("cq-level has no effect with end-usage=vbr or cbr");
  if (usage == EndUsage::kQ && touched(kPropCqLevel) &&
      (value_[kPropCqLevel] < value_[kPropMinQuantizer] || value_[kPropCqLevel] > value_[kPropMaxQuantizer]))
    list.push_back("cq-level lies outside min-quantizer to max-quantizer, which hold");
  if (value_[kPropDropFrame] != 0 && usage != EndUsage::kCbr)
    list.push_back("drop-frame has an effect with end-usage=cbr only");
  else if (value_[kPropDropFrame] != 0 && profile == kProfileGoodQuality && value_[kPropLagInFrames] != 0)
    list.push_back("drop-frame has no effect with look-ahead; use usage-profile=realtime or lag-in-frames=0");
  if (buffer_ms(kPropBufInitialSz) > buffer_ms(kPropBufSz) ||
      buffer_ms(kPropBufOptimalSz) > buffer_ms(kPropBufSz))
    list.push_back("buf-initial-sz and buf-optimal-sz cannot exceed buf-sz, which holds");
  if (profile == kProfileRealtime && value_[kPropLagInFrames] > 0)
    list.push_back("lag-in-frames has no effect with usage-profile=realtime");
  if (profile == kProfileAllIntra &&
      (touched(kPropKeyframeMaxDist) || touched(kPropKeyframeMode) || touched(kPropKeyframeMaxInterval)))
    list.push_back("keyframe-max-dist, keyframe-max-interval and keyframe-mode have no effect with usage-profile=all-intra");
  if (value_[kPropIntraRefresh] != 0 && (value_[kPropKeyframeMaxInterval] != 0 || touched(kPropKeyframeMode)))
    list.push_back("keyframe-max-interval and keyframe-mode have no effect with intra-refresh=true");
  if (value_[kPropIntraRefresh] != 0 && value_[kPropKeyframeMaxDist] == 0)
    list.push_back("intra-refresh has no effect with keyframe-max-dist=0");
  if (!multipass_cache_file_.empty() && value_[kPropEncPass] == kOnePass)
    list.push_back("multipass-cache-file has no effect with enc-pass=one-pass");

  if (changed(kPropRowMt)) list.push_back("row-mt has no effect; use threads");
  for (guint id = kPropSuperresMode; id <= kPropResizeKfDenominator; id++)
    if (changed(static_cast<PropertyId>(id)))
      list.push_back(std::string(row_of(id).name) + " is not implemented");
  if (value_[kPropEncPass] == kThirdPass) list.push_back("enc-pass=third-pass is not implemented: taken as second-pass");
  if (value_[kPropEncPass] >= kSecondPass && usage != EndUsage::kVbr && usage != EndUsage::kCq)
    list.push_back("enc-pass=second-pass has an effect with end-usage=vbr and cq only");
  return list;
}

bool changes_while_playing(guint id) {
  return id < kPropMultipassCacheFile && row_of(id).playing;
}

void install_properties(GObjectClass* object_class) {
  for (const Row& row : kRows) g_object_class_install_property(object_class, row.id, make_spec(row));
  g_object_class_install_property(
      object_class, kPropMultipassCacheFile,
      g_param_spec_string(
          "multipass-cache-file", "Statistics file",
          "File of statistics that the first of two passes writes at its end, and the second reads", nullptr,
          static_cast<GParamFlags>(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY)));
  g_object_class_install_property(
      object_class, kPropStats,
      g_param_spec_boxed("stats", "Statistics",
                         "Since the stream began: frames, key-frames, dropped-frames, bits, average-qindex (0 to 255), "
                         "queue-depth in frames, and with compute-psnr psnr, psnr-y, psnr-u and psnr-v in dB",
                         GST_TYPE_STRUCTURE, static_cast<GParamFlags>(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

}  // namespace tessera::gst
