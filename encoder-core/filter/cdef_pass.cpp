#include "filter/cdef_pass.h"

#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// One superblock row, with what moves along it.
template <Pixel P>
class CdefRow {
 public:
  CdefRow(FrameWork<P>& frame, const DspTable<P>& dsp, const CdefLines<P>& lines, int sb_row)
      : frame_(frame), dsp_(dsp), lines_(lines), sb_row_(sb_row) {}

  void filter(int sb_col) {
    const PictureFormat& format = frame_.format;
    const CdefParams& cdef = frame_.header.cdef;
    const int idx = frame_.cdef_idx.at(sb_col, sb_row_);
    const uint64_t blocks = idx < 0 ? 0 : cdef_blocks(frame_.blocks, sb_row_, sb_col);
    CdefStrength luma, chroma;
    if (blocks) {
      luma = {cdef.cdef_y_pri_strength[idx], cdef.cdef_y_sec_strength[idx]};
      if (!format.monochrome) chroma = {cdef.cdef_uv_pri_strength[idx], cdef.cdef_uv_sec_strength[idx]};
    }
    CdefDirections directions = {};
    if (load(0, sb_col, luma || chroma.pri) && (luma.pri || chroma.pri))
      find_cdef_directions(dsp_, tiles_[0], blocks, format.bit_depth, directions);
    if (luma) filter_plane(0, sb_col, luma, blocks, directions);
    for (int p = 1; p < format.planes(); p++)
      if (load(p, sb_col, static_cast<bool>(chroma))) filter_plane(p, sb_col, chroma, blocks, directions);
  }

 private:
  /// Makes the plane's tile that of this superblock if it is wanted.
  bool load(int plane, int sb_col, bool wanted) {
    const bool left_loaded = loaded_[plane];
    loaded_[plane] = wanted;
    if (!wanted) return false;
    CdefTile& tile = tiles_[plane];
    const CdefRect rect(frame_.format, plane, sb_row_, sb_col);
    if (left_loaded) {
      const int width = kSbSize >> frame_.format.ss_x(plane);  // only the last superblock is narrower
      for (int y = -kCdefBorder; y < rect.height + kCdefBorder; y++)
        for (int x = -kCdefBorder; x < 0; x++) *tile.at(x, y) = *tile.at(x + width, y);
    }
    const PlaneView<P> samples = frame_.plane(plane);
    const auto row_at = [&](int y) -> const P* {
      if (y < rect.y) return lines_.row(plane, sb_row_, y - rect.y);
      if (y >= rect.y + rect.height) return lines_.row(plane, sb_row_ + 1, y - rect.y - rect.height);
      return samples.ptr(0, y);
    };
    load_cdef_tile(rect, row_at, left_loaded, tile);
    return true;
  }

  void filter_plane(int plane, int sb_col, CdefStrength strength, uint64_t blocks,
                    const CdefDirections& directions) {
    const PictureFormat& format = frame_.format;
    const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane);
    const PlaneView<P> samples = frame_.plane(plane);
    const auto kernel = dsp_.cdef.filter[ss_x][ss_y];
    const int x0 = sb_col * kSbSize >> ss_x, y0 = sb_row_ * kSbSize >> ss_y;
    for (uint64_t left = blocks; left; left &= left - 1) {
      const int block = std::countr_zero(left), x = (block & 7) * 8 >> ss_x, y = (block >> 3) * 8 >> ss_y;
      const CdefBlockParams params(format, plane, strength, frame_.header.cdef.cdef_damping,
                                   directions[block]);
      if (params)
        kernel(samples.ptr(x0 + x, y0 + y, 8 >> ss_x, 8 >> ss_y), samples.stride(), tiles_[plane].at(x, y),
               params.pri_str, params.sec_str, params.dir, params.damping, format.bit_depth);
    }
  }

  FrameWork<P>& frame_;
  const DspTable<P>& dsp_;
  const CdefLines<P>& lines_;
  int sb_row_;
  bool loaded_[kPlanes] = {};  ///< the tile holds the superblock on the left
  CdefTile tiles_[kPlanes];
};

}  // namespace

