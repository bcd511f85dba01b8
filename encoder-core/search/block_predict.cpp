#include "search/block_predict.h"

#include "block/wedge_masks.h"

namespace tessera {
namespace {

/// One rectangle of a plane with the vectors of `info`.
template <Pixel P>
void predict_rect(SearchContext<P>& s, const BlockInfo& info, int plane, int x, int y, int w, int h, P* dst,
                  ptrdiff_t dst_stride) {
  const PictureFormat& f = s.frame.format;
  const InterRect rect = {x, y, w, h, f.ss_x(plane), f.ss_y(plane), f.bit_depth};
  const auto source = [&](int list) {
    return InterSource<P>{predicts_from(s, info, list, plane), info.mv[list], info.interp_filter};
  };
  if (info.is_compound()) {
    const int16_t *const pred0 = s.scratch.inter.pred[0].data(), *const pred1 = s.scratch.inter.pred[1].data();
    for (int list = 0; list < 2; list++) prepare_inter_rect(s.dsp.subpel, rect, source(list), s.scratch.inter, s.scratch.inter.pred[list].data());
    blend_pair(s, info, plane, {pred0, pred1}, dst, dst_stride);
  } else {
    predict_inter_rect(s.dsp.subpel, rect, source(0), s.scratch.inter, dst, dst_stride);
  }
}

/// One plane of a block of its own, by the neighbours' model; false where that does not hold or the plane is too small.
template <Pixel P>
bool predict_warped(SearchContext<P>& s, const BlockInfo& info, const InterRect& rect, int plane, P* dst, ptrdiff_t dst_stride) {
  if (rect.w < 8 || rect.h < 8) return false;
  const BlockWarp& model = local_warp(s, info);
  if (!model.valid) return false;
  const WarpSource<P> source = {s.frame.refs[info.ref_frame[0]]->picture.plane(plane), model.params, model.shear};
  predict_warp_rect(s.dsp.warp_affine, rect, source, s.scratch.inter, dst, dst_stride);
  return true;
}

/// One plane of an inter-intra block.
template <Pixel P>
void predict_inter_intra(SearchContext<P>& s, const BlockInfo& info, const InterRect& rect, int plane, P* dst, ptrdiff_t dst_stride) {
  P* const inter = s.scratch.inter.overlap.data();
  predict_rect(s, info, plane, rect.x, rect.y, rect.w, rect.h, inter, rect.w);
  predict_from_edges(s.dsp.intra, intra_part_edges(s, info, plane), intra_part(info.interintra_mode), 0, dst, dst_stride);
  blend_inter_intra(s.dsp.compound_blend, info, rect.sub_x, rect.sub_y, dst, dst_stride, inter);
}

/// Blends what the neighbours' vectors predict into the block's own prediction.
template <Pixel P>
void overlap_neighbours(SearchContext<P>& s, const BlockInfo& info, const InterRect& rect, int plane, P* dst, ptrdiff_t dst_stride) {
  Overlaps overlaps;
  find_overlaps(s.frame.blocks, s.tile, s.frame.format, info, plane, overlaps);
  P* const other = s.scratch.inter.overlap.data();
  for (const Overlap& o : overlaps) {
    const BlockInfo& from = *o.neighbour;
    const InterSource<P> source = {s.frame.refs[from.ref_frame[0]]->picture.plane(plane), from.mv[0], from.interp_filter};
    predict_inter_rect(s.dsp.subpel, o.rect, source, s.scratch.inter, other, o.rect.w);
    blend_overlap(s.dsp.compound_blend, o, dst + (o.rect.y - rect.y) * dst_stride + (o.rect.x - rect.x), dst_stride, other);
  }
}

}  // namespace

template <Pixel P>
void blend_pair(SearchContext<P>& s, const BlockInfo& info, int plane, const Array<const int16_t*, 2>& preds, P* dst, ptrdiff_t dst_stride) {
  const CompoundBlendTable<P>& blend = s.dsp.compound_blend;
  const PictureFormat& f = s.frame.format;
  const int w = block_width(info.size) >> f.ss_x(plane), h = block_height(info.size) >> f.ss_y(plane);
  switch (info.compound_type) {
    case COMPOUND_DIFFWTD:
      if (plane == 0) blend.diff_weight_mask(s.scratch.mask.data(), preds[0], preds[1], w, h, info.mask_type, f.bit_depth);
      [[fallthrough]];
    case COMPOUND_WEDGE: {
      const uint8_t* const mask = info.compound_type == COMPOUND_WEDGE ? wedge_mask(info.size, info.wedge_sign, info.wedge_index) : s.scratch.mask.data();
      return blend.mask[mask_subsampling(f.ss_x(plane), f.ss_y(plane))](dst, dst_stride, preds[0], preds[1], w, h, mask,
                                                                       block_width(info.size), f.bit_depth);
    }
    default:
      return blend.average(dst, dst_stride, preds[0], preds[1], w, h, f.bit_depth);
  }
}

template <Pixel P>
void prepare_warp(SearchContext<P>& s, const BlockInfo& info) {
  s.scratch.warp.neighbours.prepare(s.ref_mv_frame, s.tile, {info.mi_row, info.mi_col, info.size, info.partition});
  s.scratch.warp.ref = NONE;
}

template <Pixel P>
const BlockWarp& local_warp(SearchContext<P>& s, const BlockInfo& info) {
  BlockWarp& warp = s.scratch.warp;
  if (warp.ref == info.ref_frame[0] && warp.mv == info.mv[0]) return warp;
  warp.ref = info.ref_frame[0];
  warp.mv = info.mv[0];
  const WarpSamples samples = warp.neighbours.samples(warp.ref, warp.mv);
  warp.valid = estimate_local_warp(samples, info.mi_row, info.mi_col, info.size, warp.mv, warp.params) && setup_shear(warp.params, warp.shear);
  return warp;
}

template <Pixel P>
const IntraEdges<P>& intra_part_edges(SearchContext<P>& s, const BlockInfo& info, int plane) {
  const int ss_x = s.frame.format.ss_x(plane), ss_y = s.frame.format.ss_y(plane);
  const IntraPlace place = {.x = (info.mi_col * MI_SIZE) >> ss_x,
                            .y = (info.mi_row * MI_SIZE) >> ss_y,
                            .w = block_width(info.size) >> ss_x,
                            .h = block_height(info.size) >> ss_y,
                            .max_x = ((s.header().size.mi_cols * MI_SIZE) >> ss_x) - 1,
                            .max_y = ((s.header().size.mi_rows * MI_SIZE) >> ss_y) - 1,
                            .have_left = info.mi_col > s.tile.mi_col_start,
                            .have_above = info.mi_row > s.tile.mi_row_start,
                            .have_above_right = false,
                            .have_below_left = false,
                            .edge_filter = false,
                            .filter_type = false};
  prepare_intra_edges(s.scratch.edges_inter, PlaneView<const P>(s.frame.plane(plane)), place, s.bit_depth());
  return s.scratch.edges_inter;
}

template <Pixel P>
void predict_block_plane(SearchContext<P>& s, const BlockInfo& info, int plane, P* dst, ptrdiff_t dst_stride) {
  const int ss_x = s.frame.format.ss_x(plane), ss_y = s.frame.format.ss_y(plane);
  const int w = block_width(info.size), h = block_height(info.size);
  const int x = (info.mi_col >> ss_x) * MI_SIZE, y = (info.mi_row >> ss_y) * MI_SIZE;
  // Chroma of a block narrower than a chroma unit: each luma block around gives its part, if all are inter.
  const int cols = ss_x && w == 4 ? 2 : 1, rows = ss_y && h == 4 ? 2 : 1;
  bool parts = cols * rows > 1;
  const int first_row = info.mi_row - (rows - 1), first_col = info.mi_col - (cols - 1);
  for (int r = 0; parts && r < rows; r++)
    for (int c = 0; c < cols; c++) {
      const bool self = r == rows - 1 && c == cols - 1;
      if (!self && !std::as_const(s.frame.blocks).at(first_row + r, first_col + c).is_inter) parts = false;
    }
  if (!parts) {
    const InterRect rect = {x, y, std::max(w >> ss_x, 4), std::max(h >> ss_y, 4), ss_x, ss_y, s.frame.format.bit_depth};
    if (info.is_inter_intra()) return predict_inter_intra(s, info, rect, plane, dst, dst_stride);
    if (info.motion_mode == LOCALWARP && predict_warped(s, info, rect, plane, dst, dst_stride)) return;
    predict_rect(s, info, plane, x, y, rect.w, rect.h, dst, dst_stride);
    if (info.motion_mode == OBMC) overlap_neighbours(s, info, rect, plane, dst, dst_stride);
    return;
  }
  const int part_w = w >> ss_x, part_h = h >> ss_y;
  for (int r = 0; r < rows; r++)
    for (int c = 0; c < cols; c++) {
      const bool self = r == rows - 1 && c == cols - 1;
      const BlockInfo& part = self ? info : std::as_const(s.frame.blocks).at(first_row + r, first_col + c);
      predict_rect(s, part, plane, x + c * part_w, y + r * part_h, part_w, part_h, dst + r * part_h * dst_stride + c * part_w,
                   dst_stride);
    }
}

template void blend_pair(SearchContext<uint8_t>&, const BlockInfo&, int, const Array<const int16_t*, 2>&, uint8_t*, ptrdiff_t);
template void blend_pair(SearchContext<uint16_t>&, const BlockInfo&, int, const Array<const int16_t*, 2>&, uint16_t*, ptrdiff_t);
template void prepare_warp(SearchContext<uint8_t>&, const BlockInfo&);
template void prepare_warp(SearchContext<uint16_t>&, const BlockInfo&);
template const BlockWarp& local_warp(SearchContext<uint8_t>&, const BlockInfo&);
template const BlockWarp& local_warp(SearchContext<uint16_t>&, const BlockInfo&);
template const IntraEdges<uint8_t>& intra_part_edges(SearchContext<uint8_t>&, const BlockInfo&, int);
template const IntraEdges<uint16_t>& intra_part_edges(SearchContext<uint16_t>&, const BlockInfo&, int);
template void predict_block_plane(SearchContext<uint8_t>&, const BlockInfo&, int, uint8_t*, ptrdiff_t);
template void predict_block_plane(SearchContext<uint16_t>&, const BlockInfo&, int, uint16_t*, ptrdiff_t);

}  // namespace tessera
