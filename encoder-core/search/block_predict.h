// The inter prediction of a whole block, plane by plane, as reconstruction will make it (spec 7.11.3.1), the chroma
// of blocks under 8x8 included.
#pragma once

#include "block/predict_overlap.h"
#include "block/predict_warp.h"
#include "search/search_context.h"

namespace tessera {

/// The affine model that a block's neighbours give it.
struct LocalWarp {
  WarpParams params = {};
  WarpShear shear;
};

/// spec 7.11.3.1: LocalValid, and the model where it is set, for a block of one reference with its vector.
template <Pixel P>
bool local_warp(const SearchContext<P>& s, const BlockInfo& info, LocalWarp& out);

/// Predicts one plane of an inter block into `dst`. Neighbouring blocks that share its chroma are read from the grid.
template <Pixel P>
void predict_block_plane(SearchContext<P>& s, const BlockInfo& info, int plane, P* dst, ptrdiff_t dst_stride);

/// The luma alone with a given pair of filters: what candidates are ranked by.
template <Pixel P>
inline void predict_block_luma(SearchContext<P>& s, const BlockInfo& info, P* dst, ptrdiff_t dst_stride) {
  predict_block_plane(s, info, 0, dst, dst_stride);
}

extern template bool local_warp(const SearchContext<uint8_t>&, const BlockInfo&, LocalWarp&);
extern template bool local_warp(const SearchContext<uint16_t>&, const BlockInfo&, LocalWarp&);
extern template void predict_block_plane(SearchContext<uint8_t>&, const BlockInfo&, int, uint8_t*, ptrdiff_t);
extern template void predict_block_plane(SearchContext<uint16_t>&, const BlockInfo&, int, uint16_t*, ptrdiff_t);

}  // namespace tessera
