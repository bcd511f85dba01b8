#include "api/config_check.h"

namespace tessera {
namespace {

Status in_range(const char* name, int64_t value, int64_t lo, int64_t hi) {
  if (value >= lo && value <= hi) return {};
  return Status::invalid(std::string(name) + " is " + std::to_string(value) + ", allowed are " + std::to_string(lo) + " to " +
                         std::to_string(hi));
}

}  // namespace

#define TESSERA_TRY(expression) \
  if (Status status = (expression); !status.ok()) return status

Status check_runtime(const RuntimeSettings& s) {
  TESSERA_TRY(in_range("cpu-used", s.cpu_used, 0, 10));
  TESSERA_TRY(in_range("cq-level", s.cq_level, 0, 63));
  TESSERA_TRY(in_range("min-quantizer", s.min_quantizer, 0, 63));
  TESSERA_TRY(in_range("max-quantizer", s.max_quantizer, 0, 63));
  if (s.min_quantizer > s.max_quantizer)
    return Status::invalid("min-quantizer is " + std::to_string(s.min_quantizer) + ", more than max-quantizer, " +
                           std::to_string(s.max_quantizer));
  TESSERA_TRY(in_range("keyframe-max-dist", s.keyframe_max_dist, 0, 1 << 30));
  return {};
}

Status check_config(const EncoderConfig& c) {
  TESSERA_TRY(in_range("width", c.width, 1, 65536));
  TESSERA_TRY(in_range("height", c.height, 1, 65536));
  if (c.bit_depth != 8 && c.bit_depth != 10 && c.bit_depth != 12)
    return {StatusCode::kUnsupported, "bit depth is " + std::to_string(c.bit_depth) + ", supported are 8, 10 and 12"};
  if (c.color.matrix_coefficients == 0 && c.chroma != ChromaFormat::k444)
    return Status::invalid("matrix_coefficients is 0 (identity), which only 4:4:4 may have");
  if (c.fps_numerator < 0 || c.fps_denominator <= 0)
    return Status::invalid("frame rate is " + std::to_string(c.fps_numerator) + "/" + std::to_string(c.fps_denominator) +
                           ", it must not be negative and its denominator must be positive");
  if (c.pass != Pass::kOne && c.statistics_file.empty())
    return Status::invalid("multipass-cache-file is empty, two passes need one");
  TESSERA_TRY(in_range("lag-in-frames", c.lag_in_frames, -1, 48));
  TESSERA_TRY(in_range("temporal-layers", c.temporal_layers, 1, 3));
  if (c.temporal_layers > 1 && c.usage_profile == UsageProfile::kGoodQuality && c.lag_in_frames != 0)
    return Status::invalid("temporal-layers is " + std::to_string(c.temporal_layers) +
                           ", more than 1 needs usage-profile=realtime or lag-in-frames=0");
  if (c.intra_refresh && c.usage_profile != UsageProfile::kRealtime)
    return Status::invalid("intra-refresh is true with another usage-profile than realtime, allowed is usage-profile=realtime");
  if (c.intra_refresh && c.temporal_layers > 1)
    return Status::invalid("temporal-layers is " + std::to_string(c.temporal_layers) + ", with intra-refresh=true allowed is 1");
  TESSERA_TRY(in_range("least_level_idx", c.least_level_idx, 0, 23));
  TESSERA_TRY(in_range("threads", c.threads, 0, 1024));
  TESSERA_TRY(in_range("tile-columns", c.tile_columns_log2, -1, 6));
  TESSERA_TRY(in_range("tile-rows", c.tile_rows_log2, -1, 6));
  return check_runtime(c.runtime);
}

#undef TESSERA_TRY

}  // namespace tessera
