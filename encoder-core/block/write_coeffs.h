// Coefficients of a transform block.
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.39: coeffs( ). `levels` in scan order, `eob` of them (0: all_zero), the last not zero. `type` is
/// the plane's transform type (PlaneTxType); for luma it is coded here. Enters the coefficient contexts.
template <SymbolSink S>
void write_coeffs(S& sink, WriteContext& wc, const BlockInfo& info, const TransformBlock& block, TxType type,
                  const Level* levels, int eob);

/// The symbols alone, with contexts gathered before: for a search, which enters only what it keeps.
template <SymbolSink S>
void write_coeff_symbols(S& sink, WriteContext& wc, const BlockInfo& info, const TransformBlock& block,
                         const TxbContexts& ctx, TxType type, const Level* levels, int eob);

/// spec 5.11.47: transform_type( ) of a luma block. Writes nothing where DCT_DCT is implied.
template <SymbolSink S>
void write_tx_type(S& sink, WriteContext& wc, const BlockInfo& info, TxSize tx_size, TxType type);

/// Contexts of all_zero and dc_sign of a transform block.
TxbContexts txb_contexts(const WriteContext& wc, const BlockInfo& info, const TransformBlock& block);
/// spec 5.11.39: what a transform block leaves to its neighbours: culLevel | dcCategory << 6.
/// `levels` in scan order, or all of the raster.
int coef_context_value(const Level* levels, int eob);
/// Enters that value over the block's extent, as far as the frame reaches.
void enter_coef_context(WriteContext& wc, const TransformBlock& block, int value);

}  // namespace tessera
