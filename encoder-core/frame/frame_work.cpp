#include "frame/frame_work.h"

namespace tessera {

template <Pixel P>
void FrameWork<P>::prepare(const PictureFormat& picture_format, const TileInfo& tiles) {
  if (format != picture_format) {
    format = picture_format;
    const int mi_cols = format.sb_cols() * kSbMi, mi_rows = format.sb_rows() * kSbMi;
    blocks.resize(format.mi_rows(), format.mi_cols());
    tx.resize(mi_cols, mi_rows);
    palettes.resize(format);
    motion_field.resize(format.mi_cols() / 2, format.mi_rows() / 2);
    deblock_edges.resize(format);
    cdef_idx.resize(format.sb_cols(), format.sb_rows());
    lambda_scale.resize(format.sb_cols(), format.sb_rows());
    for (int p = 0; p < format.planes(); p++) restoration[p].resize(format.sb_cols(), format.sb_rows());
  }
  const int rows = format.sb_rows() * tiles.tile_cols;
  if (coefs.size() < static_cast<size_t>(rows)) coefs.resize(static_cast<size_t>(rows));
  for (int i = 0; i < rows; i++) {
    const TileRect rect = tile_rect(tiles, i % tiles.tile_cols);
    const size_t luma = static_cast<size_t>(kSbSize) * static_cast<size_t>(align_up(rect.mi_cols(), kSbMi) * MI_SIZE);
    const size_t chroma = format.monochrome ? 0 : luma >> (format.subsampling_x + format.subsampling_y);
    coefs[static_cast<size_t>(i)].resize(luma + 2 * chroma);
  }
}

template struct FrameWork<uint8_t>;
template struct FrameWork<uint16_t>;

}  // namespace tessera
