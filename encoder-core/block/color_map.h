// The map of a palette block: its size, and how each of its indices is coded from those around it.
#pragma once

#include "block/transform_blocks.h"
#include "dsp/lanes.h"

namespace tessera {

/// Samples of a block's map in luma or chroma; only those on screen are coded.
struct ColorMapSize {
  int w, h, onscreen_w, onscreen_h;
};

/// spec 5.11.49: the sizes in palette_tokens( ), of blocks of at least 8x8.
inline ColorMapSize color_map_size(const TransformLayout& layout, const BlockInfo& info, int plane) {
  const int w = block_width(info.size), h = block_height(info.size);
  const int ss_x = plane ? layout.subsampling_x : 0, ss_y = plane ? layout.subsampling_y : 0;
  return {w >> ss_x, h >> ss_y, std::min(w, (layout.mi_cols - info.mi_col) * MI_SIZE) >> ss_x,
          std::min(h, (layout.mi_rows - info.mi_row) * MI_SIZE) >> ss_y};
}

/// The context and the value of palette_color_idx_y or _uv.
struct ColorSymbol {
  int ctx, value;
};

/// spec 5.11.50: get_palette_color_context( ) and the place of the colour at `at` in ColorOrder: colours of neighbours come
/// first, by weight (2 to the left and above, 1 between) and then by index; the others follow by index. Not for the corner.
inline ColorSymbol color_symbol(const uint8_t* at, ptrdiff_t stride, bool has_left, bool has_above) {
  const int color = *at;
  // Who is not in front stands behind all those in front, and behind the smaller of the others.
  if (!has_left || !has_above) {
    const int only = has_left ? at[-1] : at[-stride];
    return {0, color == only ? 0 : color + (only > color)};
  }
  const int left = at[-1], above = at[-stride], between = at[-stride - 1];
  if (left == above && left == between) return {4, color == left ? 0 : color + (left > color)};
  if (left != above && left != between && above != between) {
    const int first = std::min(left, above), second = std::max(left, above);
    if (color == first) return {1, 0};
    if (color == second) return {1, 1};
    return {1, color == between ? 2 : color + (first > color) + (second > color) + (between > color)};
  }
  const int first = left == above ? left : between, second = left == above ? between : left == between ? above : left;
  const int ctx = left == above ? 3 : 2;
  if (color == first) return {ctx, 0};
  return {ctx, color == second ? 1 : color + (first > color) + (second > color)};
}

/// color_symbol() of several samples of a row at once, each as 8 * ctx + value.
inline constexpr int kColorLanes = 16;
using ColorLanes = LanesOf<int8_t, kColorLanes>;

/// In the first row, or the first column: one neighbour.
inline ColorLanes color_symbols(ColorLanes color, ColorLanes only) {
  return color == only ? ColorLanes{} : color - (only > color);
}

inline ColorLanes color_symbols(ColorLanes color, ColorLanes left, ColorLanes above, ColorLanes between) {
  const ColorLanes across = left == above, same = across & (left == between), none = ~(across | (left == between) | (above == between));
  const ColorLanes first = none ? (left < above ? left : above) : across | (left == between) ? left : above;
  const ColorLanes second = none ? (left < above ? above : left) : across ? between : left == between ? above : left;
  const ColorLanes ctx = same ? ColorLanes{} + int8_t{4} : across ? ColorLanes{} + int8_t{3} : ColorLanes{} + int8_t{2} + none;
  ColorLanes value = color - (first > color) - (~same & (second > color)) - (none & (between > color));
  value = none & (color == between) ? ColorLanes{} + int8_t{2} : value;
  value = color == second ? ColorLanes{} + int8_t{1} : value;
  return 8 * ctx + (color == first ? ColorLanes{} : value);
}

}  // namespace tessera
