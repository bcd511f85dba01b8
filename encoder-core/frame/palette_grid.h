// The palettes of the frame's blocks: their colours, and for every sample which of them it has. Kept at the blocks' places, so
// that nothing is allocated while blocks come and go; BlockInfo::palette_size says which entries mean something.
#pragma once

#include "base/array.h"
#include "base/array2d.h"
#include "frame/plane.h"
#include "spec/constants.h"

namespace tessera {

/// palette_colors_y, palette_colors_u and palette_colors_v. Ascending in luma and U; V belongs to U.
using PaletteColors = Table2<uint16_t, kPlanes, PALETTE_COLORS>;

/// Blocks with palettes are at least 8x8 here (the standard allows 4x16 and 16x4 too).
class PaletteGrid {
 public:
  /// Allocates; contents are undefined.
  void resize(const PictureFormat& format);

  /// Colours of the block whose corner is there.
  PaletteColors& colors(int mi_row, int mi_col) { return colors_.at(mi_col >> 1, mi_row >> 1); }
  const PaletteColors& colors(int mi_row, int mi_col) const { return colors_.at(mi_col >> 1, mi_row >> 1); }
  /// ColorMapY or, of both chroma planes, ColorMapUV: by sample of the plane, whole superblocks.
  View2d<uint8_t> map(int plane) { return map_[plane > 0].view(); }
  View2d<const uint8_t> map(int plane) const { return map_[plane > 0].view(); }
  View2d<PaletteColors> all_colors() { return colors_.view(); }

 private:
  Array2d<PaletteColors> colors_;  ///< by 8x8 square
  Array2d<uint8_t> map_[2];
};

}  // namespace tessera
