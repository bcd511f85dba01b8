// Which transform type a unit has when it is not coded, and which types may be coded: shared by writing,
// search and reconstruction.
#pragma once

#include "base/view.h"
#include "frame/block_info.h"
#include "frame/tx_grid.h"
#include "spec/frame_header.h"
#include "spec/mode_tables.h"
#include "spec/tx_geometry.h"

namespace tessera {

/// spec 5.11.47: the condition under which transform_type( ) codes a symbol. `set` as get_tx_set gives it.
inline bool codes_tx_type(const FrameHeader& header, const BlockInfo& info, TxSet set) {
  return set != TX_SET_DCTONLY && get_qindex_ignoring_delta(header, info.segment_id) > 0;
}

/// May a luma unit of this size choose the type? Where no symbol is coded DCT_DCT is the only one.
inline bool allows_tx_type(const FrameHeader& header, const BlockInfo& info, TxSize tx_size, TxType type) {
  if (type == DCT_DCT) return true;
  if (header.lossless_array[info.segment_id]) return false;
  const TxSet set = get_tx_set(tx_size, info.is_inter, header.reduced_tx_set);
  return codes_tx_type(header, info, set) && is_tx_type_in_set(set, type, info.is_inter);
}

/// spec 8.3.2: intraDir of intra_tx_type.
inline PredictionMode intra_tx_direction(const BlockInfo& info) {
  return info.use_filter_intra ? Filter_Intra_Mode_To_Intra_Dir[info.filter_intra_mode] : info.y_mode;
}

/// The unit of the grid whose luma type a chroma transform of an inter block inherits; x4, y4 in 4x4 units of
/// the plane.
inline const TxUnit& luma_unit_of_chroma(const View2d<const TxUnit>& units, const BlockInfo& info, int x4,
                                         int y4, int subsampling_x, int subsampling_y) {
  const int col = std::max<int>(info.mi_col, x4 << subsampling_x),
            row = std::max<int>(info.mi_row, y4 << subsampling_y);
  return units.at(col, row);
}

/// spec 5.11.40: compute_tx_type for a chroma plane. `luma_type`: type of the unit that luma_unit_of_chroma
/// names (DCT_DCT when that unit has no coefficients); only inter blocks look at it.
inline TxType compute_tx_type_uv(const FrameHeader& header, const BlockInfo& info, TxSize uv_tx_size,
                                 TxType luma_type) {
  if (header.lossless_array[info.segment_id] || Tx_Size_Sqr_Up[uv_tx_size] > TX_32X32) return DCT_DCT;
  const TxType type = info.is_inter ? luma_type : Mode_To_Txfm[info.uv_mode];
  const TxSet set = get_tx_set(uv_tx_size, info.is_inter, header.reduced_tx_set);
  return is_tx_type_in_set(set, type, info.is_inter) ? type : DCT_DCT;
}

}  // namespace tessera
