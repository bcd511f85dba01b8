// The order in which pictures are coded: key frames, and mini-GOPs whose last picture is coded first (hidden),
// the others between them as a dyadic pyramid.
#pragma once

#include <cstdint>

#include "base/array.h"
#include "base/view.h"

namespace tessera {

inline constexpr int kMaxMiniGop = 16;
/// Layer 0 is the last picture of a mini-GOP, 4 what nothing refers to; shorter mini-GOPs leave the layers after 0 out.
inline constexpr int kMaxPyramidLayers = 5;

/// One step of coding order.
struct GopStep {
  uint64_t display_index = 0;
  int layer = 0;
  bool key = false;
  bool shown = true;          ///< false: coded hidden; a later step with show_existing displays it
  bool show_existing = false; ///< displays a picture that was coded hidden; nothing is coded
  int temporal_id = 0;        ///< scalability layer: refers to this and lower ones only
  bool droppable = false;     ///< of the highest of several temporal layers: nothing refers to it
};

/// Steps of one mini-GOP: at most one coding and one showing per picture.
struct GopSteps {
  Array<GopStep, 2 * kMaxMiniGop> step;
  int count = 0;
  void push(const GopStep& s) { step[count++] = s; }
};

/// The pyramid over pictures first .. first + length - 1 (length <= kMaxMiniGop), whose predecessor first - 1 is
/// already coded.
GopSteps make_pyramid(uint64_t first, int length);

/// One picture in display order without reordering. `position` counts from the last key frame: every fourth
/// picture is of layer 0, every second of layer 1, the others of layer 2.
GopStep make_low_delay_step(uint64_t display_index, uint64_t position);

inline constexpr int kMaxTemporalLayers = 3;

/// The temporal layer of the low-delay picture at `position`, of `layers` (1 .. 3) in all: each layer doubles the frame rate.
int low_delay_temporal_id(uint64_t position, int layers);

}  // namespace tessera
