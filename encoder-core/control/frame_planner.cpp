#include "control/frame_planner.h"

#include <algorithm>

#include "base/int_math.h"
#include "control/quant_plan.h"
#include "frame/tile_layout.h"

namespace tessera {
namespace {

/// Tiles by picture size where none were asked for: enough for two threads from 720p on, and for four from 4K on,
/// whatever number of threads there is. Below, one tile codes better than it parallelises.
constexpr int kTwoTilesFrom = 1280 * 720, kFourTilesFrom = 3840 * 2160;

/// Eighth-sample vectors pay where the quantiser leaves detail to predict.
constexpr int kHighPrecisionMvBelow = 128;

}  // namespace

FramePlanner::FramePlanner(const SequencePlan& sequence) : sequence_(sequence), references_(sequence.low_delay()) {
  const PictureFormat& f = sequence.format;
  const int area = f.width * f.height;
  const int cols = sequence.tile_columns_log2 >= 0 ? sequence.tile_columns_log2
                   : area >= kTwoTilesFrom && f.width >= f.height ? 1 : area >= kFourTilesFrom ? 1 : 0;
  const int rows = sequence.tile_rows_log2 >= 0 ? sequence.tile_rows_log2
                   : area >= kFourTilesFrom || (area >= kTwoTilesFrom && f.width < f.height) ? 1 : 0;
  tiles_ = uniform_tile_layout(f.mi_cols(), f.mi_rows(), false, cols, rows);
  tiles_.context_update_tile_id = static_cast<uint16_t>(largest_tile(tiles_));
}

void FramePlanner::plan(const GopStep& step, const FrameChoices& choices, FramePlan& out) {
  out.sequence = sequence_.header;
  out.header = FrameHeader{};
  out.settings = choices.settings[frame_role(step.key, step.layer, sequence_.low_delay())];
  out.source_index = step.display_index;
  GopStep layered = step;
  layered.droppable = sequence_.temporal_layers > 1 && step.temporal_id == sequence_.temporal_layers - 1;
  references_.apply(layered, out);
  if (step.show_existing) return;
  FrameHeader& h = out.header;
  h.size = make_frame_size(sequence_.format.width, sequence_.format.height);
  h.tile_info = tiles_;
  if (sequence_.intra_refresh) refresh_.apply(choices.refresh_period, out);
  if (sequence_.error_resilient || sequence_.intra_refresh) {
    h.error_resilient_mode = true;
    h.primary_ref_frame = PRIMARY_REF_NONE;
  }
  plan_quantiser(step, choices, out);
  plan_tools(out);
}

void FramePlanner::plan_quantiser(const GopStep& step, const FrameChoices& choices, FramePlan& out) const {
  const int depth = sequence_.format.bit_depth;
  int q = layer_qindex(choices.leaf_qindex, step.layer, step.key, sequence_.layering, depth);
  q = change_qindex(q, choices.step_change, depth);
  q = clip3(choices.min_qindex, choices.max_qindex, q);
  out.header.quantization.base_q_idx = static_cast<uint8_t>(q);
  derive_lossless(out.header);
  out.lambda = frame_lambda(q, step.layer, step.key, sequence_.layering, depth);
}

void FramePlanner::plan_tools(FramePlan& out) const {
  FrameHeader& h = out.header;
  const bool intra = h.frame_is_intra();
  h.allow_intrabc = intra && out.settings.block_copies;
  h.allow_screen_content_tools = out.settings.screen_content || h.allow_intrabc;
  h.force_integer_mv = intra;
  h.allow_high_precision_mv = !intra && h.quantization.base_q_idx < kHighPrecisionMvBelow;
  h.is_filter_switchable = true;
  h.interpolation_filter = SWITCHABLE;
  const InterSettings& inter = out.settings.inter;
  // Vectors of neighbours may not predict where the block at hand must be clean.
  const bool modes = !intra && !sequence_.intra_refresh;
  h.allow_warped_motion = modes && inter.warp_candidates > 0 && sequence_.header.enable_warped_motion && !h.error_resilient_mode;
  h.is_motion_mode_switchable = modes && (inter.overlap_candidates > 0 || h.allow_warped_motion);
  h.use_ref_frame_mvs = !intra && sequence_.header.enable_ref_frame_mvs && !h.error_resilient_mode;
  h.tx_mode = h.coded_lossless ? ONLY_4X4 : TX_MODE_SELECT;
  h.reduced_tx_set = out.settings.reduced_tx_set;
  h.reference_select = !intra && out.settings.inter.compound;
  const SkipModeFrames skip = derive_skip_mode_frames(sequence_.header, h);
  // A block in skip mode has no residual, and seldom is a prediction lossless.
  h.skip_mode_present = skip.allowed && h.reference_select && !h.coded_lossless;
  h.skip_mode_frame = skip.frame;
}

}  // namespace tessera
