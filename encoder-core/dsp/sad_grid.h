// Sums of absolute differences of a whole superblock at one vector, kept apart by 8x8 part: the parts of every larger
// square add up to its SAD, so that one pass serves all sizes of block.
#pragma once

#include "dsp/pixel.h"

namespace tessera {

/// Parts of 8x8 in a superblock of 64x64.
inline constexpr int kGridParts = 64;

/// out[ 8 * row + col ] = SAD of the 8x8 part at (8 * col, 8 * row). Strides in elements, nothing need be aligned.
template <Pixel P>
using SadGridFn = void (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out);

template <Pixel P>
void bind_sad_grid_scalar(SadGridFn<P>& fn);

extern template void bind_sad_grid_scalar(SadGridFn<uint8_t>&);
extern template void bind_sad_grid_scalar(SadGridFn<uint16_t>&);

}  // namespace tessera
