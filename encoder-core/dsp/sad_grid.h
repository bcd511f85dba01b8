// Sums of absolute differences of a whole superblock at one vector, kept apart by 8x8 part: the parts of every larger
// square add up to its SAD, so that one pass serves all sizes of block.
#pragma once

#include "base/array.h"
#include "dsp/pixel.h"

namespace tessera {

/// Parts of 8x8 in a superblock of 64x64.
inline constexpr int kGridParts = 64;
/// Squares of one superblock: one of 64, 4 of 32, 16 of 16, 64 of 8, in this order, each kind by rows; and the halves of all but
/// the smallest: top, bottom, left, right of each.
inline constexpr int kSquares = 1 + 4 + 16 + kGridParts;
inline constexpr Array<int, 4> kFirstSquare = {0, 1, 5, 21};
inline constexpr int kHalves = 4 * kFirstSquare[3];
/// What is best so far carries the number of its vector in its lowest bits: the first of equals is least.
inline constexpr int kVectorBits = 7;

/// out[ 8 * row + col ] = SAD of the 8x8 part at (8 * col, 8 * row). Strides in elements, nothing need be aligned.
template <Pixel P>
using SadGridFn = void (*)(const P* src, ptrdiff_t src_stride, const P* ref, ptrdiff_t ref_stride, uint32_t* out);

/// Offers one vector, whose SADs of the parts are `grid`, to all squares: best = min( best, ( SAD + rate ) << kVectorBits | vector ).
/// SADs of up to 12 bits and a rate of 15 bits fit. `best` holds kSquares values.
using OfferToSquaresFn = void(const uint32_t* grid, uint32_t rate, uint32_t vector, uint32_t* best);

template <Pixel P>
struct SadGridTable {
  SadGridFn<P> sads;
  OfferToSquaresFn* offer;
};

template <Pixel P>
void bind_sad_grid_scalar(SadGridTable<P>& table);

extern template void bind_sad_grid_scalar(SadGridTable<uint8_t>&);
extern template void bind_sad_grid_scalar(SadGridTable<uint16_t>&);

}  // namespace tessera
