#include "block/palette_cache.h"

namespace tessera {
namespace {

Span<const uint16_t> neighbour_colors(const WriteContext& wc, int mi_row, int mi_col, int plane) {
  const BlockInfo& info = wc.blocks->at(mi_row, mi_col);
  if (!info.palette_size[plane]) return {};
  return {wc.palettes->colors(info.mi_row, info.mi_col)[plane].data(), info.palette_size[plane]};
}

}  // namespace

PaletteCache get_palette_cache(const WriteContext& wc, int mi_row, int mi_col, int plane) {
  Span<const uint16_t> above, left;
  // Rows of superblocks do not look at the one above them.
  if (mi_row % kSbMi) above = neighbour_colors(wc, mi_row - 1, mi_col, plane);
  if (mi_col > wc.context->tile().mi_col_start) left = neighbour_colors(wc, mi_row, mi_col - 1, plane);
  PaletteCache cache;
  ptrdiff_t a = 0, l = 0;
  while (a < above.size() || l < left.size()) {
    const bool from_left = a == above.size() || (l < left.size() && left[l] < above[a]);
    const uint16_t color = from_left ? left[l++] : above[a++];
    if (cache.empty() || cache.back() != color) cache.push_back(color);
  }
  return cache;
}

}  // namespace tessera
