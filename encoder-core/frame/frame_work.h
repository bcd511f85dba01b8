// The mutable state of one frame being coded, made once and reused from a pool.
#pragma once

#include <vector>

#include "base/pool.h"
#include "frame/block_info_grid.h"
#include "frame/coef_store.h"
#include "frame/deblock_edges.h"
#include "frame/frame_plan.h"
#include "frame/motion_field.h"
#include "frame/palette_grid.h"
#include "frame/reference_frame.h"
#include "frame/restoration_unit.h"
#include "frame/source_frame.h"
#include "frame/tx_grid.h"
#include "base/int_math.h"

namespace tessera {

/// What squared error of each plane weighs, in 1/16.
using PlaneWeights = Array<int, kPlanes>;
inline constexpr PlaneWeights kEvenWeights = {16, 16, 16};

template <Pixel P>
struct FrameWork {
  PictureFormat format;
  FrameHeader header;            ///< the plan's, with what search and filters decided
  BlockInfoGrid blocks;
  TxGrid tx;                     ///< mi_cols x mi_rows, whole superblocks
  PaletteGrid palettes;
  MotionField motion_field;      ///< projected; valid when header.use_ref_frame_mvs
  std::vector<CoefStore> coefs;  ///< one per superblock row of a tile, see coefs_of()
  DeblockEdges deblock_edges;    ///< once all is decided
  Array2d<int8_t> cdef_idx;      ///< per 64x64 block; -1: nothing to filter
  Array<RestorationGrid, kPlanes> restoration;  ///< room for the smallest units, see restoration_units()
  Lease<SourceFrame<P>> source;
  Array<PlaneView<const P>, kPlanes> source_plane;  ///< what is coded: the source's samples, or filtered ones
  PlaneWeights weights = kEvenWeights;  ///< of error, in the search's Lagrangians
  Array2d<float> lambda_scale;          ///< of superblocks: what multiplies the Lagrangian there
  Lease<ReferenceFrame<P>> recon;                              ///< being written
  Array<Lease<ReferenceFrame<P>>, TOTAL_REFS_PER_FRAME> refs;  ///< by RefFrame, LAST_FRAME .. ALTREF_FRAME

  /// Makes room for a frame of this format and tile layout; allocates only when something grew.
  void prepare(const PictureFormat& picture_format, const TileInfo& tiles);
  /// Units of a plane with the size that the header has; valid for planes that it restores.
  View2d<RestorationUnit> restoration_units(int p) { return units_of(restoration[p].view(), p); }
  View2d<const RestorationUnit> restoration_units(int p) const { return units_of(restoration[p].view(), p); }
  PlaneView<P> plane(int p) { return recon->picture.plane(p); }
  /// Levels of the superblock row at `mi_row` in tile column `tile_col`.
  CoefStore& coefs_of(int mi_row, int tile_col) { return coefs[coefs_index(mi_row, tile_col)]; }
  const CoefStore& coefs_of(int mi_row, int tile_col) const { return coefs[coefs_index(mi_row, tile_col)]; }

 private:
  template <class T>
  View2d<T> units_of(View2d<T> all, int p) const {
    const int size = header.lr.loop_restoration_size[p];
    return all.block(0, 0, count_units_in_frame(size, format.plane_width(p)), count_units_in_frame(size, format.plane_height(p)));
  }
  size_t coefs_index(int mi_row, int tile_col) const {
    return static_cast<size_t>(mi_row / kSbMi * header.tile_info.tile_cols + tile_col);
  }
};

extern template struct FrameWork<uint8_t>;
extern template struct FrameWork<uint16_t>;

}  // namespace tessera
