// The inter prediction of a whole block, plane by plane, as reconstruction will make it (spec 7.11.3.1), the chroma
// of blocks under 8x8 included.
#pragma once

#include "block/predict_inter_intra.h"
#include "block/predict_overlap.h"
#include "block/predict_warp.h"
#include "search/search_context.h"

namespace tessera {

/// Finds what local warp of the block at hand depends on; before anything is predicted with LOCALWARP.
template <Pixel P>
void prepare_warp(SearchContext<P>& s, const BlockInfo& info);
/// spec 7.11.3.1: the model of a block of one reference with its vector; `valid` is LocalValid.
template <Pixel P>
const BlockWarp& local_warp(SearchContext<P>& s, const BlockInfo& info);

/// The plane that a vector of the block leads into: a reference's, or what is decoded of the frame itself.
template <Pixel P>
PlaneView<const P> predicts_from(SearchContext<P>& s, const BlockInfo& info, int list, int plane) {
  if (info.use_intrabc) return s.frame.plane(plane);
  return s.frame.refs[info.ref_frame[list]]->picture.plane(plane);
}

/// spec 7.11.3.1, its last steps: one plane of a compound block of at least 8x8 from its two halves (rows of the plane's block).
/// The mask of COMPOUND_DIFFWTD is made with luma, and chroma takes the last that was made.
template <Pixel P>
void blend_pair(SearchContext<P>& s, const BlockInfo& info, int plane, const Array<const int16_t*, 2>& preds, P* dst, ptrdiff_t dst_stride);

/// The edges that the intra part of an inter-intra block of this place and size predicts from: what is decoded beside it, no further.
template <Pixel P>
const IntraEdges<P>& intra_part_edges(SearchContext<P>& s, const BlockInfo& info, int plane);

/// Predicts one plane of an inter block into `dst`. Neighbouring blocks that share its chroma are read from the grid.
template <Pixel P>
void predict_block_plane(SearchContext<P>& s, const BlockInfo& info, int plane, P* dst, ptrdiff_t dst_stride);

/// The luma alone with a given pair of filters: what candidates are ranked by.
template <Pixel P>
inline void predict_block_luma(SearchContext<P>& s, const BlockInfo& info, P* dst, ptrdiff_t dst_stride) {
  predict_block_plane(s, info, 0, dst, dst_stride);
}

extern template void blend_pair(SearchContext<uint8_t>&, const BlockInfo&, int, const Array<const int16_t*, 2>&, uint8_t*, ptrdiff_t);
extern template void blend_pair(SearchContext<uint16_t>&, const BlockInfo&, int, const Array<const int16_t*, 2>&, uint16_t*, ptrdiff_t);
extern template void prepare_warp(SearchContext<uint8_t>&, const BlockInfo&);
extern template void prepare_warp(SearchContext<uint16_t>&, const BlockInfo&);
extern template const BlockWarp& local_warp(SearchContext<uint8_t>&, const BlockInfo&);
extern template const BlockWarp& local_warp(SearchContext<uint16_t>&, const BlockInfo&);
extern template const IntraEdges<uint8_t>& intra_part_edges(SearchContext<uint8_t>&, const BlockInfo&, int);
extern template const IntraEdges<uint16_t>& intra_part_edges(SearchContext<uint16_t>&, const BlockInfo&, int);
extern template void predict_block_plane(SearchContext<uint8_t>&, const BlockInfo&, int, uint8_t*, ptrdiff_t);
extern template void predict_block_plane(SearchContext<uint16_t>&, const BlockInfo&, int, uint16_t*, ptrdiff_t);

}  // namespace tessera
