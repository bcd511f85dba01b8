// Weights that divide a block along a line (section 7.11.3.11).
#pragma once

#include <cstdint>

#include "spec/block_geometry.h"

namespace tessera {

inline constexpr int WEDGE_TYPES = 16;

/// spec 7.11.3.11: WedgeMasks[ size ][ wedge_sign ][ wedge_index ], rows of the block's width. Only for sizes with Wedge_Bits.
const uint8_t* wedge_mask(BlockSize size, int wedge_sign, int wedge_index);

}  // namespace tessera
