// The symbols of motion vector differences.
#pragma once

#include "entropy/symbol_sink.h"
#include "frame/mv_cost.h"

namespace tessera {

/// spec 5.11.31: read_mv( ref ), for a difference in 1/8 samples that the precision can express.
template <SymbolSink S>
void write_mv(S& sink, CdfContext& cdfs, const MvPrecision& precision, Mv diff);

/// The same of an intra block copy (MvCtx MV_INTRABC_CONTEXT): whole samples, still in 1/8.
template <SymbolSink S>
void write_dv(S& sink, CdfContext& cdfs, Mv diff);

}  // namespace tessera
