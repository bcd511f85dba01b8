#include "block/warp_samples.h"

#include <cstdlib>

namespace tessera {
namespace {

class WarpSampleScan {
 public:
  WarpSampleScan(const BlockInfoGrid& grid, const RefMvBlock& block, RefFrame ref, Mv mv)
      : grid_(grid),
        block_(block),
        ref_(ref),
        mv_(mv),
        threshold_(clip3(16, 112, std::max(block_width(block.size), block_height(block.size)))) {}

  void add(int delta_row, int delta_col);
  WarpSamples finish();

 private:
  const BlockInfoGrid& grid_;
  const RefMvBlock& block_;
  const RefFrame ref_;
  const Mv mv_;
  const int threshold_;
  int num_scanned_ = 0;  ///< NumSamplesScanned
  WarpSamples out_;
};

/// spec 7.10.4.2: add sample process. The place must be inside the tile and coded.
void WarpSampleScan::add(int delta_row, int delta_col) {
  if (num_scanned_ >= LEAST_SQUARES_SAMPLES_MAX) return;
  const BlockInfo& cand = grid_.at(block_.mi_row + delta_row, block_.mi_col + delta_col);
  if (cand.ref_frame[0] != ref_ || cand.ref_frame[1] != NONE) return;
  const bool valid = std::abs(cand.mv[0].row - mv_.row) + std::abs(cand.mv[0].col - mv_.col) <= threshold_;
  num_scanned_++;
  if (!valid && num_scanned_ > 1) return;
  const int mid_y = cand.mi_row * MI_SIZE + Num_4x4_Blocks_High[cand.size] * 2 - 1;
  const int mid_x = cand.mi_col * MI_SIZE + Num_4x4_Blocks_Wide[cand.size] * 2 - 1;
  out_.cand_list[out_.num_samples] = {mid_y * 8, mid_x * 8, mid_y * 8 + cand.mv[0].row,
                                      mid_x * 8 + cand.mv[0].col};
  if (valid) out_.num_samples++;
}

WarpSamples WarpSampleScan::finish() {
  if (out_.num_samples == 0 && num_scanned_ > 0) out_.num_samples = 1;
  return out_;
}

}  // namespace

WarpSamples find_warp_samples(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block,
                              RefFrame ref, Mv mv) {
  const BlockInfoGrid& grid = frame.grid;
  const int w4 = Num_4x4_Blocks_Wide[block.size], h4 = Num_4x4_Blocks_High[block.size];
  const bool avail_u = block.mi_row > tile.mi_row_start, avail_l = block.mi_col > tile.mi_col_start;
  bool do_top_left = avail_u && avail_l;
  bool do_top_right = avail_u && std::max(w4, h4) <= 16 && block.mi_col + w4 < tile.mi_col_end;
  WarpSampleScan scan(grid, block, ref, mv);

  if (avail_u) {
    const int src_w = Num_4x4_Blocks_Wide[grid.at(block.mi_row - 1, block.mi_col).size];
    if (w4 <= src_w) {
      const int col_offset = block.mi_col & (src_w - 1);
      if (col_offset > 0) do_top_left = false;
      if (src_w - col_offset > w4) do_top_right = false;
      scan.add(-1, 0);
    } else {
      for (int i = 0; i < std::min(w4, grid.mi_cols() - block.mi_col);) {
        scan.add(-1, i);
        i += std::min<int>(w4, Num_4x4_Blocks_Wide[grid.at(block.mi_row - 1, block.mi_col + i).size]);
      }
    }
  }
  if (avail_l) {
    const int src_h = Num_4x4_Blocks_High[grid.at(block.mi_row, block.mi_col - 1).size];
    if (h4 <= src_h) {
      if (block.mi_row & (src_h - 1)) do_top_left = false;
      scan.add(0, -1);
    } else {
      for (int i = 0; i < std::min(h4, grid.mi_rows() - block.mi_row);) {
        scan.add(i, -1);
        i += std::min<int>(h4, Num_4x4_Blocks_High[grid.at(block.mi_row + i, block.mi_col - 1).size]);
      }
    }
  }
  if (do_top_left) scan.add(-1, -1);
  if (do_top_right && top_right_is_coded(block, frame.sb_mi)) scan.add(-1, w4);
  return scan.finish();
}

bool has_overlappable_candidates(const BlockInfoGrid& grid, const TileRect& tile, const RefMvBlock& block) {
  if (block.mi_row > tile.mi_row_start) {
    const int end = std::min(grid.mi_cols(), block.mi_col + Num_4x4_Blocks_Wide[block.size]);
    for (int x4 = block.mi_col; x4 < end; x4 += 2)
      if (grid.at(block.mi_row - 1, x4 | 1).ref_frame[0] > INTRA_FRAME) return true;
  }
  if (block.mi_col > tile.mi_col_start) {
    const int end = std::min(grid.mi_rows(), block.mi_row + Num_4x4_Blocks_High[block.size]);
    for (int y4 = block.mi_row; y4 < end; y4 += 2)
      if (grid.at(y4 | 1, block.mi_col - 1).ref_frame[0] > INTRA_FRAME) return true;
  }
  return false;
}

}  // namespace tessera
