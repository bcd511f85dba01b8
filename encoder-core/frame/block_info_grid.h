// The frame's decided blocks at 4x4 resolution: any unit leads to the record of the block that covers it. A
// record lives at its block's top-left unit, so the grid needs no allocation while blocks come and go.
#pragma once

#include "base/array2d.h"
#include "frame/block_info.h"
#include "spec/block_geometry.h"

namespace tessera {

class BlockInfoGrid {
 public:
  BlockInfoGrid() = default;
  BlockInfoGrid(int mi_rows, int mi_cols) { resize(mi_rows, mi_cols); }

  /// Allocates; contents are undefined until placed.
  void resize(int mi_rows, int mi_cols);
  int mi_rows() const { return mi_rows_; }
  int mi_cols() const { return mi_cols_; }

  const BlockInfo& at(int mi_row, int mi_col) const {
    const Origin o = origin_.at(mi_col, mi_row);
    return record_.at(o.mi_col, o.mi_row);
  }
  BlockInfo& at(int mi_row, int mi_col) {
    const Origin o = origin_.at(mi_col, mi_row);
    return record_.at(o.mi_col, o.mi_row);
  }
  /// Copies `info` into its place and points every unit that it covers inside the frame at it.
  void place(const BlockInfo& info);

 private:
  struct Origin {
    uint16_t mi_row, mi_col;
  };
  int mi_rows_ = 0, mi_cols_ = 0;
  Array2d<Origin> origin_;
  Array2d<BlockInfo> record_;
};

}  // namespace tessera
