// Rate-distortion optimised levels: one greedy pass from the highest frequency down, in which every coefficient may
// give up one step and the block may end earlier. Contexts come from the higher frequencies, which are final by then.
#pragma once

#include "search/search_context.h"

namespace tessera {

struct TrellisQuery {
  const BlockInfo& info;
  int plane;
  TxSize size;
  TxType type;
  TxbContexts ctx;
};

/// Improves `levels` (raster, quantised to nearest; `eob` > 0 of them in scan order) and `dequantised` with them;
/// returns the new end of block, 0 if nothing is worth coding.
template <Pixel P>
int optimise_levels(const SearchContext<P>& s, const TrellisQuery& query, const Coeff* coeff, int eob, Level* levels,
                    Coeff* dequantised);

extern template int optimise_levels(const SearchContext<uint8_t>&, const TrellisQuery&, const Coeff*, int, Level*, Coeff*);
extern template int optimise_levels(const SearchContext<uint16_t>&, const TrellisQuery&, const Coeff*, int, Level*, Coeff*);

}  // namespace tessera
