// How the light of a picture differs from another's: fades and flashes change every sample alike, and no vector finds a block
// again before that is undone.
#pragma once

#include <cstdint>

#include "base/view.h"

namespace tessera {

/// A sample s of the one picture shows as gain * s + offset in the other.
struct LightChange {
  double gain = 1, offset = 0;

  bool any() const { return gain != 1 || offset != 0; }
};

/// What makes mean and deviation of `from` those of `to` (of one size); nothing where they hardly differ.
LightChange light_change(View2d<const uint8_t> from, View2d<const uint8_t> to);
/// Changes every sample of `picture`, margins included.
void relight(const LightChange& change, View2d<uint8_t> picture);

}  // namespace tessera
