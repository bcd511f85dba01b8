// Transform sizes of a block: one for all (intra, skipped) or a tree of splits (inter).
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.16: read_block_tx_size( ). The tree of an inter block is read back from wc.tx_units, whose sizes
/// are what splitting the largest transform up to twice leads to. Enters the sizes into the context.
template <SymbolSink S>
void write_block_tx_size(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);

/// spec 5.11.15: tx_depth for a block of one transform size, which search weighs by itself. Writes nothing
/// where the size is implied.
template <SymbolSink S>
void write_tx_depth(S& sink, WriteContext& wc, const Neighbours& near, const BlockInfo& info);

/// spec 5.11.17: txfm_split at one node of the tree, `depth` 0 .. 2. Writes nothing where it is implied.
template <SymbolSink S>
void write_txfm_split(S& sink, WriteContext& wc, BlockSize mi_size, int mi_row, int mi_col, TxSize tx_size,
                      int depth, bool split);

/// spec 5.11.16: does the block code a tree of transform sizes?
inline bool codes_tx_tree(const WriteContext& wc, const BlockInfo& info) {
  return wc.header->tx_mode == TX_MODE_SELECT && info.size > BLOCK_4X4 && info.is_inter && !info.skip &&
         !wc.lossless(info);
}

}  // namespace tessera
