// Small tables of mode coding (section 8.3.2, 5.9.14, 5.11.50).
#pragma once

#include "base/array.h"
#include "spec/constants.h"
#include "spec/enums.h"

namespace tessera {

/// Context class of a neighbour's mode, for intra_frame_y_mode.
inline constexpr Array<uint8_t, INTRA_MODES> Intra_Mode_Context = {0, 1, 2, 3, 4, 4, 4, 4, 3, 0, 1, 2, 0};
/// [RefMvContext >> 1][min(NewMvContext, 4)]
inline constexpr Table2<uint8_t, 3, 5> Compound_Mode_Ctx_Map = {
  0, 1, 1, 1, 1,
  1, 2, 3, 4, 4,
  4, 4, 5, 6, 7,
};
/// Direction that picks the CDF of intra_tx_type.
inline constexpr Array<PredictionMode, 5> Filter_Intra_Mode_To_Intra_Dir = {
  DC_PRED, V_PRED, H_PRED, D157_PRED, DC_PRED,
};
/// [ColorContextHash]; -1 never occurs.
inline constexpr Array<int8_t, 9> Palette_Color_Context = {-1, -1, 0, -1, -1, 4, 3, 2, 1};
inline constexpr Array<uint8_t, 3> Palette_Color_Hash_Multipliers = {1, 2, 2};

inline constexpr Array<uint8_t, SEG_LVL_MAX> Segmentation_Feature_Bits = {8, 6, 6, 6, 6, 3, 0, 0};
inline constexpr Array<bool, SEG_LVL_MAX> Segmentation_Feature_Signed = {1, 1, 1, 1, 1, 0, 0, 0};
inline constexpr Array<int16_t, SEG_LVL_MAX> Segmentation_Feature_Max = {
  255, MAX_LOOP_FILTER, MAX_LOOP_FILTER, MAX_LOOP_FILTER, MAX_LOOP_FILTER, 7, 0, 0,
};

/// [lr_type]
inline constexpr Array<RestorationType, 4> Remap_Lr_Type = {
  RESTORE_NONE, RESTORE_SWITCHABLE, RESTORE_WIENER, RESTORE_SGRPROJ,
};

}  // namespace tessera
