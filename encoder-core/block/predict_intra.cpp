#include "block/predict_intra.h"

#include <algorithm>

#include "spec/filter_tables.h"

namespace tessera {

void BlockDecodedMap::start_superblock(int mi_row, int mi_col, int mi_row_end, int mi_col_end, int sub_x,
                                       int sub_y) {
  for (int plane = 0; plane < kPlanes; plane++) {
    const int sx = plane ? sub_x : 0, sy = plane ? sub_y : 0;
    const int sb_w4 = kSbMi >> sx, sb_h4 = kSbMi >> sy;
    const int inside_w4 =
        std::min((mi_col_end - mi_col) >> sx, sb_w4 + 1);  // sbWidth4: to the right end of the tile
    const int inside_h4 = std::min((mi_row_end - mi_row) >> sy, sb_h4 + 1);
    rows_[plane].fill(0);
    rows_[plane][0] = (1u << (inside_w4 + 1)) - 1;
    for (int y = 0; y < inside_h4; y++) rows_[plane][y + 1] = 1;
    rows_[plane][sb_h4 + 1] = 0;
  }
}

IntraPlace intra_place(const BlockDecodedMap& decoded, const IntraBlock& block, int x, int y, int w, int h) {
  const int x4 = (x & ((kSbSize >> block.sub_x) - 1)) >> MI_SIZE_LOG2;
  const int y4 = (y & ((kSbSize >> block.sub_y) - 1)) >> MI_SIZE_LOG2;
  return {.x = x,
          .y = y,
          .w = w,
          .h = h,
          .max_x = ((block.mi_cols * MI_SIZE) >> block.sub_x) - 1,
          .max_y = ((block.mi_rows * MI_SIZE) >> block.sub_y) - 1,
          .have_left = block.avail_left || x > block.x,
          .have_above = block.avail_above || y > block.y,
          .have_above_right = decoded.have_above_right(block.plane, x4, y4, w >> MI_SIZE_LOG2),
          .have_below_left = decoded.have_below_left(block.plane, x4, y4, h >> MI_SIZE_LOG2),
          .edge_filter = block.edge_filter,
          .filter_type = block.filter_type};
}

bool intra_filter_type(const BlockInfoGrid& grid, int mi_row, int mi_col, const IntraBlock& block) {
  const auto is_smooth = [&](int row, int col) {
    const BlockInfo& info = grid.at(row, col);
    if (!block.plane) return is_smooth_mode(info.y_mode);
    return info.ref_frame[0] <= INTRA_FRAME && is_smooth_mode(info.uv_mode);
  };
  // Chroma asks the neighbour that carries the chroma of an 8x8 area: the one at odd positions.
  const bool odd_row = mi_row & 1, odd_col = mi_col & 1;
  if (block.avail_above &&
      is_smooth(mi_row - 1 - (block.sub_y && odd_row), mi_col + (block.sub_x && !odd_col)))
    return true;
  return block.avail_left &&
         is_smooth(mi_row + (block.sub_y && !odd_row), mi_col - 1 - (block.sub_x && odd_col));
}

template <Pixel P>
void prepare_intra_edges(IntraEdges<P>& edges, PlaneView<const P> recon, const IntraPlace& place,
                         int bit_depth) {
  edges.place = place;
  edges.bit_depth = bit_depth;
  const auto [x, y, w, h] = std::tuple(place.x, place.y, place.w, place.h);
  const int count = w + h, middle = 1 << (bit_depth - 1);
  P* above = edges.above();
  P* left = edges.left();

  if (place.have_above) {
    const int limit = std::min(place.max_x, x + (place.have_above_right ? 2 * w : w) - 1);
    const int present = std::min(count, limit - x + 1);
    std::copy_n(recon.ptr(x, y - 1, present, 1), present, above);
    std::fill(above + present, above + count, above[present - 1]);
  } else {
    std::fill_n(above, count, place.have_left ? recon.at(x - 1, y) : static_cast<P>(middle - 1));
  }

  if (place.have_left) {
    const int limit = std::min(place.max_y, y + (place.have_below_left ? 2 * h : h) - 1);
    const int present = std::min(count, limit - y + 1);
    const P* src = recon.ptr(x - 1, y, 1, present);
    for (int i = 0; i < present; i++, src += recon.stride()) left[i] = *src;
    std::fill(left + present, left + count, left[present - 1]);
  } else {
    std::fill_n(left, count, place.have_above ? recon.at(x, y - 1) : static_cast<P>(middle + 1));
  }

  above[-1] = left[-1] = place.have_above && place.have_left ? recon.at(x - 1, y - 1)
                         : place.have_above                  ? recon.at(x, y - 1)
                         : place.have_left                   ? recon.at(x - 1, y)
                                                             : static_cast<P>(middle);
}

namespace {

constexpr bool takes_above(int angle) { return angle < 180; }
constexpr bool takes_left(int angle) { return angle > 90; }

/// spec 7.11.2.4, step 4: filters and upsamples in place, of the edges those that the angle predicts from.
template <Pixel P>
void filter_directional_edges(const IntraDirectionalTable<P>& table, IntraEdges<P>& edges,
                              DirectionalStep& step) {
  const IntraPlace& p = edges.place;
  P *above = edges.above(), *left = edges.left();
  const int angle = step.angle, w = p.w, h = p.h;
  const int more_above = angle < 90 ? h : 0, more_left = angle > 180 ? w : 0;
  if (angle > 90 && angle < 180 && w + h >= 24)
    above[-1] = left[-1] = static_cast<P>(filter_corner(left[0], above[-1], above[0]));
  if (takes_above(angle) && p.have_above) {
    const int strength = intra_edge_filter_strength(w, h, p.filter_type, angle - 90);
    if (strength) table.filter_edge(above, std::min(w, p.max_x - p.x + 1) + more_above + 1, strength);
  }
  if (takes_left(angle) && p.have_left) {
    const int strength = intra_edge_filter_strength(w, h, p.filter_type, angle - 180);
    if (strength) table.filter_edge(left, std::min(h, p.max_y - p.y + 1) + more_left + 1, strength);
  }
  step.upsample_above = takes_above(angle) && intra_edge_upsample(w, h, p.filter_type, angle - 90);
  if (step.upsample_above) table.upsample_edge(above, w + more_above, edges.bit_depth);
  step.upsample_left = takes_left(angle) && intra_edge_upsample(w, h, p.filter_type, angle - 180);
  if (step.upsample_left) table.upsample_edge(left, h + more_left, edges.bit_depth);
}

/// spec 7.11.2.4: directional intra prediction process, for angles other than 90 and 180.
template <Pixel P>
void predict_directional(const IntraDirectionalTable<P>& table, const IntraEdges<P>& edges, int angle, P* dst,
                         ptrdiff_t dst_stride) {
  DirectionalStep step = {.angle = angle, .dx = 0, .dy = 0, .upsample_above = false, .upsample_left = false};
  if (angle < 180) step.dx = Dr_Intra_Derivative[angle < 90 ? angle : 180 - angle];
  if (angle > 90) step.dy = Dr_Intra_Derivative[angle < 180 ? angle - 90 : 270 - angle];
  const auto kernel = angle < 90 ? table.zone1 : angle < 180 ? table.zone2 : table.zone3;
  if (!edges.place.edge_filter)
    return kernel(dst, dst_stride, edges.above(), edges.left(), edges.place.w, edges.place.h, step);
  IntraEdges<P> filtered;
  filtered.place = edges.place;
  filtered.bit_depth = edges.bit_depth;
  const int used = kEdgeBefore + edges.place.w + edges.place.h;
  if (takes_above(angle)) std::copy_n(edges.above_samples.data(), used, filtered.above_samples.data());
  if (takes_left(angle)) std::copy_n(edges.left_samples.data(), used, filtered.left_samples.data());
  filter_directional_edges(table, filtered, step);
  kernel(dst, dst_stride, filtered.above(), filtered.left(), edges.place.w, edges.place.h, step);
}

}  // namespace

template <Pixel P>
void predict_from_edges(const IntraTable<P>& table, const IntraEdges<P>& edges, PredictionMode mode,
                        int angle_delta, P* dst, ptrdiff_t dst_stride) {
  const IntraPlace& p = edges.place;
  const auto run = [&](IntraFn<P> kernel) {
    kernel(dst, dst_stride, edges.above(), edges.left(), p.w, p.h, edges.bit_depth);
  };
  switch (mode) {
    case DC_PRED:
    case UV_CFL_PRED:
      return run(table.basic.dc[p.have_above][p.have_left]);
    case SMOOTH_PRED:
      return run(table.basic.smooth);
    case SMOOTH_V_PRED:
      return run(table.basic.smooth_v);
    case SMOOTH_H_PRED:
      return run(table.basic.smooth_h);
    case PAETH_PRED:
      return run(table.basic.paeth);
    default:
      break;
  }
  const int angle = Mode_To_Angle[mode] + angle_delta * ANGLE_STEP;
  if (angle == 90) return run(table.basic.v);
  if (angle == 180) return run(table.basic.h);
  predict_directional(table.directional, edges, angle, dst, dst_stride);
}

template <Pixel P>
void predict_filter_intra(const IntraTable<P>& table, const IntraEdges<P>& edges, int filter_intra_mode,
                          P* dst, ptrdiff_t dst_stride) {
  table.special.filter_intra(dst, dst_stride, edges.above(), edges.left(), edges.place.w, edges.place.h,
                             filter_intra_mode, edges.bit_depth);
}

template void prepare_intra_edges(IntraEdges<uint8_t>&, PlaneView<const uint8_t>, const IntraPlace&, int);
template void prepare_intra_edges(IntraEdges<uint16_t>&, PlaneView<const uint16_t>, const IntraPlace&, int);
template void predict_from_edges(const IntraTable<uint8_t>&, const IntraEdges<uint8_t>&, PredictionMode, int,
                                 uint8_t*, ptrdiff_t);
template void predict_from_edges(const IntraTable<uint16_t>&, const IntraEdges<uint16_t>&, PredictionMode,
                                 int, uint16_t*, ptrdiff_t);
template void predict_filter_intra(const IntraTable<uint8_t>&, const IntraEdges<uint8_t>&, int, uint8_t*,
                                   ptrdiff_t);
template void predict_filter_intra(const IntraTable<uint16_t>&, const IntraEdges<uint16_t>&, int, uint16_t*,
                                   ptrdiff_t);

}  // namespace tessera
