#include "filter/deblock_find.h"

#include <algorithm>
#include <bit>

#include "spec/tx_geometry.h"

namespace tessera {
namespace {

/// The edges of a 64x64 part of a plane in one pass: lines run along the edges, units of 4.
struct EdgeMap {
  static constexpr int kUnits = DeblockEdges::kTileUnits;
  using Edge = uint16_t;  ///< taps, kind << 2, other << 9
  Table2<Edge, kUnits, kUnits> edges;     ///< [ across ][ along ]
  Array<uint32_t, kUnits> present = {};   ///< [ across ]: bit a where there is an edge at [ across ][ a ]
};

/// 4x4 units of a plane.
struct UnitRect {
  int x, y, end_x, end_y;
};

/// Finds the edges of one plane in one pass.
template <Pixel P>
class EdgeFinder {
 public:
  EdgeFinder(const FrameWork<P>& frame, int plane, DeblockPass pass)
      : frame_(frame),
        plane_(plane),
        pass_(pass),
        ss_x_(frame.format.ss_x(plane)),
        ss_y_(frame.format.ss_y(plane)) {
    const auto& side = pass == DEBLOCK_VERTICAL_EDGES ? Tx_Width : Tx_Height;
    const auto& length = pass == DEBLOCK_VERTICAL_EDGES ? Tx_Height : Tx_Width;
    const auto& units = pass == DEBLOCK_VERTICAL_EDGES ? Num_4x4_Blocks_Wide : Num_4x4_Blocks_High;
    for (int t = 0; t < TX_SIZES_ALL; t++) {
      tx_units_[t] = side[t] >> 2;
      tx_length_[t] = length[t] >> 2;
    }
    for (int b = 0; b < BLOCK_SIZES; b++) {
      const BlockSize size = get_plane_residual_size(static_cast<BlockSize>(b), ss_x_, ss_y_);
      block_units_[b] = size == BLOCK_INVALID ? 1 : units[size];
    }
  }

  /// Edges of the units in `rect`, at most EdgeMap::kUnits a side.
  void find(const UnitRect& rect, DeblockEdges::Row& out) const {
    EdgeMap map;
    fill(rect, map);
    for (int line = 0; line < EdgeMap::kUnits; line++) {
      const auto& edges = map.edges[line];
      for (uint32_t left = map.present[line]; left;) {
        const int begin = std::countr_zero(left), most = begin + std::countr_one(left >> begin);
        int end = begin + 1;
        while (end < most && edges[end] == edges[begin]) end++;
        const EdgeMap::Edge alike = edges[begin];
        const bool vertical = pass_ == DEBLOCK_VERTICAL_EDGES;
        DeblockEdge edge = {};
        edge.x4 = static_cast<uint32_t>(vertical ? line : begin) & 15;
        edge.y4 = static_cast<uint32_t>(vertical ? begin : line) & 15;
        edge.length = static_cast<uint32_t>(end - begin) & 31;
        edge.taps = alike & 3;
        edge.kind = alike >> 2 & 127;
        edge.other = alike >> 9 & 127;
        out.edges.push_back(edge);
        left &= ~0u << end;
      }
    }
    out.tile_end.push_back(static_cast<uint32_t>(out.edges.size()));
  }

 private:
  struct Unit {
    const BlockInfo* info = nullptr;
    TxSize tx = TX_4X4;
    uint8_t kind = 0;
  };

