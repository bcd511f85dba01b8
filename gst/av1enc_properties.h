// The element's properties: one table row each, read into Settings, turned into the core's EncoderConfig.
#pragma once

#include <gst/gst.h>

#include <bitset>
#include <cstdint>
#include <string>
#include <vector>

#include "api/config.h"

namespace tessera::gst {

/// Property ids, in the order of the table in av1enc_properties.cpp.
enum PropertyId : guint {
  kPropNone,
  kPropCpuUsed,
  kPropEndUsage,
  kPropTargetBitrate,
  kPropCqLevel,
  kPropMinQuantizer,
  kPropMaxQuantizer,
  kPropUsageProfile,
  kPropLagInFrames,
  kPropKeyframeMaxDist,
  kPropKeyframeMode,
  kPropKeyframeMaxInterval,
  kPropThreads,
  kPropTileColumns,
  kPropTileRows,
  kPropBufSz,
  kPropBufInitialSz,
  kPropBufOptimalSz,
  kPropUndershootPct,
  kPropOvershootPct,
  kPropDropFrame,
  kPropEncPass,
  kPropRowMt,
  kPropSuperresMode,
  kPropSuperresDenominator,
  kPropSuperresKfDenominator,
  kPropSuperresQthresh,
  kPropSuperresKfQthresh,
  kPropResizeMode,
  kPropResizeDenominator,
  kPropResizeKfDenominator,
  kPropComputePsnr,
  kPropTemporalLayers,
  kPropIntraRefresh,
  kPropMultipassCacheFile,
  kPropStats,
  kPropCount
};

/// What the user has set. Not thread-safe: the element guards it with its object lock.
class Settings {
 public:
  Settings();
  int64_t operator[](PropertyId id) const { return value_[id]; }
  bool touched(PropertyId id) const { return touched_[id]; }
  const std::string& multipass_cache_file() const { return multipass_cache_file_; }

  void set(guint id, const GValue* value);
  void get(guint id, GValue* value) const;

  /// The end-usage in force: never kAuto; kQ wherever there is no target to meet.
  EndUsage end_usage() const;
  RuntimeSettings runtime() const;
  /// Takes over the properties that may change while playing.
  void adopt_runtime(const Settings& from);
  /// Everything the properties say; picture format and colour are left alone.
  void fill(EncoderConfig* config) const;
  /// One sentence for each setting that contradicts another or has no effect.
  std::vector<std::string> complaints() const;

 private:
  int64_t buffer_ms(PropertyId id) const;

  int64_t value_[kPropCount] = {};
  std::bitset<kPropCount> touched_;
  std::string multipass_cache_file_;
};

/// True for properties that take effect from the next frame on.
bool changes_while_playing(guint id);
void install_properties(GObjectClass* object_class);

}  // namespace tessera::gst
