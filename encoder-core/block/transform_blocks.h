// The transform blocks of a coded block in the order of the bitstream: luma as a tree (inter) or in raster
// order (intra), then both chroma planes. Writing, reconstruction and search walk with the same function.
#pragma once

#include "base/view.h"
#include "frame/block_info.h"
#include "frame/tx_grid.h"
#include "spec/frame_header.h"
#include "spec/sequence_header.h"
#include "spec/tx_geometry.h"

namespace tessera {

struct TransformBlock {
  int plane = 0;
  TxSize size = TX_4X4;
  int x4 = 0, y4 = 0;          ///< in 4x4 units of the plane, from the frame's origin
  int mi_row = 0, mi_col = 0;  ///< luma position: the TxGrid unit that holds the eob of this plane
};

/// What of the frame decides which transform blocks exist.
struct TransformLayout {
  int mi_rows = 0, mi_cols = 0;
  int subsampling_x = 1, subsampling_y = 1;

  TransformLayout() = default;
  TransformLayout(const SequenceHeader& sequence, const FrameHeader& header)
      : mi_rows(header.size.mi_rows),
        mi_cols(header.size.mi_cols),
        subsampling_x(sequence.color_config.subsampling_x),
        subsampling_y(sequence.color_config.subsampling_y) {}
};

/// spec 5.11.36: transform_tree( startX, startY, w, h ), positions and sizes in mode-info units.
/// `unit_size( mi_row, mi_col )` is InterTxSizes.
template <class UnitSize, class Fn>
void walk_transform_tree(const TransformLayout& layout, const UnitSize& unit_size, int mi_row, int mi_col,
                         int w4, int h4, Fn&& fn) {
  if (mi_row >= layout.mi_rows || mi_col >= layout.mi_cols) return;
  const TxSize size = unit_size(mi_row, mi_col);
  if (4 * w4 <= Tx_Width[size] && 4 * h4 <= Tx_Height[size]) {
    fn(TransformBlock{0, find_tx_size(4 * w4, 4 * h4), mi_col, mi_row, mi_row, mi_col});
    return;
  }
  const int step_w = w4 >= h4 ? w4 / 2 : w4, step_h = h4 >= w4 ? h4 / 2 : h4;
  for (int row = 0; row < h4; row += step_h)
    for (int col = 0; col < w4; col += step_w)
      walk_transform_tree(layout, unit_size, mi_row + row, mi_col + col, step_w, step_h, fn);
}

/// spec 5.11.34, 5.11.35: the raster of equal transform blocks of one plane of a block.
template <class Fn>
void walk_transform_raster(const TransformLayout& layout, const BlockInfo& info, int plane, TxSize size,
                           Fn&& fn) {
  const int ss_x = plane ? layout.subsampling_x : 0, ss_y = plane ? layout.subsampling_y : 0;
  const BlockSize plane_size = get_plane_residual_size(info.size, ss_x, ss_y);
  const int base_x4 = info.mi_col >> ss_x, base_y4 = info.mi_row >> ss_y;
  const int end_x4 = std::min(base_x4 + Num_4x4_Blocks_Wide[plane_size], layout.mi_cols >> ss_x);
  const int end_y4 = std::min(base_y4 + Num_4x4_Blocks_High[plane_size], layout.mi_rows >> ss_y);
  const int step_x = Tx_Width[size] >> 2, step_y = Tx_Height[size] >> 2;
  for (int y4 = base_y4; y4 < end_y4; y4 += step_y)
    for (int x4 = base_x4; x4 < end_x4; x4 += step_x)
      fn(TransformBlock{plane, size, x4, y4, y4 << ss_y, x4 << ss_x});
}

/// spec 5.11.37: get_tx_size( plane, TxSize ) of a chroma plane, lossless blocks included.
inline TxSize chroma_tx_size(const BlockInfo& info, const TransformLayout& layout, bool lossless) {
  return lossless ? TX_4X4 : get_tx_size_uv(info.size, layout.subsampling_x, layout.subsampling_y);
}

/// spec 5.11.34: residual( ): calls fn( TransformBlock ) for each transform block inside the frame, in coding
/// order. The luma tree of an inter block follows unit_size( mi_row, mi_col ), any other block info.tx_size.
template <class UnitSize, class Fn>
void for_each_transform_block(const TransformLayout& layout, const BlockInfo& info, bool lossless,
                              const UnitSize& unit_size, Fn&& fn) {
  check(block_width(info.size) <= kSbSize && block_height(info.size) <= kSbSize,
        "block larger than a superblock");
  if (info.is_inter && !lossless)
    walk_transform_tree(layout, unit_size, info.mi_row, info.mi_col, Num_4x4_Blocks_Wide[info.size],
                        Num_4x4_Blocks_High[info.size], fn);
  else
    walk_transform_raster(layout, info, 0, lossless ? TX_4X4 : info.tx_size, fn);
  if (!info.has_chroma) return;
  const TxSize uv_size = chroma_tx_size(info, layout, lossless);
  walk_transform_raster(layout, info, 1, uv_size, fn);
  walk_transform_raster(layout, info, 2, uv_size, fn);
}

}  // namespace tessera