  /// spec 7.14.2: edge loop filter process, as far as it does not depend on levels.
  void fill(const UnitRect& rect, EdgeMap& map) const {
    const bool vertical = pass_ == DEBLOCK_VERTICAL_EDGES;
    const int across_begin = vertical ? rect.x : rect.y, across_end = vertical ? rect.end_x : rect.end_y;
    const int along_begin = vertical ? rect.y : rect.x, along_end = vertical ? rect.end_y : rect.end_x;
    for (int along = along_begin; along < along_end;) {
      const auto unit_at = [&](int across) { return vertical ? unit(across, along) : unit(along, across); };
      // Lines that cross the same units have the same edges.
      int alike = along_end - along;
      const auto cross = [&](const Unit& u) { alike = std::min(alike, tx_length_[u.tx] - (along & (tx_length_[u.tx] - 1))); };
      uint32_t found = 0;  // bit a where there is an edge at [ a ][ along ]
      Unit previous = {};
      if (across_begin > 0) {
        previous = unit_at(across_begin - 1);
        cross(previous);
      }
      for (int across = across_begin; across < across_end;) {
        const Unit current = unit_at(across);
        const int tx_units = tx_units_[current.tx], block_units = block_units_[current.info->size];
        const bool is_tx_edge = (across & (tx_units - 1)) == 0, is_block_edge = (across & (block_units - 1)) == 0;
        if (across > 0 && is_tx_edge && (is_block_edge || filters_inside(*current.info))) {
          map.edges[across - across_begin][along - along_begin] =
              static_cast<EdgeMap::Edge>(taps(previous.tx, current.tx) | current.kind << 2 | previous.kind << 9);
          found |= 1u << (across - across_begin);
        }
        cross(current);
        across = (across & ~(tx_units - 1)) + tx_units;
        previous = current;
      }
      const uint32_t lines = ((1u << alike) - 1) << (along - along_begin);
      for (; found; found &= found - 1) {
        const int across = std::countr_zero(found);
        auto* const edges = map.edges[across].data() + along - along_begin;
        for (int i = 1; i < alike; i++) edges[i] = edges[0];
        map.present[across] |= lines;
      }
      along += alike;
    }
  }

  Unit unit(int x4, int y4) const {
    const int mi_row = (y4 << ss_y_) | ss_y_, mi_col = (x4 << ss_x_) | ss_x_;
    const BlockInfo& info = frame_.blocks.at(mi_row, mi_col);
    const uint8_t kind = deblock_kind(info);
    if (!plane_) return {&info, frame_.tx.at(mi_col, mi_row).size, kind};
    return {&info, frame_.header.lossless_array[info.segment_id] ? TX_4X4 : get_tx_size_uv(info.size, ss_x_, ss_y_), kind};
  }
  static bool filters_inside(const BlockInfo& info) { return !info.skip || info.ref_frame[0] <= INTRA_FRAME; }

  /// spec 7.14.3: filter size process.
  uint8_t taps(TxSize a, TxSize b) const {
    const int units = std::min(tx_units_[a], tx_units_[b]);
    if (units == 1) return DEBLOCK_4;
    if (plane_) return DEBLOCK_6;
    return units == 2 ? DEBLOCK_8 : DEBLOCK_14;
  }

  const FrameWork<P>& frame_;
  int plane_;
  DeblockPass pass_;
  int ss_x_, ss_y_;
  Array<uint8_t, TX_SIZES_ALL> tx_units_ = {}, tx_length_ = {};  ///< across and along the edges
  Array<uint8_t, BLOCK_SIZES> block_units_ = {};
};

}  // namespace

template <Pixel P>
void find_deblock_edges(FrameWork<P>& frame, int sb_row) {
  const PictureFormat& format = frame.format;
  for (int plane = 0; plane < std::min(format.planes(), 2); plane++) {
    const int ss_x = format.ss_x(plane), ss_y = format.ss_y(plane);
    const int units_x = div_ceil(format.width, 4 << ss_x), units_y = div_ceil(format.height, 4 << ss_y);  // those on screen
    const int y = sb_row * kSbMi >> ss_y, end_y = std::min((sb_row + 1) * kSbMi >> ss_y, units_y);
    for (const DeblockPass pass : {DEBLOCK_VERTICAL_EDGES, DEBLOCK_HORIZONTAL_EDGES}) {
      const EdgeFinder<P> finder(frame, plane, pass);
      DeblockEdges::Row& out = frame.deblock_edges.row(plane, pass, sb_row);
      out.edges.clear();
      out.tile_end.clear();
      for (int x = 0; x < units_x; x += EdgeMap::kUnits)
        finder.find({x, y, std::min(x + EdgeMap::kUnits, units_x), end_y}, out);
    }
  }
}

template void find_deblock_edges(FrameWork<uint8_t>&, int);
template void find_deblock_edges(FrameWork<uint16_t>&, int);

}  // namespace tessera
