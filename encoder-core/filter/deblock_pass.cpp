#include "filter/deblock_pass.h"

#include "spec/tx_geometry.h"

namespace tessera {
namespace {

/// The edges of a 64x64 part of a frame in one plane and pass: lines run along the edges, units of 4.
struct EdgeMap {
  static constexpr int kUnits = kSbMi;
  struct Edge {
    uint8_t level = 0, taps = 0;  ///< level 0: no filtering
    bool operator==(const Edge&) const = default;
  };
  Table2<Edge, kUnits, kUnits> edges = {};  ///< [ across ][ along ]
  Array<uint32_t, kUnits> filtered = {};    ///< [ across ]: bit a where edges[ across ][ a ].level > 0
};

/// 4x4 units of a plane.
struct UnitRect {
  int x, y, end_x, end_y;
};

/// Decides the edges of one plane in one pass.
class EdgeFinder {
 public:
  EdgeFinder(const DeblockFrame& frame, int plane, DeblockPass pass)
      : frame_(frame),
        plane_(plane),
        pass_(pass),
        ss_x_(frame.format.ss_x(plane)),
        ss_y_(frame.format.ss_y(plane)) {
    const auto& side = pass == DEBLOCK_VERTICAL_EDGES ? Tx_Width : Tx_Height;
    const auto& units = pass == DEBLOCK_VERTICAL_EDGES ? Num_4x4_Blocks_Wide : Num_4x4_Blocks_High;
    for (int t = 0; t < TX_SIZES_ALL; t++) tx_units_[t] = side[t] >> 2;
    for (int b = 0; b < BLOCK_SIZES; b++) {
      const BlockSize size = get_plane_residual_size(static_cast<BlockSize>(b), ss_x_, ss_y_);
      block_units_[b] = size == BLOCK_INVALID ? 1 : units[size];
    }
  }

  /// spec 7.14.2: edge loop filter process, up to the filtering itself, of each unit in `rect`.
  void find(const UnitRect& rect, EdgeMap& map) const {
    const bool vertical = pass_ == DEBLOCK_VERTICAL_EDGES;
    const int across_begin = vertical ? rect.x : rect.y, across_end = vertical ? rect.end_x : rect.end_y;
    const int along_begin = vertical ? rect.y : rect.x, along_end = vertical ? rect.end_y : rect.end_x;
    for (int along = along_begin; along < along_end; along++) {
      const auto unit_at = [&](int across) { return vertical ? unit(across, along) : unit(along, across); };
      Unit previous = {};
      if (across_begin > 0) previous = unit_at(across_begin - 1);
      for (int across = across_begin; across < across_end;) {
        const Unit current = unit_at(across);
        const int tx_units = tx_units_[current.tx], block_units = block_units_[current.info->size];
        const bool is_tx_edge = (across & (tx_units - 1)) == 0,
                   is_block_edge = (across & (block_units - 1)) == 0;
        if (across > 0 && is_tx_edge && (is_block_edge || filters_inside(*current.info))) {
          int level = frame_.levels.level(plane_, pass_, *current.info);
          if (!level) level = frame_.levels.level(plane_, pass_, *previous.info);
          if (level) {
            map.edges[across - across_begin][along - along_begin] = {static_cast<uint8_t>(level),
                                                                     taps(previous.tx, current.tx)};
            map.filtered[across - across_begin] |= 1u << (along - along_begin);
          }
        }
        across = (across & ~(tx_units - 1)) + tx_units;
        previous = current;
      }
    }
  }

 private:
  struct Unit {
    const BlockInfo* info = nullptr;
    TxSize tx = TX_4X4;
  };

  Unit unit(int x4, int y4) const {
    const int mi_row = (y4 << ss_y_) | ss_y_, mi_col = (x4 << ss_x_) | ss_x_;
    const BlockInfo& info = frame_.blocks.at(mi_row, mi_col);
    if (!plane_) return {&info, frame_.tx.at(mi_col, mi_row).size};
    return {&info, frame_.lossless[info.segment_id] ? TX_4X4 : get_tx_size_uv(info.size, ss_x_, ss_y_)};
  }
  static bool filters_inside(const BlockInfo& info) { return !info.skip || info.ref_frame[0] <= INTRA_FRAME; }

  /// spec 7.14.3: filter size process.
  uint8_t taps(TxSize a, TxSize b) const {
    const int units = std::min(tx_units_[a], tx_units_[b]);
    if (units == 1) return DEBLOCK_4;
    if (plane_) return DEBLOCK_6;
    return units == 2 ? DEBLOCK_8 : DEBLOCK_14;
  }

  const DeblockFrame& frame_;
  int plane_;
  DeblockPass pass_;
  int ss_x_, ss_y_;
  Array<uint8_t, TX_SIZES_ALL> tx_units_ = {};
  Array<uint8_t, BLOCK_SIZES> block_units_ = {};
};

/// Filters what the map holds, runs of equal edges at once; `samples` begins at the map's corner.
template <Pixel P>
void filter_edges(const EdgeMap& map, const DeblockLevels& levels, const DspTable<P>& dsp, DeblockPass pass,
                  P* samples, ptrdiff_t stride, int bit_depth) {
  const ptrdiff_t step_across = pass == DEBLOCK_VERTICAL_EDGES ? 4 : 4 * stride;
  const ptrdiff_t step_along = pass == DEBLOCK_VERTICAL_EDGES ? 4 * stride : 4;
  for (int line = 0; line < EdgeMap::kUnits; line++, samples += step_across) {
    const auto& edges = map.edges[line];
    for (uint32_t left = map.filtered[line]; left;) {
      const int begin = std::countr_zero(left);
      int end = begin + 1;
      while (end < EdgeMap::kUnits && edges[end] == edges[begin]) end++;
      dsp.deblock.edge[pass][edges[begin].taps](samples + begin * step_along, stride, 4 * (end - begin),
                                                levels.limits(edges[begin].level), bit_depth);
      left &= ~0u << end;
    }
  }
}

}  // namespace

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
          level_[i][segment][ref][mode] = static_cast<uint8_t>(clip3(0, MAX_LOOP_FILTER, level));
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
  const PictureFormat& format = frame.format;
  const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane);
  const int units_x = div_ceil(format.width, 4 << ss_x);  // those on screen
  const int end_y = std::min(mi_row_end >> ss_y, div_ceil(format.height, 4 << ss_y));
  const EdgeFinder finder(frame, plane, pass);
  for (int y = mi_row_begin >> ss_y; y < end_y; y += EdgeMap::kUnits)
    for (int x = 0; x < units_x; x += EdgeMap::kUnits) {
      EdgeMap map;
      finder.find({x, y, std::min(x + EdgeMap::kUnits, units_x), std::min(y + EdgeMap::kUnits, end_y)}, map);
      filter_edges(map, frame.levels, dsp, pass, samples.ptr(4 * x, 4 * y), samples.stride(),
                   format.bit_depth);
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
