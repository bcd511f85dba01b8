// Frames of random blocks and samples for tests of what reads decided frames.
#pragma once

#include <random>

#include "frame/frame_work.h"
#include "spec/tx_geometry.h"

namespace tessera {

/// What the specification keeps per plane for the loop filter: LoopfilterTxSizes, in 4x4 units of the plane.
struct LoopfilterTxSizes {
  Array2d<TxSize> plane[kPlanes];
};

class RandomBlocks {
 public:
  explicit RandomBlocks(uint32_t seed) : random_(seed) {}
  int in(int lo, int hi) { return std::uniform_int_distribution<int>(lo, hi)(random_); }

  /// Covers the frame with blocks of any shape up to 64x64, with random transform sizes, skip, references
  /// and modes.
  template <Pixel P>
  void place(FrameWork<P>& frame, LoopfilterTxSizes& sizes) {
    for (int p = 0; p < frame.format.planes(); p++)
      sizes.plane[p].resize(frame.tx.width() >> frame.format.ss_x(p),
                            frame.tx.height() >> frame.format.ss_y(p));
    for (int r = 0; r < frame.format.mi_rows(); r += kSbMi)
      for (int c = 0; c < frame.format.mi_cols(); c += kSbMi) partition(frame, sizes, r, c, BLOCK_64X64);
  }

  /// Plateaus with a little noise, so that every filter finds edges to its liking.
  template <Pixel P>
  void fill(View2d<P> samples, int bit_depth) {
    const int shift = bit_depth - 8, noise = in(0, 2) << shift, step = in(1, 24) << shift;
    const int middle = in(0, 4) == 0 ? (in(0, 1) ? 255 << shift : 0) : 128 << shift;
    for (int y = 0; y < samples.height(); y += 4)
      for (int x = 0; x < samples.width(); x += 4) {
        const int level = middle + in(-step, step) / (in(0, 2) + 1);
        for (int i = 0; i < 16; i++)
          samples.at(x + i % 4, y + i / 4) =
              clip_pixel<P>(level + in(-noise, noise) * (in(0, 9) == 0 ? 8 : 1), bit_depth);
      }
  }

 private:
  template <Pixel P>
  void partition(FrameWork<P>& frame, LoopfilterTxSizes& sizes, int row, int col, BlockSize size) {
    if (row >= frame.format.mi_rows() || col >= frame.format.mi_cols()) return;
    static constexpr Partition kKinds[] = {PARTITION_NONE,  PARTITION_HORZ,  PARTITION_VERT,
                                           PARTITION_SPLIT, PARTITION_SPLIT, PARTITION_HORZ_4,
                                           PARTITION_VERT_4};
    const Partition kind = kKinds[in(0, size == BLOCK_8X8 ? 3 : 6)];
    const BlockSize part = Partition_Subsize[kind][size];
    const int side = Num_4x4_Blocks_Wide[size], w = Num_4x4_Blocks_Wide[part], h = Num_4x4_Blocks_High[part];
    for (int r = row; r < row + side; r += h)
      for (int c = col; c < col + side; c += w)
        if (kind == PARTITION_SPLIT && size != BLOCK_8X8)
          partition(frame, sizes, r, c, part);
        else
          block(frame, sizes, r, c, part);
  }

  template <Pixel P>
  void block(FrameWork<P>& frame, LoopfilterTxSizes& sizes, int row, int col, BlockSize size) {
    const PictureFormat& format = frame.format;
    if (row >= format.mi_rows() || col >= format.mi_cols()) return;
    BlockInfo info;
    info.mi_row = static_cast<uint16_t>(row);
    info.mi_col = static_cast<uint16_t>(col);
    info.size = size;
    info.skip = in(0, 2) > 0;
    info.is_inter = in(0, 3) > 0;
    info.ref_frame[0] = info.is_inter ? static_cast<RefFrame>(in(LAST_FRAME, ALTREF_FRAME)) : INTRA_FRAME;
    info.y_mode =
        static_cast<PredictionMode>(info.is_inter ? in(NEARESTMV, NEW_NEWMV) : in(DC_PRED, PAETH_PRED));
    frame.blocks.place(info);
    const TxSize whole = Max_Tx_Size_Rect[size];
    const int w4 = Num_4x4_Blocks_Wide[size], h4 = Num_4x4_Blocks_High[size];
    for (int r = 0; r < h4; r += Tx_Height[whole] / 4)
      for (int c = 0; c < w4; c += Tx_Width[whole] / 4)
        transforms(frame, sizes, row + r, col + c, whole, info.is_inter && info.skip ? 2 : 0);

    if (format.monochrome) return;
    const int ss_x = format.subsampling_x, ss_y = format.subsampling_y;
    const bool has_chroma = (!ss_x || col % 2 || w4 % 2 == 0) && (!ss_y || row % 2 || h4 % 2 == 0);
    if (!has_chroma) return;
    const TxSize uv = get_tx_size_uv(size, ss_x, ss_y);
    const BlockSize plane_size = get_plane_residual_size(size, ss_x, ss_y);
    for (int p = 1; p < kPlanes; p++)
      for (int r = 0; r < Num_4x4_Blocks_High[plane_size]; r++)
        for (int c = 0; c < Num_4x4_Blocks_Wide[plane_size]; c++)
          sizes.plane[p].at((col >> ss_x) + c, (row >> ss_y) + r) = uv;
  }

  /// A random tree of transforms, or the whole at depth 2.
  template <Pixel P>
  void transforms(FrameWork<P>& frame, LoopfilterTxSizes& sizes, int row, int col, TxSize size, int depth) {
    const int w4 = Tx_Width[size] / 4, h4 = Tx_Height[size] / 4;
    if (depth < 2 && size != TX_4X4 && in(0, 1)) {
      const TxSize part = Split_Tx_Size[size];
      for (int r = 0; r < h4; r += Tx_Height[part] / 4)
        for (int c = 0; c < w4; c += Tx_Width[part] / 4)
          transforms(frame, sizes, row + r, col + c, part, depth + 1);
      return;
    }
    for (int r = row; r < row + h4; r++)
      for (int c = col; c < col + w4; c++) frame.tx.at(c, r).size = sizes.plane[0].at(c, r) = size;
  }

  std::mt19937 random_;
};

}  // namespace tessera
