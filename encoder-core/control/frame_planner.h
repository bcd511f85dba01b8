// From a step of coding order to a complete FramePlan: headers, references, quantiser, Lagrangian, search effort.
#pragma once

#include "control/intra_refresh.h"
#include "control/quant_plan.h"
#include "control/reference_plan.h"
#include "frame/plane.h"
#include "frame/role_settings.h"

namespace tessera {

/// What stays for a sequence.
struct SequencePlan {
  SequenceHeader header;
  PictureFormat format;
  Layering layering = Layering::kPyramid;
  bool error_resilient = false;
  bool intra_refresh = false;  ///< without reordering and with one temporal layer only; frames are error resilient
  int temporal_layers = 1;  ///< 1 .. kMaxTemporalLayers; more than 1 without reordering only
  int tile_columns_log2 = -1, tile_rows_log2 = -1;
  bool low_delay() const { return is_low_delay(layering); }
};

/// What may change from frame to frame.
struct FrameChoices {
  int leaf_qindex = 128;     ///< of the highest pyramid layer
  int min_qindex = 0, max_qindex = 255;
  RoleSettings settings;
  float step_change = 0;     ///< log2 of what multiplies the step that the frame's layer has
  int refresh_period = 0;    ///< frames in which intra refresh goes over the picture; 0: it rests
};

class FramePlanner {
 public:
  explicit FramePlanner(const SequencePlan& sequence);

  /// Plans the next step in coding order.
  void plan(const GopStep& step, const FrameChoices& choices, FramePlan& out);
  void reset() {
    references_.reset();
    refresh_.reset();
  }
  const SequencePlan& sequence() const { return sequence_; }
  const TileInfo& tiles() const { return tiles_; }

 private:
  void plan_quantiser(const GopStep& step, const FrameChoices& choices, FramePlan& out) const;
  void plan_tools(FramePlan& out) const;

  SequencePlan sequence_;
  TileInfo tiles_;
  ReferencePlan references_;
  IntraRefresh refresh_;
};

}  // namespace tessera
