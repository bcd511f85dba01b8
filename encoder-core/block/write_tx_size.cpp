#include "block/write_tx_size.h"

#include "block/write_sinks.h"

namespace tessera {

template <SymbolSink S>
void write_tx_depth(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  if (wc.lossless(info)) return;
  const bool allow_select = !info.skip || !info.is_inter;
  TxSize size = Max_Tx_Size_Rect[info.size];
  if (info.size == BLOCK_4X4 || !allow_select || wc.header->tx_mode != TX_MODE_SELECT) {
    check(info.tx_size == size || wc.header->tx_mode == ONLY_4X4, "transform size is implied");
    return;
  }
  int depth = 0;
  while (size != info.tx_size && depth < 2) {
    size = Split_Tx_Size[size];
    depth++;
  }
  check(size == info.tx_size, "transform size that the block cannot have");
  const int ctx = tx_depth_ctx(*wc.context, near, info);
  CdfContext& cdfs = *wc.cdfs;
  switch (Max_Tx_Depth[info.size]) {
    case 4: sink.symbol(cdfs.tx_64x64[ctx], depth); break;
    case 3: sink.symbol(cdfs.tx_32x32[ctx], depth); break;
    case 2: sink.symbol(cdfs.tx_16x16[ctx], depth); break;
    default: sink.symbol(cdfs.tx_8x8[ctx], depth); break;
  }
}

template <SymbolSink S>
void write_txfm_split(S& sink, WriteContext& wc, BlockSize mi_size, int mi_row, int mi_col, TxSize tx_size,
                      int depth, bool split) {
  if (tx_size == TX_4X4 || depth == MAX_VARTX_DEPTH) {
    check(!split, "transform split deeper than allowed");
    return;
  }
  sink.symbol(wc.cdfs->txfm_split[txfm_split_ctx(*wc.context, mi_size, mi_row, mi_col, tx_size)], split);
}

namespace {

/// spec 5.11.17: read_var_tx_size( row, col, txSz, depth ).
template <SymbolSink S>
void write_tx_tree(S& sink, WriteContext& wc, BlockSize mi_size, int mi_row, int mi_col, TxSize tx_size,
                   int depth) {
  if (mi_row >= wc.layout.mi_rows || mi_col >= wc.layout.mi_cols) return;
  const bool split = wc.tx_units.at(mi_col, mi_row).size != tx_size;
  write_txfm_split(sink, wc, mi_size, mi_row, mi_col, tx_size, depth, split);
  const int w4 = Tx_Width[tx_size] >> 2, h4 = Tx_Height[tx_size] >> 2;
  if (!split) {
    wc.context->enter_tx_size(mi_row, mi_col, w4, h4, Tx_Width_Log2[tx_size], Tx_Height_Log2[tx_size]);
    return;
  }
  const TxSize sub_size = Split_Tx_Size[tx_size];
  for (int row = 0; row < h4; row += Tx_Height[sub_size] >> 2)
    for (int col = 0; col < w4; col += Tx_Width[sub_size] >> 2)
      write_tx_tree(sink, wc, mi_size, mi_row + row, mi_col + col, sub_size, depth + 1);
}

}  // namespace

template <SymbolSink S>
void write_block_tx_size(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info) {
  const int bw4 = Num_4x4_Blocks_Wide[info.size], bh4 = Num_4x4_Blocks_High[info.size];
  if (codes_tx_tree(wc, info)) {
    // Blocks are at most 64x64, so that the largest transform covers all of them.
    write_tx_tree(sink, wc, info.size, info.mi_row, info.mi_col, Max_Tx_Size_Rect[info.size], 0);
    return;
  }
  write_tx_depth(sink, wc, near, info);
  if (info.is_inter && info.skip) {
    wc.context->enter_tx_size(info.mi_row, info.mi_col, bw4, bh4, block_width_log2(info.size),
                              block_height_log2(info.size));
  } else {
    const TxSize size = wc.lossless(info) ? TX_4X4 : info.tx_size;
    wc.context->enter_tx_size(info.mi_row, info.mi_col, bw4, bh4, Tx_Width_Log2[size], Tx_Height_Log2[size]);
  }
}

#define TESSERA_INSTANTIATE(S)                                                               \
  template void write_block_tx_size(S&, WriteContext&, const Neighbours&, const BlockInfo&); \
  template void write_tx_depth(S&, WriteContext&, const Neighbours&, const BlockInfo&);      \
  template void write_txfm_split(S&, WriteContext&, BlockSize, int, int, TxSize, int, bool);
TESSERA_FOR_EACH_SINK(TESSERA_INSTANTIATE)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
