// The deblocking filters of one edge (section 7.14.6).
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// spec 7.14.1: pass, the orientation of the edges being filtered.
enum DeblockPass : uint8_t { DEBLOCK_VERTICAL_EDGES, DEBLOCK_HORIZONTAL_EDGES, DEBLOCK_PASSES };

/// Samples that may change: 4 between transforms of side 4; chroma 6, luma 8 when the smaller side is 8
/// (chroma: or more); 14 in luma above. Each reads half of them, and one more from 6 on, on either side.
enum DeblockTaps : uint8_t { DEBLOCK_4, DEBLOCK_6, DEBLOCK_8, DEBLOCK_14, DEBLOCK_TAPS };

/// spec 7.14.4: what sample differences are held against, at 8 bit.
struct DeblockLimits {
  uint8_t limit, blimit, thresh;
};

/// Filters `length` samples (a multiple of 4) along an edge. `edge`: the first sample after it (q0), so that
/// p0 is edge[ -1 ] across a vertical edge and edge[ -stride ] across a horizontal one. Across a vertical
/// edge 4 samples on both sides are readable and rewritable, 8 for DEBLOCK_14.
template <Pixel P>
using DeblockFn = void (*)(P* edge, ptrdiff_t stride, int length, DeblockLimits limits, int bit_depth);

template <Pixel P>
struct DeblockTable {
  Table2<DeblockFn<P>, DEBLOCK_PASSES, DEBLOCK_TAPS> edge;
};

template <Pixel P>
void bind_deblock_scalar(DeblockTable<P>& table);

extern template void bind_deblock_scalar(DeblockTable<uint8_t>&);
extern template void bind_deblock_scalar(DeblockTable<uint16_t>&);

}  // namespace tessera
