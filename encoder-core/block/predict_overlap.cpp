#include "block/predict_overlap.h"

#include <algorithm>

#include "spec/block_geometry.h"
#include "spec/filter_tables.h"

namespace tessera {
namespace {

/// The longest side, in luma samples, that a neighbour reaches into a block.
constexpr int kMaxReach = 32;

/// One side of the block. Positions are units of 4x4 along it.
struct Side {
  bool above;
  int first, end, limit;  ///< limit: neighbours at most
};

}  // namespace

void find_overlaps(const BlockInfoGrid& grid, const TileRect& tile, const PictureFormat& format, const BlockInfo& info, int plane,
                   Overlaps& out) {
  const int sub_x = format.ss_x(plane), sub_y = format.ss_y(plane);
  const int w = block_width(info.size) >> sub_x, h = block_height(info.size) >> sub_y;
  const Side above = {.above = true,
                      .first = info.mi_col,
                      .end = std::min(grid.mi_cols(), info.mi_col + Num_4x4_Blocks_Wide[info.size]),
                      .limit = std::min<int>(4, Mi_Width_Log2[info.size])};
  const Side left = {.above = false,
                     .first = info.mi_row,
                     .end = std::min(grid.mi_rows(), info.mi_row + Num_4x4_Blocks_High[info.size]),
                     .limit = std::min<int>(4, Mi_Height_Log2[info.size])};
  out.clear();
  const auto scan = [&](const Side& side) {
    int count = 0;
    for (int at = side.first; count < side.limit && at < side.end;) {
      const BlockInfo& cand = side.above ? grid.at(info.mi_row - 1, at | 1) : grid.at(at | 1, info.mi_col - 1);
      const int step = clip3<int>(2, 16, side.above ? Num_4x4_Blocks_Wide[cand.size] : Num_4x4_Blocks_High[cand.size]);
      if (cand.ref_frame[0] > INTRA_FRAME) {
        count++;
        const int col = side.above ? at : info.mi_col, row = side.above ? info.mi_row : at;
        out.push_back({.neighbour = &cand,
                       .rect = {.x = (col * MI_SIZE) >> sub_x,
                                .y = (row * MI_SIZE) >> sub_y,
                                .w = side.above ? std::min(w, (step * MI_SIZE) >> sub_x) : std::min(w >> 1, kMaxReach >> sub_x),
                                .h = side.above ? std::min(h >> 1, kMaxReach >> sub_y) : std::min(h, (step * MI_SIZE) >> sub_y),
                                .sub_x = sub_x,
                                .sub_y = sub_y,
                                .bit_depth = format.bit_depth},
                       .above = side.above});
      }
      at += step;
    }
  };
  if (info.mi_row > tile.mi_row_start && get_plane_residual_size(info.size, sub_x, sub_y) >= BLOCK_8X8) scan(above);
  if (info.mi_col > tile.mi_col_start) scan(left);
}

template <Pixel P>
void blend_overlap(const CompoundBlendTable<P>& table, const Overlap& overlap, P* dst, ptrdiff_t dst_stride, const P* other) {
  const InterRect& r = overlap.rect;
  if (overlap.above) table.blend_rows(dst, dst_stride, other, r.w, r.w, r.h, obmc_mask(r.h));
  else table.blend_columns(dst, dst_stride, other, r.w, r.w, r.h, obmc_mask(r.w));
}

template void blend_overlap(const CompoundBlendTable<uint8_t>&, const Overlap&, uint8_t*, ptrdiff_t, const uint8_t*);
template void blend_overlap(const CompoundBlendTable<uint16_t>&, const Overlap&, uint16_t*, ptrdiff_t, const uint16_t*);

}  // namespace tessera
