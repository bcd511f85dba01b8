// The intra prediction process of a transform block (section 7.11.2) and the availability of its neighbours.
// The edges are prepared once and serve every candidate mode.
#pragma once

#include "base/array.h"
#include "dsp/intra_table.h"
#include "frame/block_info_grid.h"
#include "spec/constants.h"

namespace tessera {

/// BlockDecoded of section 5.11.3: which 4x4 units of the current superblock and of the line of units around
/// it are decoded. Plane coordinates in units of 4 samples, relative to the superblock: -1 .. 16. Copying it
/// is a checkpoint.
class BlockDecodedMap {
 public:
  /// spec 5.11.3: clear_block_decoded_flags( ). The superblock's corner and its tile's end in luma 4x4 units.
  void start_superblock(int mi_row, int mi_col, int mi_row_end, int mi_col_end, int sub_x, int sub_y);
  /// A transform block of w4 x h4 units is reconstructed (or predicted, for a block without a residual).
  void mark(int plane, int x4, int y4, int w4, int h4) {
    const uint32_t bits = ((1u << w4) - 1) << (x4 + 1);
    for (int y = y4; y < y4 + h4; y++) rows_[plane][y + 1] |= bits;
  }
  bool decoded(int plane, int x4, int y4) const { return (rows_[plane][y4 + 1] >> (x4 + 1)) & 1; }
  bool have_above_right(int plane, int x4, int y4, int w4) const { return decoded(plane, x4 + w4, y4 - 1); }
  bool have_below_left(int plane, int x4, int y4, int h4) const { return decoded(plane, x4 - 1, y4 + h4); }

 private:
  Table2<uint32_t, kPlanes, kSbMi + 2> rows_ = {};  ///< [ plane ][ y4 + 1 ], bit x4 + 1
};

/// One plane of a block as its transform blocks see it.
struct IntraBlock {
  int plane, sub_x, sub_y;
  int x, y;                      ///< of the block, in samples of the plane
  bool avail_left, avail_above;  ///< AvailL, AvailU, or AvailLChroma, AvailUChroma
  int mi_rows, mi_cols;          ///< of the frame
  bool edge_filter;              ///< enable_intra_edge_filter
  bool filter_type;              ///< intra_filter_type( )
};

/// The inputs of section 7.11.2 for one transform block.
struct IntraPlace {
  int x, y, w, h;    ///< in samples of the plane; w, h: 4 to 64
  int max_x, max_y;  ///< maxX, maxY: last column and row that hold samples
  bool have_left, have_above, have_above_right, have_below_left;
  bool edge_filter, filter_type;
};

/// spec 5.11.35: the inputs that transform_block( ) gives to predict_intra( ).
IntraPlace intra_place(const BlockDecodedMap& decoded, const IntraBlock& block, int x, int y, int w, int h);

/// spec 7.11.2.8: intra filter type process, get_filter_type( ), for the block at mi_row, mi_col.
bool intra_filter_type(const BlockInfoGrid& grid, int mi_row, int mi_col, const IntraBlock& block);

/// AboveRow and LeftCol of a transform block.
template <Pixel P>
struct IntraEdges {
  IntraPlace place;
  int bit_depth;
  alignas(32) Array<P, kEdgeBefore + kEdgeAfter> above_samples, left_samples;

  P* above() { return above_samples.data() + kEdgeBefore; }
  P* left() { return left_samples.data() + kEdgeBefore; }
  const P* above() const { return above_samples.data() + kEdgeBefore; }
  const P* left() const { return left_samples.data() + kEdgeBefore; }
};

/// spec 7.11.2: AboveRow and LeftCol from the plane's reconstruction (before any filter), whose sample (x, y)
/// is the plane's.
template <Pixel P>
void prepare_intra_edges(IntraEdges<P>& edges, PlaneView<const P> recon, const IntraPlace& place,
                         int bit_depth);

/// spec 7.11.2: the array pred, for any mode but filter intra. UV_CFL_PRED gives its DC part.
template <Pixel P>
void predict_from_edges(const IntraTable<P>& table, const IntraEdges<P>& edges, PredictionMode mode,
                        int angle_delta, P* dst, ptrdiff_t dst_stride);

/// spec 7.11.2.3, from prepared edges.
template <Pixel P>
void predict_filter_intra(const IntraTable<P>& table, const IntraEdges<P>& edges, int filter_intra_mode,
                          P* dst, ptrdiff_t dst_stride);

extern template void prepare_intra_edges(IntraEdges<uint8_t>&, PlaneView<const uint8_t>, const IntraPlace&,
                                         int);
extern template void prepare_intra_edges(IntraEdges<uint16_t>&, PlaneView<const uint16_t>, const IntraPlace&,
                                         int);
extern template void predict_from_edges(const IntraTable<uint8_t>&, const IntraEdges<uint8_t>&,
                                        PredictionMode, int, uint8_t*, ptrdiff_t);
extern template void predict_from_edges(const IntraTable<uint16_t>&, const IntraEdges<uint16_t>&,
                                        PredictionMode, int, uint16_t*, ptrdiff_t);
extern template void predict_filter_intra(const IntraTable<uint8_t>&, const IntraEdges<uint8_t>&, int,
                                          uint8_t*, ptrdiff_t);
extern template void predict_filter_intra(const IntraTable<uint16_t>&, const IntraEdges<uint16_t>&, int,
                                          uint16_t*, ptrdiff_t);

}  // namespace tessera
