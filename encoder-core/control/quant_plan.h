// From the user's quality level to the quantiser and the Lagrangian of each frame.
#pragma once

#include "frame/frame_plan.h"

namespace tessera {

/// The 64-step quality scale of the field (0 best) onto qindex 0..255.
int cq_level_to_qindex(int cq_level);

/// Offset of qindex for an offset on that scale, -63 .. 63.
int level_delta_to_qindex(int delta);

/// qindex of a frame of the given pyramid layer when leaves are coded at `leaf_qindex`: what many frames refer to
/// is worth a finer quantiser. `layers` is the depth of the pyramid (1: no pyramid).
int layer_qindex(int leaf_qindex, int layer, bool key, bool low_delay, int bit_depth);

/// log2 of what multiplies the step of a frame of this importance (control/importance.h), for what it differs from the
/// usual one of its layer; `strength` of that per unit of importance.
float importance_change(float importance, int layer, bool key, float strength);

/// qindex of the step nearest to that of `qindex` times 2 ^ log2_change; 0 stays 0, and others never become it.
int change_qindex(int qindex, float log2_change, int bit_depth);

/// Squared error at the coded depth that one bit is worth at this quantiser.
double frame_lambda(int qindex, int layer, bool key, bool low_delay, int bit_depth);

}  // namespace tessera