template <Pixel P>
void CdefLines<P>::save(FrameWork<P>& frame) {
  const PictureFormat& format = frame.format;
  for (int p = 0; p < format.planes(); p++) {
    const PlaneView<P> samples = frame.plane(p);
    const int boundaries = format.sb_rows() - 1;
    if (lines_[p].width() != samples.width() || lines_[p].height() < (boundaries + 1) * 2 * kCdefBorder)
      lines_[p].resize(samples.width(), (boundaries + 1) * 2 * kCdefBorder);
    for (int b = 1; b <= boundaries; b++)
      for (int y = -kCdefBorder; y < kCdefBorder; y++)
        std::copy_n(samples.ptr(0, (b * kSbSize >> format.ss_y(p)) + y), samples.width(),
                    lines_[p].view().ptr(0, b * 2 * kCdefBorder + kCdefBorder + y));
  }
}

CdefRect::CdefRect(const PictureFormat& format, int plane, int sb_row, int sb_col) {
  const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane);
  x = sb_col * kSbSize >> ss_x;
  y = sb_row * kSbSize >> ss_y;
  plane_width = format.mi_cols() * 4 >> ss_x;
  plane_height = format.mi_rows() * 4 >> ss_y;
  width = std::min(kSbSize >> ss_x, plane_width - x);
  height = std::min(kSbSize >> ss_y, plane_height - y);
}

uint64_t cdef_blocks(const BlockInfoGrid& blocks, int sb_row, int sb_col) {
  uint64_t mask = 0;
  const int row0 = sb_row * kSbMi, col0 = sb_col * kSbMi;
  const int rows = std::min(kSbMi, blocks.mi_rows() - row0), cols = std::min(kSbMi, blocks.mi_cols() - col0);
  for (int r = 0; r < rows; r += 2)
    for (int c = 0; c < cols; c += 2) {
      const auto skip = [&](int row, int col) { return blocks.at(row0 + row, col0 + col).skip; };
      const BlockInfo& first = blocks.at(row0 + r, col0 + c);
      const bool alone = std::min(block_width(first.size), block_height(first.size)) >= 8;
      if (!first.skip || (!alone && !(skip(r + 1, c) && skip(r, c + 1) && skip(r + 1, c + 1))))
        mask |= uint64_t{1} << (r / 2 * 8 + c / 2);
    }
  return mask;
}

template <Pixel P>
void find_cdef_directions(const DspTable<P>& dsp, const CdefTile& luma, uint64_t blocks, int bit_depth,
                          CdefDirections& directions) {
  for (uint64_t left = blocks; left; left &= left - 1) {
    const int block = std::countr_zero(left);
    directions[block] = dsp.cdef.direction(luma.at((block & 7) * 8, (block >> 3) * 8), bit_depth);
  }
}

CdefBlockParams::CdefBlockParams(const PictureFormat& format, int plane, CdefStrength strength,
                                 int cdef_damping, const CdefDirection& direction) {
  const int coeff_shift = format.bit_depth - 8;
  pri_str = strength.pri << coeff_shift;
  sec_str = strength.sec << coeff_shift;
  damping = cdef_damping + coeff_shift - (plane > 0);
  dir = pri_str == 0 ? 0
        : plane      ? Cdef_Uv_Dir[format.ss_x(plane)][format.ss_y(plane)][direction.dir]
                     : direction.dir;
  if (plane == 0) {
    const auto high = static_cast<uint32_t>(direction.var >> 6);
    const int var_str = high ? std::min(floor_log2(high), 12) : 0;
    pri_str = direction.var ? (pri_str * (4 + var_str) + 8) >> 4 : 0;
  }
}

template <Pixel P>
void cdef_rows(FrameWork<P>& frame, const DspTable<P>& dsp, const CdefLines<P>& lines, int sb_row_begin,
               int sb_row_end) {
  for (int sb_row = sb_row_begin; sb_row < sb_row_end; sb_row++) {
    CdefRow<P> row(frame, dsp, lines, sb_row);
    for (int sb_col = 0; sb_col < frame.format.sb_cols(); sb_col++) row.filter(sb_col);
  }
}

#define TESSERA_INSTANTIATE(P)                                                                             \
  template class CdefLines<P>;                                                                             \
  template void find_cdef_directions(const DspTable<P>&, const CdefTile&, uint64_t, int, CdefDirections&); \
  template void cdef_rows(FrameWork<P>&, const DspTable<P>&, const CdefLines<P>&, int, int);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
