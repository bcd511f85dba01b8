#include "filter/deblock_pass.h"

#include <algorithm>

namespace tessera {

DeblockLevels::DeblockLevels(const LoopFilterParams& params, const SegmentationParams& segmentation) {
  for (int i = 0; i < 4; i++)
    for (int segment = 0; segment < MAX_SEGMENTS; segment++) {
      int base = params.loop_filter_level[i];
      const auto feature = static_cast<SegmentationFeature>(SEG_LVL_ALT_LF_Y_V + i);
      if (segmentation.active(segment, feature))
        base = clip3(0, MAX_LOOP_FILTER, base + segmentation.feature_data[segment][feature]);
      for (int ref = 0; ref < TOTAL_REFS_PER_FRAME; ref++)
        for (int mode = 0; mode < 2; mode++) {
          int level = base;
          if (params.loop_filter_delta_enabled) {
            const int shift = base >> 5;
            level += params.deltas.loop_filter_ref_deltas[ref] * (1 << shift);
            if (ref != INTRA_FRAME) level += params.deltas.loop_filter_mode_deltas[mode] * (1 << shift);
          }
          level_[i][deblock_kind(segment, ref, mode)] = static_cast<uint8_t>(clip3(0, MAX_LOOP_FILTER, level));
        }
    }
  const int sharpness = params.loop_filter_sharpness, shift = sharpness > 4 ? 2 : sharpness > 0 ? 1 : 0;
  for (int level = 0; level <= MAX_LOOP_FILTER; level++) {
    const int limit = sharpness ? clip3(1, 9 - sharpness, level >> shift) : std::max(1, level >> shift);
    limits_[level] = {static_cast<uint8_t>(limit), static_cast<uint8_t>(2 * (level + 2) + limit),
                      static_cast<uint8_t>(level >> 4)};
  }
}

template <Pixel P>
void deblock_plane_rows(const DeblockFrame& frame, const DspTable<P>& dsp, PlaneView<P> samples, int plane,
                        DeblockPass pass, int mi_row_begin, int mi_row_end) {
  const bool vertical = pass == DEBLOCK_VERTICAL_EDGES;
  const int ss_y = frame.format.ss_y(plane);
  for (int sb_row = mi_row_begin / kSbMi; sb_row * kSbMi < mi_row_end; sb_row++) {
    const DeblockEdges::Row& row = frame.edges.row(plane, pass, sb_row);
    // Units of the row that are wanted.
    const int tile_y = sb_row * kSbMi >> ss_y, begin_y = (mi_row_begin >> ss_y) - tile_y, end_y = (mi_row_end >> ss_y) - tile_y;
    for (size_t i = 0, tile = 0; tile < row.tile_end.size(); tile++) {
      P* const corner = samples.ptr(4 * DeblockEdges::kTileUnits * static_cast<int>(tile), 4 * tile_y);
      while (i < row.tile_end[tile]) {
        const DeblockEdge first = row.edges[i++];
        const int level = frame.levels.level(plane, pass, first), x = first.x4;
        int y = first.y4, length = first.length;
        // What goes on along the line with the same level goes in one.
        for (; i < row.tile_end[tile]; i++) {
          const DeblockEdge next = row.edges[i];
          const bool follows = static_cast<int>(next.x4) == (vertical ? x : x + length) &&
                               static_cast<int>(next.y4) == (vertical ? y + length : y);
          if (!follows || next.taps != first.taps || frame.levels.level(plane, pass, next) != level) break;
          length += next.length;
        }
        if (vertical) {
          length = std::min(y + length, end_y) - std::max(y, begin_y);
          y = std::max(y, begin_y);
        } else if (y < begin_y || y >= end_y) {
          length = 0;
        }
        if (level && length > 0)
          dsp.deblock.edge[pass][first.taps](corner + 4 * y * samples.stride() + 4 * x, samples.stride(), 4 * length,
                                             frame.levels.limits(level), frame.format.bit_depth);
      }
    }
  }
}

template <Pixel P>
void deblock_rows(FrameWork<P>& frame, const DspTable<P>& dsp, DeblockPass pass, int mi_row_begin,
                  int mi_row_end) {
  if (!deblocks(frame.header)) return;
  const DeblockFrame deblock(frame, frame.header.loop_filter);
  for (int p = 0; p < frame.format.planes(); p++)
    if (p == 0 || frame.header.loop_filter.loop_filter_level[1 + p])
      deblock_plane_rows(deblock, dsp, frame.plane(p), p, pass, mi_row_begin, mi_row_end);
}

#define TESSERA_INSTANTIATE(P)                                                                              \
  template void deblock_plane_rows(const DeblockFrame&, const DspTable<P>&, PlaneView<P>, int, DeblockPass, \
                                   int, int);                                                               \
  template void deblock_rows(FrameWork<P>&, const DspTable<P>&, DeblockPass, int, int);
TESSERA_INSTANTIATE(uint8_t)
TESSERA_INSTANTIATE(uint16_t)
#undef TESSERA_INSTANTIATE

}  // namespace tessera
