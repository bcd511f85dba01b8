// Whole blocks and superblocks: the decided grid turned into symbols.
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.5: decode_block( ). Types, sizes and ends of block come from wc.tx_units, levels from wc.coefs
/// at wc.coef_cursor, which moves on.
template <SymbolSink S>
void write_block(S& sink, WriteContext& wc, const BlockInfo& info);

/// The part of a block before its residual: mode info and transform sizes (spec 5.11.6, 5.11.16). Does not
/// enter the block into the context.
template <SymbolSink S>
void write_mode_info(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.34: residual( ) of a block that is not skipped.
template <SymbolSink S>
void write_residual(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.4: decode_partition( ) and everything below it, walking wc.blocks.
template <SymbolSink S>
void write_partition_tree(S& sink, WriteContext& wc, int mi_row, int mi_col, BlockSize size);

/// spec 5.11.2: one superblock of decode_tile( ), its loop restoration units included.
template <SymbolSink S>
void write_superblock(S& sink, WriteContext& wc, int mi_row, int mi_col);

/// The transform type that a block's transform uses (spec 5.11.40), from the luma types in wc.tx_units.
TxType compute_tx_type(const WriteContext& wc, const BlockInfo& info, const TransformBlock& block);

/// spec 5.11.34: for_each_transform_block for a decided block, with the tree of an inter block read from
/// wc.tx_units.
template <class Fn>
void for_each_transform_block(const WriteContext& wc, const BlockInfo& info, Fn&& fn) {
  for_each_transform_block(
      wc.layout, info, wc.lossless(info),
      [&](int mi_row, int mi_col) { return wc.tx_units.at(mi_col, mi_row).size; }, std::forward<Fn>(fn));
}

}  // namespace tessera
