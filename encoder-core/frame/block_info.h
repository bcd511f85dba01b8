// One coded block as decided: what search fills in, what the syntax writers, prediction and filters read.
#pragma once

#include <cstdint>

#include "base/array.h"
#include "spec/constants.h"
#include "spec/enums.h"

namespace tessera {

/// A motion vector in 1/8 luma samples.
struct Mv {
  int16_t row = 0, col = 0;
  constexpr bool operator==(const Mv&) const = default;
};

/// What the reference-MV process (spec 7.10.2) found for a block: kept so that writing need not repeat it.
struct MvContexts {
  uint8_t new_mv = 0, global_mv = 0, ref_mv = 0;  ///< NewMvContext, ZeroMvContext, RefMvContext
  uint8_t num_mv_found = 0;
  Array<uint8_t, 3> drl = {};  ///< DrlCtxStack[ 0..2 ]
  Array<Mv, 2> pred_mv = {};   ///< PredMv[ 0..1 ]: what a NEWMV difference is coded against
};

struct BlockInfo {
  uint16_t mi_row = 0, mi_col = 0;  ///< of the top-left corner, in the frame
  BlockSize size = BLOCK_INVALID;
  Partition partition = PARTITION_NONE;  ///< the partition that made this block
  uint8_t skip = 0, skip_mode = 0, is_inter = 0, segment_id = 0;

  PredictionMode y_mode = DC_PRED, uv_mode = DC_PRED;
  int8_t angle_delta_y = 0, angle_delta_uv = 0;  ///< -3 .. 3, steps of 3 degrees
  uint8_t use_intrabc = 0;  ///< then is_inter, ref_frame[ 0 ] INTRA_FRAME, modes DC_PRED, and mv[ 0 ] in whole samples
  uint8_t use_filter_intra = 0, filter_intra_mode = 0;
  uint8_t cfl_joint_sign = 0;             ///< cfl_alpha_signs, 0 .. 7
  uint8_t cfl_alpha_u = 0, cfl_alpha_v = 0;  ///< the coded magnitudes, 0 .. 15 (alpha - 1)
  Array<uint8_t, 2> palette_size = {};  ///< PaletteSizeY, PaletteSizeUV; PaletteGrid holds colours and maps

  Array<RefFrame, 2> ref_frame = {INTRA_FRAME, NONE};
  Array<Mv, 2> mv = {};
  uint8_t ref_mv_idx = 0;
  Array<InterpFilter, 2> interp_filter = {EIGHTTAP, EIGHTTAP};  ///< [ 0 ] vertical, [ 1 ] horizontal
  MotionMode motion_mode = SIMPLE;
  uint8_t has_warp_samples = 0;  ///< NumSamples > 0 (spec 7.10.4); wanted where motion_mode is coded and the frame may warp
  CompoundType compound_type = COMPOUND_AVERAGE;  ///< of a compound block; COMPOUND_WEDGE or COMPOUND_INTRA: of an inter-intra block
  InterIntraMode interintra_mode = II_DC_PRED;    ///< of an inter-intra block
  uint8_t wedge_index = 0, wedge_sign = 0;  ///< COMPOUND_WEDGE
  uint8_t mask_type = 0;                    ///< COMPOUND_DIFFWTD
  uint8_t has_chroma = 1;

  TxSize tx_size = TX_4X4;  ///< luma size of an intra, skipped or undivided block; see TxGrid for the others
  uint8_t qindex = 0;       ///< CurrentQIndex of its superblock
  MvContexts mv_ctx;

  bool is_compound() const { return ref_frame[1] > INTRA_FRAME; }
  bool is_masked() const { return is_compound() && (compound_type == COMPOUND_WEDGE || compound_type == COMPOUND_DIFFWTD); }
  /// One reference, and intra prediction blended with it.
  bool is_inter_intra() const { return ref_frame[1] == INTRA_FRAME; }
};

}  // namespace tessera
