#include "control/screen_content.h"

#include <algorithm>
#include <initializer_list>

#include "base/array.h"

namespace tessera {
namespace {

constexpr int kSide = 16, kFewLevels = 16, kStrongContrast = 32;
/// Samples of a block that are one level: its background. Halves of such blocks' backgrounds are 0.88 and more on a terminal; on a smooth
/// camera clip with few levels (a car on asphalt) nine of ten are under this.
constexpr int kBackground = kSide * kSide / 2;
/// One block in so many. The share is 6 % on a terminal over a browser, 4 % on a picture beside two diagrams, under 1 % on camera clips,
/// animation and a 2-D game.
constexpr int kOneIn = 32;

/// Luma rows that a window may scroll between a picture and its reference. A terminal moves by 320 in a mini-GOP; 600, or 128
/// columns instead of 64, cost 2 to 4 % BD-rate there by finding what is alike by chance.
constexpr int kScroll = 400;
/// Of the guide's odds at either end. Terminal at cpu-used 8: 1.0 -23.1 %, 0.5 -23.6 %, 0.3 -24.3 %, at the same speed.
constexpr float kTrust = 0.3f;

/// Whether a block's samples of 8 bits are strongly apart, few different ones, and many the same. Most blocks of a camera are flat,
/// or have more levels in their first rows than a screen's in all.
template <Pixel P>
bool has_few_levels(PlaneView<const P> luma, int x, int y, int shift) {
  P least = luma.at(x, y), most = least;
  for (int r = 0; r < kSide; r++) {
    const P* const row = luma.ptr(x, y + r, kSide, 1);
    for (int c = 0; c < kSide; c++) least = std::min(least, row[c]), most = std::max(most, row[c]);
  }
  const auto level = [&](P sample) { return std::min(sample >> shift, 255); };
  if (level(most) - level(least) < kStrongContrast) return false;
  Array<uint16_t, 256> count = {};
  int levels = 0, commonest = 0;
  for (int r = 0; r < kSide; r++)
    for (int c = 0; c < kSide; c++) {
      const int samples = ++count[level(luma.at(x + c, y + r))];
      levels += samples == 1;
      commonest = std::max(commonest, samples);
      if (levels > kFewLevels) return false;
    }
  return commonest >= kBackground;
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

void adapt_to_repeats(SearchSettings& settings) {
  settings.block_copies = true;
  // Palettes are for screens.
  if (!settings.screen_content) settings.intra.palettes = 0;
  settings.temporal = {.key_after = 0, .base_before = 0, .base_after = 0};
}

void adapt_to_screen_content(SearchSettings& settings) {
  settings.screen_content = true;
  settings.tx.type_candidates = std::max(settings.tx.type_candidates, 5);
  settings.tx.type_candidates_inter = std::max(settings.tx.type_candidates_inter, 2);
  if (!settings.realtime) settings.partition.min = BLOCK_4X4;
  settings.inter.coarse_reach_y = std::max(settings.inter.coarse_reach_y, kScroll);
  // The guide was fitted to camera pictures: it must be surer of itself here.
  PartitionSettings& p = settings.partition;
  for (PartitionRules* rules : {&p.intra, &p.inter}) {
    rules->none_below *= kTrust;
    rules->split_above = 1 - (1 - rules->split_above) * kTrust;
  }
  p.stop_below *= kTrust;
  p.small_none_below *= kTrust;
  p.small_stop_below *= kTrust;
  p.small_above = 0;  // every 8x8 is tried in parts: glyphs are that small
  // There is no noise to average away.
  settings.temporal = {.key_after = 0, .base_before = 0, .base_after = 0};
}

template bool is_screen_content(PlaneView<const uint8_t>, int);
template bool is_screen_content(PlaneView<const uint16_t>, int);

}  // namespace tessera
