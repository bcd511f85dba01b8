// The colours of neighbouring palettes, from which those of a block may be taken.
#pragma once

#include "base/fixed_vector.h"
#include "block/write_context.h"

namespace tessera {

/// PaletteCache: ascending, each colour once.
using PaletteCache = FixedVector<uint16_t, 2 * PALETTE_COLORS>;

/// spec 5.11.46: get_palette_cache( plane ) of the block at mi_row, mi_col; plane 0 or 1.
PaletteCache get_palette_cache(const WriteContext& wc, int mi_row, int mi_col, int plane);

}  // namespace tessera
