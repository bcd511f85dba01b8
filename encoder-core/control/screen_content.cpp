#include "control/screen_content.h"

#include <algorithm>

#include "base/array.h"

namespace tessera {
namespace {

constexpr int kSide = 16, kFewLevels = 16, kStrongContrast = 32;
/// One block in so many. The share is 8 % on a terminal over a browser, under 1 % on camera clips, animation and a 2-D game.
constexpr int kOneIn = 25;

template <Pixel P>
bool has_few_levels(PlaneView<const P> luma, int x, int y, int shift) {
  Array<bool, 256> seen = {};
  int levels = 0, least = 255, most = 0;
  for (int r = 0; r < kSide; r++)
    for (int c = 0; c < kSide; c++) {
      const int v = std::min(luma.at(x + c, y + r) >> shift, 255);
      if (seen[v]) continue;
      seen[v] = true;
      least = std::min(least, v);
      most = std::max(most, v);
      if (++levels > kFewLevels) return false;
    }
  return most - least >= kStrongContrast;
}

}  // namespace

template <Pixel P>
bool is_screen_content(PlaneView<const P> luma, int bit_depth) {
  int blocks = 0, found = 0;
  for (int y = 0; y + kSide <= luma.height(); y += 2 * kSide)
    for (int x = 0; x + kSide <= luma.width(); x += kSide) {
      blocks++;
      found += has_few_levels(luma, x, y, bit_depth - 8);
    }
  return found > 0 && found * kOneIn >= blocks;
}

void adapt_to_screen_content(SearchSettings& settings) {
  settings.screen_content = true;
  settings.tx.type_candidates = std::max(settings.tx.type_candidates, 5);
  settings.tx.type_candidates_inter = std::max(settings.tx.type_candidates_inter, 2);
  if (!settings.realtime) settings.partition.min = BLOCK_4X4;
}

template bool is_screen_content(PlaneView<const uint8_t>, int);
template bool is_screen_content(PlaneView<const uint16_t>, int);

}  // namespace tessera
