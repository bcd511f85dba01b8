// The edges that the loop filter may filter, as blocks and transform units give them, whatever the filter's levels are.
#pragma once

#include <algorithm>
#include <vector>

#include "base/array.h"
#include "dsp/deblock_edge.h"
#include "frame/plane.h"
#include "spec/constants.h"

namespace tessera {

/// A run of 4x4 units with equal edges, to the left of each (DEBLOCK_VERTICAL_EDGES) or above.
struct DeblockEdge {
  uint32_t x4 : 4, y4 : 4;      ///< the first unit, in its tile
  uint32_t length : 5;          ///< units along the edge
  uint32_t taps : 2;            ///< DeblockTaps
  uint32_t kind : 7, other : 7; ///< what the level follows from (see DeblockLevels), and what it does where that gives 0
};

/// Those of a frame by superblock rows; both planes of chroma have the same.
class DeblockEdges {
 public:
  /// Units on a side of a tile of a plane.
  static constexpr int kTileUnits = kSbMi;
  struct Row {
    std::vector<DeblockEdge> edges;  ///< tile after tile
    std::vector<uint32_t> tile_end;  ///< in edges
  };

  /// Makes room for the most that a row can hold.
  void resize(const PictureFormat& format) {
    for (int plane = 0; plane < std::min(format.planes(), 2); plane++)
      for (auto& rows : rows_[plane]) {
        rows.resize(static_cast<size_t>(format.sb_rows()));
        const int units = format.sb_cols() * kSbMi * kSbMi >> (format.ss_x(plane) + format.ss_y(plane));
        for (Row& row : rows) {
          row.edges.reserve(static_cast<size_t>(units));
          row.tile_end.reserve(static_cast<size_t>(format.sb_cols()));
        }
      }
  }

  Row& row(int plane, DeblockPass pass, int sb_row) { return rows_[plane > 0][pass][static_cast<size_t>(sb_row)]; }
  const Row& row(int plane, DeblockPass pass, int sb_row) const { return rows_[plane > 0][pass][static_cast<size_t>(sb_row)]; }

 private:
  Table2<std::vector<Row>, 2, DEBLOCK_PASSES> rows_;
};

}  // namespace tessera
