// Overlapped prediction: what the vectors of the neighbours above and on the left predict, blended into a block's own
// prediction along its edges (sections 7.11.3.9 and 7.11.3.10).
#pragma once

#include "base/fixed_vector.h"
#include "block/predict_inter.h"
#include "dsp/compound_blend.h"
#include "frame/block_info_grid.h"
#include "frame/plane.h"
#include "frame/tile_layout.h"

namespace tessera {

/// Neighbours that one block may overlap with: four on either side.
inline constexpr int kMaxOverlaps = 8;

/// What one neighbour contributes to a plane of a block.
struct Overlap {
  const BlockInfo* neighbour;
  InterRect rect;  ///< in the plane
  bool above;      ///< else on the left
};
using Overlaps = FixedVector<Overlap, kMaxOverlaps>;

/// spec 7.11.3.9: overlapped motion compensation process, what is to be predicted; in the order of blending. Reads the grid
/// where it is coded before the block.
void find_overlaps(const BlockInfoGrid& grid, const TileRect& tile, const PictureFormat& format, const BlockInfo& info, int plane,
                   Overlaps& out);

/// spec 7.11.3.10: overlap blending process. `dst` is at the rectangle; `other` has rows of its width.
template <Pixel P>
void blend_overlap(const CompoundBlendTable<P>& table, const Overlap& overlap, P* dst, ptrdiff_t dst_stride, const P* other);

extern template void blend_overlap(const CompoundBlendTable<uint8_t>&, const Overlap&, uint8_t*, ptrdiff_t, const uint8_t*);
extern template void blend_overlap(const CompoundBlendTable<uint16_t>&, const Overlap&, uint16_t*, ptrdiff_t, const uint16_t*);

}  // namespace tessera
