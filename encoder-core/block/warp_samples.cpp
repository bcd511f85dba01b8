#include "block/warp_samples.h"

#include <cstdlib>

namespace tessera {
void WarpNeighbours::add(const BlockInfoGrid& grid, int mi_row, int mi_col) {
  const BlockInfo& cand = grid.at(mi_row, mi_col);
  if (cand.ref_frame[0] <= INTRA_FRAME || cand.ref_frame[1] != NONE) return;
  refs_ |= static_cast<uint8_t>(1 << cand.ref_frame[0]);
  blocks_.push_back(&cand);
}

void WarpNeighbours::prepare(const RefMvFrame& frame, const TileRect& tile, const RefMvBlock& block) {
  const BlockInfoGrid& grid = frame.grid;
  const int w4 = Num_4x4_Blocks_Wide[block.size], h4 = Num_4x4_Blocks_High[block.size];
  const int row = block.mi_row, col = block.mi_col;
  const bool avail_u = row > tile.mi_row_start, avail_l = col > tile.mi_col_start;
  bool do_top_left = avail_u && avail_l;
  bool do_top_right = avail_u && std::max(w4, h4) <= 16 && col + w4 < tile.mi_col_end;
  threshold_ = clip3(16, 112, std::max(block_width(block.size), block_height(block.size)));
  refs_ = 0;
  blocks_.clear();

  if (avail_u) {
    const int src_w = Num_4x4_Blocks_Wide[grid.at(row - 1, col).size];
    if (w4 <= src_w) {
      const int col_offset = col & (src_w - 1);
      if (col_offset > 0) do_top_left = false;
      if (src_w - col_offset > w4) do_top_right = false;
      add(grid, row - 1, col);
    } else {
      for (int i = 0; i < std::min(w4, grid.mi_cols() - col);) {
        add(grid, row - 1, col + i);
        i += std::min<int>(w4, Num_4x4_Blocks_Wide[grid.at(row - 1, col + i).size]);
      }
    }
  }
  if (avail_l) {
    const int src_h = Num_4x4_Blocks_High[grid.at(row, col - 1).size];
    if (h4 <= src_h) {
      if (row & (src_h - 1)) do_top_left = false;
      add(grid, row, col - 1);
    } else {
      for (int i = 0; i < std::min(h4, grid.mi_rows() - row);) {
        add(grid, row + i, col - 1);
        i += std::min<int>(h4, Num_4x4_Blocks_High[grid.at(row + i, col - 1).size]);
      }
    }
  }
  if (do_top_left) add(grid, row - 1, col - 1);
  if (do_top_right && top_right_is_coded(block, frame.sb_mi)) add(grid, row - 1, col + w4);
}

/// Each block is what the add sample process of spec 7.10.4.2 is invoked with.
WarpSamples WarpNeighbours::samples(RefFrame ref, Mv mv) const {
  WarpSamples out;
  int num_scanned = 0;  // NumSamplesScanned
  for (const BlockInfo* const cand : blocks_) {
    if (cand->ref_frame[0] != ref) continue;
    const bool valid = std::abs(cand->mv[0].row - mv.row) + std::abs(cand->mv[0].col - mv.col) <= threshold_;
    num_scanned++;
    if (valid || num_scanned == 1) {
      const int mid_y = cand->mi_row * MI_SIZE + Num_4x4_Blocks_High[cand->size] * 2 - 1;
      const int mid_x = cand->mi_col * MI_SIZE + Num_4x4_Blocks_Wide[cand->size] * 2 - 1;
      out.cand_list[out.num_samples] = {mid_y * 8, mid_x * 8, mid_y * 8 + cand->mv[0].row, mid_x * 8 + cand->mv[0].col};
      out.num_samples += valid;
    }
    if (num_scanned == LEAST_SQUARES_SAMPLES_MAX) break;
  }
  if (out.num_samples == 0 && num_scanned > 0) out.num_samples = 1;
  return out;
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
