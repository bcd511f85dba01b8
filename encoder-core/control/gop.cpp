#include "control/gop.h"

#include <bit>

namespace tessera {
namespace {

/// Codes what lies strictly between two coded pictures, the middle first. `hi` is hidden until its turn comes.
void code_between(GopSteps& steps, uint64_t lo, uint64_t hi) {
  if (hi - lo < 2) return;
  const int layer = kMaxPyramidLayers - std::bit_width(hi - lo - 1);
  const uint64_t mid = lo + (hi - lo) / 2;
  const bool shown = mid - lo == 1;
  steps.push({.display_index = mid, .layer = layer, .shown = shown});
  code_between(steps, lo, mid);
  if (!shown) steps.push({.display_index = mid, .layer = layer, .show_existing = true});
  code_between(steps, mid, hi);
}

}  // namespace

GopSteps make_pyramid(uint64_t first, int length) {
  GopSteps steps;
  const uint64_t last = first + length - 1;
  const bool shown = length == 1;
  steps.push({.display_index = last, .layer = 0, .shown = shown});
  code_between(steps, first - 1, last);
  if (!shown) steps.push({.display_index = last, .layer = 0, .show_existing = true});
  return steps;
}

GopStep make_low_delay_step(uint64_t display_index, uint64_t position) {
  const int layer = position % 4 == 0 ? 0 : position % 2 == 0 ? 1 : 2;
  return {.display_index = display_index, .layer = layer};
}

int low_delay_temporal_id(uint64_t position, int layers) {
  if (layers == 1) return 0;
  if (layers == 2) return static_cast<int>(position % 2);
  return position % 4 == 0 ? 0 : position % 2 == 0 ? 1 : 2;
}

}  // namespace tessera
