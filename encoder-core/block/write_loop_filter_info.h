// What the syntax says once a superblock or 64x64 square: restoration units, CDEF index, quantiser and loop
// filter deltas.
#pragma once

#include "block/write_context.h"
#include "entropy/symbol_sink.h"

namespace tessera {

/// spec 5.11.56: read_cdef( ), at the first block of a 64x64 square that is not skipped.
template <SymbolSink S>
void write_cdef(S& sink, WriteContext& wc, const BlockInfo& info);

/// spec 5.11.38, 5.11.39: read_delta_qindex( ) and read_delta_lf( ), at the first block of a superblock. The
/// quantiser moves to info.qindex, which must be reachable in steps of 1 << delta_q_res; loop filter deltas
/// stay zero.
template <SymbolSink S>
void write_deltas(S& sink, WriteContext& wc, const BlockInfo& info);

/// Bits of a unit's coefficients, its type not included, after `state`, which becomes the state after the unit.
int count_restoration_bits(RestorationState& state, int plane, const RestorationUnit& unit);

/// spec 5.11.57: read_lr( r, c, bSize ): the units whose top-left corner lies in the 64x64 superblock.
template <SymbolSink S>
void write_restoration_units(S& sink, WriteContext& wc, int mi_row, int mi_col);

}  // namespace tessera
