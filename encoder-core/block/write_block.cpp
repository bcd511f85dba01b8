#include "block/write_block.h"

#include "block/tx_type_rules.h"
#include "block/write_coeffs.h"
#include "block/write_inter_info.h"
#include "block/write_intra_info.h"
#include "block/write_loop_filter_info.h"
#include "block/write_palette.h"
#include "block/write_partition.h"
#include "block/write_sinks.h"
#include "block/write_tx_size.h"

namespace tessera {

TxType compute_tx_type(const WriteContext& wc, const BlockInfo& info, const TransformBlock& block) {
  if (block.plane == 0) {
    if (wc.lossless(info) || Tx_Size_Sqr_Up[block.size] > TX_32X32) return DCT_DCT;
    return wc.tx_units.at(block.mi_col, block.mi_row).type;
  }
  const TxType luma_type = info.is_inter
                               ? luma_unit_of_chroma(wc.tx_units, info, block.x4, block.y4,
                                                     wc.layout.subsampling_x, wc.layout.subsampling_y)
                                     .type
                               : DCT_DCT;
  return compute_tx_type_uv(*wc.header, info, block.size, luma_type);
}

template <SymbolSink S>
void write_mode_info(S& sink, WriteContext& wc, const BlockInfo& info) {
  const Neighbours near(*wc.context, info.mi_row, info.mi_col);
  if (wc.header->frame_is_intra())
    write_intra_frame_mode_info(sink, wc, info);
  else
    write_inter_frame_mode_info(sink, wc, info);
  write_palette_tokens(sink, wc, info);
  write_block_tx_size(sink, wc, near, info);
}

template <SymbolSink S>
void write_residual(S& sink, WriteContext& wc, const BlockInfo& info) {
  for_each_transform_block(wc, info, [&](const TransformBlock& block) {
    const TxUnit& unit = wc.tx_units.at(block.mi_col, block.mi_row);
    const int eob = unit.eob[block.plane];
    check(eob > 0 || block.plane > 0 || unit.type == DCT_DCT,
          "a transform without coefficients has type DCT_DCT");
    write_coeffs(sink, wc, info, block, compute_tx_type(wc, info, block), wc.coefs->at(wc.coef_cursor), eob);
    wc.coef_cursor += static_cast<uint32_t>(eob);
  });
}

template <SymbolSink S>
void write_block(S& sink, WriteContext& wc, const BlockInfo& info) {
  write_mode_info(sink, wc, info);
  if (info.skip)
    wc.context->clear_coefficients(info, wc.layout.subsampling_x, wc.layout.subsampling_y);
  else
    write_residual(sink, wc, info);
  wc.context->enter_block(info);
}

template <SymbolSink S>
void write_partition_tree(S& sink, WriteContext& wc, int mi_row, int mi_col, BlockSize size) {
  if (mi_row >= wc.layout.mi_rows || mi_col >= wc.layout.mi_cols) return;
  const Partition partition = partition_of_node(wc.blocks->at(mi_row, mi_col), size);
  write_partition(sink, wc, mi_row, mi_col, size, partition);
  if (partition == PARTITION_SPLIT) {
    const BlockSize sub_size = Partition_Subsize[PARTITION_SPLIT][size];
    const int half = Num_4x4_Blocks_Wide[sub_size];
    for (int i = 0; i < 4; i++)
      write_partition_tree(sink, wc, mi_row + (i >> 1) * half, mi_col + (i & 1) * half, sub_size);
    return;
  }
  for_each_block_of_partition(partition, size, mi_row, mi_col, wc.layout.mi_rows, wc.layout.mi_cols,
                              [&](int row, int col) { write_block(sink, wc, wc.blocks->at(row, col)); });
}

template <SymbolSink S>
void write_superblock(S& sink, WriteContext& wc, int mi_row, int mi_col) {
  wc.context->start_superblock(wc.header->delta.delta_q_present);
  write_restoration_units(sink, wc, mi_row, mi_col);
  write_partition_tree(sink, wc, mi_row, mi_col, BLOCK_64X64);
}

#define TESSERA_INSTANTIATE(S)                                                \
  template void write_block(S&, WriteContext&, const BlockInfo&);             \
  template void write_mode_info(S&, WriteContext&, const BlockInfo&);         \
  template void write_residual(S&, WriteContext&, const BlockInfo&);          \
  template void write_partition_tree(S&, WriteContext&, int, int, BlockSize); \
  template void write_superblock(S&, WriteContext&, int, int);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
