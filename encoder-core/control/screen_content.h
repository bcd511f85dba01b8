// Is a picture a screen (text, windows, drawings) or a camera's? Screens want other transforms and smaller blocks.
#pragma once

#include "base/view.h"
#include "frame/search_settings.h"

namespace tessera {

/// Looks at every second row of 16x16 blocks: on a screen, one in 32 at least has strong contrast between few levels,
/// and a background of one.
template <Pixel P>
bool is_screen_content(PlaneView<const P> luma, int bit_depth);

/// What a picture that repeats itself (control/repeat_detector.h) wants as a key frame: copies, and no temporal filter, which
/// would make its repeats differ.
void adapt_to_repeats(SearchSettings& settings);

/// What screens want: palettes, residuals coded as they are (IDTX), 4x4 blocks, long scrolls found, partitions tried rather than
/// foreseen; and no temporal filter.
void adapt_to_screen_content(SearchSettings& settings);

extern template bool is_screen_content(PlaneView<const uint8_t>, int);
extern template bool is_screen_content(PlaneView<const uint16_t>, int);

}  // namespace tessera
