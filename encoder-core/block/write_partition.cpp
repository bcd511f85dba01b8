#include "block/write_partition.h"

#include "block/write_sinks.h"

namespace tessera {
namespace {

/// Writes into the CDF of the node's size: write( cdf ).
template <class Write>
void with_partition_cdf(CdfContext& cdfs, BlockSize size, int ctx, Write&& write) {
  switch (size) {
    case BLOCK_16X16: write(cdfs.partition_w16[ctx]); break;
    case BLOCK_32X32: write(cdfs.partition_w32[ctx]); break;
    case BLOCK_64X64: write(cdfs.partition_w64[ctx]); break;
    default: write(cdfs.partition_w128[ctx]); break;
  }
}

}  // namespace

template <SymbolSink S>
void write_partition(S& sink, const WriteContext& wc, int mi_row, int mi_col, BlockSize size,
                     Partition partition) {
  const int half = Num_4x4_Blocks_Wide[size] >> 1;
  const bool has_rows = mi_row + half < wc.layout.mi_rows, has_cols = mi_col + half < wc.layout.mi_cols;
  if (size < BLOCK_8X8 || (!has_rows && !has_cols)) return;
  const int ctx = partition_ctx(*wc.context, mi_row, mi_col, size);
  if (size == BLOCK_8X8) {  // an 8x8 node never crosses the frame's edge
    check(partition <= PARTITION_SPLIT, "partition not allowed in an 8x8 node");
    sink.symbol(wc.cdfs->partition_w8[ctx], partition);
    return;
  }
  with_partition_cdf(*wc.cdfs, size, ctx, [&](auto& cdf) {
    if (has_rows && has_cols) {
      sink.symbol(cdf, partition);
    } else if (has_cols) {
      check(partition == PARTITION_SPLIT || partition == PARTITION_HORZ,
            "partition not allowed at the bottom edge");
      sink.boolean(split_or_horz_word(cdf), partition == PARTITION_SPLIT);
    } else {
      check(partition == PARTITION_SPLIT || partition == PARTITION_VERT,
            "partition not allowed at the right edge");
      sink.boolean(split_or_vert_word(cdf), partition == PARTITION_SPLIT);
    }
  });
}

Partition partition_of_node(const BlockInfo& corner, BlockSize node) {
  const int w = block_width(corner.size), h = block_height(corner.size), n = block_width(node);
  int made_of = 0;  // side of the node that corner.partition divided
  switch (corner.partition) {
    case PARTITION_NONE:
    case PARTITION_SPLIT:  // what a 4x4 block may say: its node is its own, and codes no partition
    case PARTITION_HORZ:
    case PARTITION_HORZ_4:
    case PARTITION_HORZ_B: made_of = w; break;
    case PARTITION_VERT:
    case PARTITION_VERT_4:
    case PARTITION_VERT_B: made_of = h; break;
    case PARTITION_HORZ_A:
    case PARTITION_VERT_A: made_of = 2 * w; break;
    default: check(false, "no such partition"); break;
  }
  check(made_of <= n, "block larger than its node");
  if (made_of < n) return PARTITION_SPLIT;
  return corner.partition == PARTITION_SPLIT ? PARTITION_NONE : corner.partition;
}

#define TESSERA_INSTANTIATE(S) \
  template void write_partition(S&, const WriteContext&, int, int, BlockSize, Partition);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
