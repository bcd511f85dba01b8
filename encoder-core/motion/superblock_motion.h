// Open-loop motion of a whole superblock: whole-sample vectors and SADs of all its squares of 64, 32, 16 and 8 and of
// their halves, found together on one reference. What the division of the superblock is foreseen from, and where block search starts.
#pragma once

#include "base/array.h"
#include "base/fixed_vector.h"
#include "dsp/dsp_table.h"
#include "frame/block_info.h"
#include "motion/pyramid_search.h"

namespace tessera {

/// Index of the square of side 64 >> level at (row, col), counted in squares of that side.
constexpr int square_index(int level, int row, int col) { return kFirstSquare[level] + (row << level) + col; }

struct SquareMotion {
  Mv mv;               ///< whole samples, in 1/8
  uint32_t sad = ~0u;  ///< at that vector; ~0: none was in reach
  uint32_t cost = ~0u; ///< with the rate that chose it
};

/// Halves of the squares of 64, 32 and 16.
enum Half : uint8_t { HALF_TOP, HALF_BOTTOM, HALF_LEFT, HALF_RIGHT };

struct SuperblockMotion {
  Array<SquareMotion, kSquares> square;
  Array<SquareMotion, kHalves> half;  ///< [ 4 * square_index( ) + Half ]
};

template <Pixel P>
struct SuperblockMotionQuery {
  const SadGridTable<P>& sad_grid;
  const P* src;              ///< 64x64 samples
  ptrdiff_t src_stride;
  PlaneView<const P> ref;    ///< luma, margins replicated
  int x_px, y_px;            ///< of the superblock in the picture
  const CoarseMotion* coarse;
  float lambda;              ///< SAD worth 1/512 bit
  int rounds;                ///< of steps around what is best so far
  uint32_t close;            ///< mean difference of a sample under which the whole superblock takes none of them
  bool halves;               ///< of squares are wanted, too
};

template <Pixel P>
void search_superblock_motion(const SuperblockMotionQuery<P>& query, SuperblockMotion& out);

extern template void search_superblock_motion(const SuperblockMotionQuery<uint8_t>&, SuperblockMotion&);
extern template void search_superblock_motion(const SuperblockMotionQuery<uint16_t>&, SuperblockMotion&);

}  // namespace tessera
