#include "frame/palette_grid.h"

namespace tessera {

void PaletteGrid::resize(const PictureFormat& format) {
  const int width = format.sb_cols() * kSbSize, height = format.sb_rows() * kSbSize;
  colors_.resize(width / 8, height / 8);
  map_[0].resize(width, height);
  if (!format.monochrome) map_[1].resize(width >> format.subsampling_x, height >> format.subsampling_y);
}

}  // namespace tessera
