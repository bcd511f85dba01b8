#include "frame/block_info_grid.h"

#include <algorithm>

namespace tessera {

void BlockInfoGrid::resize(int mi_rows, int mi_cols) {
  mi_rows_ = mi_rows;
  mi_cols_ = mi_cols;
  origin_.resize(mi_cols, mi_rows);
  record_.resize(mi_cols, mi_rows);
}

void BlockInfoGrid::place(const BlockInfo& info) {
  const int rows = std::min<int>(Num_4x4_Blocks_High[info.size], mi_rows_ - info.mi_row);
  const int cols = std::min<int>(Num_4x4_Blocks_Wide[info.size], mi_cols_ - info.mi_col);
  const Origin o = {info.mi_row, info.mi_col};
  for (int r = 0; r < rows; r++) {
    Origin* row = origin_.view().ptr(info.mi_col, info.mi_row + r, cols, 1);
    std::fill(row, row + cols, o);
  }
  record_.at(info.mi_col, info.mi_row) = info;
}

}  // namespace tessera
