// From the user's quality level to the quantiser and the Lagrangian of each frame.
#pragma once

#include <cstdint>

#include "frame/frame_plan.h"

namespace tessera {

/// How frames build on each other.
enum class Layering : uint8_t {
  kPyramid,   ///< reordered, on hidden frames
  kLowDelay,  ///< each frame on ones shown before it
  kAllIntra,  ///< not at all
};
constexpr bool is_low_delay(Layering layering) { return layering != Layering::kPyramid; }

/// The field's 64 steps of quantisers (0 best) onto qindex 0 .. 255.
int quantizer_to_qindex(int quantizer);

/// Offset of qindex for an offset on that scale, -63 .. 63.
int quantizer_delta_to_qindex(int delta);

/// qindex of the leaves, or of all frames where there are no layers, for a quality of 0 (best) .. 63: such that what comes
/// out is about as good as what libaom and SVT-AV1 make of the same level.
int cq_level_to_qindex(int cq_level, Layering layering);

/// qindex of a frame of the given layer when leaves are coded at `leaf_qindex`: what many frames refer to is worth a finer
/// quantiser.
int layer_qindex(int leaf_qindex, int layer, bool key, Layering layering, int bit_depth);

/// log2 of what multiplies the step of a frame of this importance (control/importance.h), for what it differs from the
/// usual one of its layer; `strength` of that per unit of importance.
float importance_change(float importance, int layer, bool key, float strength);

/// qindex of the step nearest to that of `qindex` times 2 ^ log2_change; 0 stays 0, and others never become it.
int change_qindex(int qindex, float log2_change, int bit_depth);

/// Squared error at the coded depth that one bit is worth at this quantiser.
double frame_lambda(int qindex, int layer, bool key, Layering layering, int bit_depth);

}  // namespace tessera
