// Contexts of coefficient coding (section 8.3.2) and the scale of large transforms (7.12.3).
#pragma once

#include "base/array.h"
#include "spec/tx_geometry.h"

namespace tessera {

inline constexpr int NUM_BASE_LEVELS = 2;    ///< levels above this continue with coeff_br
inline constexpr int COEFF_BASE_RANGE = 12;  ///< what coeff_br adds at most; a Golomb code follows
inline constexpr int BR_CDF_SIZE = 4;
inline constexpr int SIG_COEF_CONTEXTS_2D = 26;
inline constexpr int SIG_COEF_CONTEXTS = 42;

/// spec 5.11.39: txSzCtx, 0..4.
constexpr int tx_size_ctx(TxSize tx_size) {
  return (Tx_Size_Sqr[tx_size] + Tx_Size_Sqr_Up[tx_size] + 1) >> 1;
}
/// spec 5.11.39: eobMultisize, which of eob_pt_16..eob_pt_1024 is coded, 0..6.
constexpr int eob_multisize(TxSize tx_size) {
  const TxSize adjusted = Adjusted_Tx_Size[tx_size];
  return Tx_Width_Log2[adjusted] + Tx_Height_Log2[adjusted] - 4;
}
/// Number of coefficients that are coded at most: the size of the top-left part of at most 32 x 32.
constexpr int max_eob(TxSize tx_size) { return 16 << eob_multisize(tx_size); }

/// spec 7.12.3: log2 of dqDenom.
constexpr int dequant_shift(TxSize tx_size) {
  const int samples_log2 = Tx_Width_Log2[tx_size] + Tx_Height_Log2[tx_size];
  return samples_log2 > 10 ? 2 : samples_log2 > 8 ? 1 : 0;
}

/// [transform size][min(row, 4)][min(column, 4)], two-dimensional class.
inline constexpr Table3<uint8_t, TX_SIZES_ALL, 5, 5> Coeff_Base_Ctx_Offset = {
  0, 1, 6, 6, 0, 1, 6, 6, 21, 0, 6, 6, 21, 21, 0, 6, 21, 21, 21, 0, 0, 0, 0, 0, 0,
  0, 1, 6, 6, 21, 1, 6, 6, 21, 21, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 1, 6, 6, 21, 1, 6, 6, 21, 21, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 1, 6, 6, 21, 1, 6, 6, 21, 21, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 1, 6, 6, 21, 1, 6, 6, 21, 21, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 11, 11, 11, 0, 11, 11, 11, 11, 0, 6, 6, 21, 21, 0, 6, 21, 21, 21, 0, 21, 21, 21, 21, 0,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 0, 0, 0, 0, 0,
  0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21,
  0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21,
  0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21,
  0, 11, 11, 11, 0, 11, 11, 11, 11, 0, 6, 6, 21, 21, 0, 6, 21, 21, 21, 0, 21, 21, 21, 21, 0,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 0, 0, 0, 0, 0,
  0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21,
  0, 11, 11, 11, 11, 11, 11, 11, 11, 11, 6, 6, 21, 21, 21, 6, 21, 21, 21, 21, 21, 21, 21, 21, 21,
  0, 16, 6, 6, 21, 16, 16, 6, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21, 16, 16, 21, 21, 21,
};

/// [min(distance along the class axis, 2)], one-dimensional classes.
inline constexpr Array<uint8_t, 3> Coeff_Base_Pos_Ctx_Offset = {26, 31, 36};

/// [class][neighbour][row, column]: the levels that give the context of coeff_base.
inline constexpr Table3<int8_t, 3, 5, 2> Sig_Ref_Diff_Offset = {
  0, 1, 1, 0, 1, 1, 0, 2, 2, 0,
  0, 1, 1, 0, 0, 2, 0, 3, 0, 4,
  0, 1, 1, 0, 2, 0, 3, 0, 4, 0,
};

/// [class][neighbour][row, column]: the levels that give the context of coeff_br.
inline constexpr Table3<int8_t, 3, 3, 2> Mag_Ref_Offset_With_Tx_Class = {
  0, 1, 1, 0, 1, 1,
  0, 1, 1, 0, 0, 2,
  0, 1, 1, 0, 2, 0,
};

}  // namespace tessera
