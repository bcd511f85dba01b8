// CDEF over a frame (section 7.15), in place: superblock rows in any order and side by side, because what
// they read of each other before filtering is saved beforehand.
#pragma once

#include "dsp/dsp_table.h"
#include "frame/frame_work.h"

namespace tessera {

/// spec 5.9.19, 7.15: may the frame be filtered at all?
inline bool allows_cdef(const SequenceHeader& sequence, const FrameHeader& header) {
  return sequence.enable_cdef && !header.coded_lossless && !header.allow_intrabc;
}

/// The rows on either side of each boundary between superblock rows, as they are before CDEF.
template <Pixel P>
class CdefLines {
 public:
  /// When the frame is deblocked and before the first cdef_rows.
  void save(FrameWork<P>& frame);
  /// Row `y` of a plane; `y` is within kCdefBorder of boundary `sb_row` (the top of that superblock row).
  const P* row(int plane, int sb_row, int y_from_boundary) const {
    return lines_[plane].view().ptr(0, sb_row * 2 * kCdefBorder + kCdefBorder + y_from_boundary);
  }

 private:
  Array2d<P> lines_[kPlanes];
};

/// A 64x64 block of a plane with its border, as the kernels read it.
struct CdefTile {
  static constexpr int kLeft = 8;  ///< columns before the block: the border, aligned
  alignas(64) int16_t samples[(kSbSize + 2 * kCdefBorder) * kCdefTileStride];

  int16_t* at(int x, int y) { return samples + (y + kCdefBorder) * kCdefTileStride + kLeft + x; }
  const int16_t* at(int x, int y) const { return samples + (y + kCdefBorder) * kCdefTileStride + kLeft + x; }
};

/// Part of a plane: the samples of a superblock that belong to coded blocks, and all of those in the plane.
struct CdefRect {
  int x, y, width, height;
  int plane_width, plane_height;

  CdefRect(const PictureFormat& format, int plane, int sb_row, int sb_col);
};

/// Fills a tile: row_at( y ) gives row `y` of the plane from column 0 on, for y within kCdefBorder of the
/// rectangle. `keep_left`: the border on the left is there already.
template <class RowAt>
void load_cdef_tile(const CdefRect& rect, const RowAt& row_at, bool keep_left, CdefTile& tile) {
  const int begin = keep_left ? 0 : -kCdefBorder, end = rect.width + kCdefBorder;
  const int from = std::max(begin, -rect.x), to = std::min(end, rect.plane_width - rect.x);
  for (int y = -kCdefBorder; y < rect.height + kCdefBorder; y++) {
    int16_t* const out = tile.at(0, y);
    if (rect.y + y < 0 || rect.y + y >= rect.plane_height) {
      std::fill(out - kCdefBorder, out + end, kCdefUnavailable);
      continue;
    }
    const auto* const in = row_at(rect.y + y) + rect.x;
    std::fill(out + begin, out + from, kCdefUnavailable);
    for (int x = from; x < to; x++) out[x] = static_cast<int16_t>(in[x]);
    std::fill(out + to, out + end, kCdefUnavailable);
  }
}

/// spec 7.15.1: the 8x8 blocks of a superblock whose skip is 0, bit 8 * row + column.
uint64_t cdef_blocks(const BlockInfoGrid& blocks, int sb_row, int sb_col);

/// The strengths of a plane for one superblock, as coded; secondary 0, 1, 2 or 4.
struct CdefStrength {
  int pri = 0, sec = 0;
  explicit operator bool() const { return pri || sec; }
  bool operator==(const CdefStrength&) const = default;
};

/// Directions of the blocks of a superblock, where `blocks` has a bit.
using CdefDirections = Array<CdefDirection, 64>;
template <Pixel P>
void find_cdef_directions(const DspTable<P>& dsp, const CdefTile& luma, uint64_t blocks, int bit_depth,
                          CdefDirections& directions);

/// spec 7.15.1: what the filter process takes for block `block` (bit number) of a plane.
struct CdefBlockParams {
  int pri_str, sec_str, dir, damping;
  CdefBlockParams(const PictureFormat& format, int plane, CdefStrength strength, int cdef_damping,
                  const CdefDirection& direction);
  explicit operator bool() const { return pri_str || sec_str; }
};

/// Filters superblock rows of the reconstruction; `lines` were saved.
template <Pixel P>
void cdef_rows(FrameWork<P>& frame, const DspTable<P>& dsp, const CdefLines<P>& lines, int sb_row_begin,
               int sb_row_end);

#define TESSERA_DECLARE(P)                                                                      \
  extern template class CdefLines<P>;                                                           \
  extern template void find_cdef_directions(const DspTable<P>&, const CdefTile&, uint64_t, int, \
                                            CdefDirections&);                                   \
  extern template void cdef_rows(FrameWork<P>&, const DspTable<P>&, const CdefLines<P>&, int, int);
TESSERA_DECLARE(uint8_t)
TESSERA_DECLARE(uint16_t)
#undef TESSERA_DECLARE

}  // namespace tessera
