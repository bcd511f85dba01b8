// How a residual is coded: transform type, levels, and for inter blocks the transform tree. Distortion is measured
// on coefficients, which the transform's orthogonality makes that of the samples.
#pragma once

#include "base/fixed_vector.h"
#include "search/search_context.h"

namespace tessera {

/// What coding one transform unit comes to.
struct UnitChoice {
  TxSize size = TX_4X4;
  TxType type = DCT_DCT;
  uint16_t eob = 0;
  uint8_t context = 0;      ///< culLevel | dcCategory << 6, for BlockContext::enter_coefficients
  uint32_t rate = 0;        ///< all coefficient syntax, 1/512 bit
  int64_t distortion = 0;
};

/// One transform unit and how much effort it deserves.
struct UnitQuery {
  const BlockInfo& info;
  int plane = 0;
  TxSize size = TX_4X4;
  int x4 = 0, y4 = 0;       ///< in 4x4 units of the plane
  Span<const TxType> types; ///< candidates; the first is the fallback
  bool trellis = false;
};

/// Transform units of one plane of a block in coding order with their levels, raster, back to back.
struct CodedPlane {
  FixedVector<UnitChoice, 256> units;
  FixedVector<TransformBlock, 256> places;
  int num_levels = 0;       ///< in the caller's level memory
  int64_t distortion = 0;
  uint64_t rate = 0;        ///< coefficients, and txfm_split of inter luma
  bool any_coefficients = false;

  void clear() {
    units.clear();
    places.clear();
    num_levels = 0;
    distortion = 0;
    rate = 0;
    any_coefficients = false;
  }
};

template <Pixel P>
class TxSearch {
 public:
  explicit TxSearch(SearchContext<P>& context) : s_(context) {}

  /// Chooses type and levels of one unit; contexts are read, not entered. `levels` gets the whole raster.
  UnitChoice code_unit(const UnitQuery& query, const int16_t* residual, ptrdiff_t stride, Level* levels);
  /// The luma of an inter block: searches the transform tree down to `max_depth` splits. `residual` covers the block
  /// with rows of `stride`. Enters coefficient and size contexts as it goes.
  void code_inter_luma(const BlockInfo& info, const int16_t* residual, ptrdiff_t stride, int max_depth, int max_types,
                       bool trellis, Level* levels, CodedPlane& out);
  /// A chroma plane of an inter block.
  void code_inter_chroma(const BlockInfo& info, int plane, const CodedPlane& luma, const int16_t* residual, ptrdiff_t stride,
                         bool trellis, Level* levels, CodedPlane& out);

  /// Adds the inverse transform of a unit's levels to the prediction at `dst`.
  void reconstruct(const UnitChoice& unit, int plane, bool lossless, const Level* levels, P* dst, ptrdiff_t stride);
  /// Enters a coded unit into the coefficient contexts.
  void enter_unit(const UnitChoice& unit, const TransformBlock& place);
  /// Files a decided plane: sizes, types and ends of block into the grid, and unless the block is skipped its levels
  /// into the tile's coefficient store, in scan order.
  void store_plane(const BlockInfo& info, const CodedPlane& plane, const Level* levels);
  /// Files an inter block without residual, and clears its coefficient contexts.
  void store_skipped(const BlockInfo& info);
  /// Candidate types of a luma unit, most likely first, at most `max_types`.
  Span<const TxType> candidate_types(const BlockInfo& info, TxSize size, int max_types);

 private:
  void code_tree(const BlockInfo& info, int mi_row, int mi_col, TxSize size, int depth);
  struct Tree;
  enum class Split { kNever, kTry, kAlways };
  Split foresee_split(const int16_t* residual, ptrdiff_t stride, TxSize size) const;
  FixedVector<uint64_t, 4> energy_of_parts(const int16_t* residual, ptrdiff_t stride, TxSize size) const;
  float step_in_samples() const { return static_cast<float>(s_.quant.step[0].ac.step) / 8; }
  void log_split(const FixedVector<uint64_t, 4>& parts, TxSize size, double whole_j, double split_j) const;

  SearchContext<P>& s_;
  Tree* tree_ = nullptr;
  Array<TxType, TX_TYPES> types_ = {};
};

/// Levels that a unit of this size codes at most: the raster of min(w, 32) x min(h, 32).
constexpr int coded_area(TxSize size) {
  return std::min<int>(Tx_Width[size], 32) * std::min<int>(Tx_Height[size], 32);
}

extern template class TxSearch<uint8_t>;
extern template class TxSearch<uint16_t>;

}  // namespace tessera
