// The partition symbol of one node of the block tree, and the shape of the tree read back from decided
// blocks.
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.4: partition, split_or_horz or split_or_vert of the square node `size` at this position,
/// whatever the frame's edges leave to say. `partition` must be one that they allow.
template <SymbolSink S>
void write_partition(S& sink, const WriteContext& wc, int mi_row, int mi_col, BlockSize size,
                     Partition partition);

/// Which partition made the blocks of the node: follows from the block at its top-left corner.
Partition partition_of_node(const BlockInfo& corner, BlockSize node);

/// spec 5.11.4: calls block( mi_row, mi_col ) for each block of a node that is not split, in coding order.
template <class Fn>
void for_each_block_of_partition(Partition partition, BlockSize node, int mi_row, int mi_col, int mi_rows,
                                 int mi_cols, Fn&& block) {
  const int half = Num_4x4_Blocks_Wide[node] >> 1, quarter = half >> 1;
  switch (partition) {
    case PARTITION_NONE: block(mi_row, mi_col); break;
    case PARTITION_HORZ:
      block(mi_row, mi_col);
      if (mi_row + half < mi_rows) block(mi_row + half, mi_col);
      break;
    case PARTITION_VERT:
      block(mi_row, mi_col);
      if (mi_col + half < mi_cols) block(mi_row, mi_col + half);
      break;
    case PARTITION_HORZ_A:
      block(mi_row, mi_col);
      block(mi_row, mi_col + half);
      block(mi_row + half, mi_col);
      break;
    case PARTITION_HORZ_B:
      block(mi_row, mi_col);
      block(mi_row + half, mi_col);
      block(mi_row + half, mi_col + half);
      break;
    case PARTITION_VERT_A:
      block(mi_row, mi_col);
      block(mi_row + half, mi_col);
      block(mi_row, mi_col + half);
      break;
    case PARTITION_VERT_B:
      block(mi_row, mi_col);
      block(mi_row, mi_col + half);
      block(mi_row + half, mi_col + half);
      break;
    case PARTITION_HORZ_4:
      for (int i = 0; i < 4; i++)
        if (mi_row + i * quarter < mi_rows) block(mi_row + i * quarter, mi_col);
      break;
    case PARTITION_VERT_4:
      for (int i = 0; i < 4; i++)
        if (mi_col + i * quarter < mi_cols) block(mi_row, mi_col + i * quarter);
      break;
    default: check(false, "a split node has no blocks of its own"); break;
  }
}

}  // namespace tessera
