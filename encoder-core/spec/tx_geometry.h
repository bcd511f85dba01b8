// Sizes, splits, classes and sets of transforms (sections 5.11.37, 5.11.40, 5.11.48 and 10.2).
#pragma once

#include "base/array.h"
#include "spec/block_geometry.h"
#include "spec/enums.h"

namespace tessera {

inline constexpr Array<uint8_t, TX_SIZES_ALL> Tx_Width = {
  4, 8, 16, 32, 64, 4, 8, 8, 16, 16, 32, 32, 64, 4, 16, 8, 32, 16, 64,
};
inline constexpr Array<uint8_t, TX_SIZES_ALL> Tx_Height = {
  4, 8, 16, 32, 64, 8, 4, 16, 8, 32, 16, 64, 32, 16, 4, 32, 8, 64, 16,
};
inline constexpr Array<uint8_t, TX_SIZES_ALL> Tx_Width_Log2 = {
  2, 3, 4, 5, 6, 2, 3, 3, 4, 4, 5, 5, 6, 2, 4, 3, 5, 4, 6,
};
inline constexpr Array<uint8_t, TX_SIZES_ALL> Tx_Height_Log2 = {
  2, 3, 4, 5, 6, 3, 2, 4, 3, 5, 4, 6, 5, 4, 2, 5, 3, 6, 4,
};

/// Square size with the shorter side.
inline constexpr Array<TxSize, TX_SIZES_ALL> Tx_Size_Sqr = {
  TX_4X4, TX_8X8, TX_16X16, TX_32X32, TX_64X64, TX_4X4, TX_4X4, TX_8X8,
  TX_8X8, TX_16X16, TX_16X16, TX_32X32, TX_32X32, TX_4X4, TX_4X4, TX_8X8,
  TX_8X8, TX_16X16, TX_16X16,
};

/// Square size with the longer side.
inline constexpr Array<TxSize, TX_SIZES_ALL> Tx_Size_Sqr_Up = {
  TX_4X4, TX_8X8, TX_16X16, TX_32X32, TX_64X64, TX_8X8, TX_8X8, TX_16X16,
  TX_16X16, TX_32X32, TX_32X32, TX_64X64, TX_64X64, TX_16X16, TX_16X16, TX_32X32,
  TX_32X32, TX_64X64, TX_64X64,
};

/// Size after one split.
inline constexpr Array<TxSize, TX_SIZES_ALL> Split_Tx_Size = {
  TX_4X4, TX_4X4, TX_8X8, TX_16X16, TX_32X32, TX_4X4, TX_4X4, TX_8X8,
  TX_8X8, TX_16X16, TX_16X16, TX_32X32, TX_32X32, TX_4X8, TX_8X4, TX_8X16,
  TX_16X8, TX_16X32, TX_32X16,
};

/// The size whose coefficients are coded: sides of 64 become 32.
inline constexpr Array<TxSize, TX_SIZES_ALL> Adjusted_Tx_Size = {
  TX_4X4, TX_8X8, TX_16X16, TX_32X32, TX_32X32, TX_4X8, TX_8X4, TX_8X16,
  TX_16X8, TX_16X32, TX_32X16, TX_32X32, TX_32X32, TX_4X16, TX_16X4, TX_8X32,
  TX_32X8, TX_16X32, TX_32X16,
};

/// Rounding shift after the row transforms of the inverse (7.13.3).
inline constexpr Array<uint8_t, TX_SIZES_ALL> Transform_Row_Shift = {
  0, 1, 2, 2, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2,
};

/// spec 5.11.36: find_tx_size( w, h ), sides in samples.
constexpr TxSize find_tx_size(int w, int h) {
  int tx_size = TX_4X4;
  while (Tx_Width[tx_size] != w || Tx_Height[tx_size] != h) ++tx_size;
  return static_cast<TxSize>(tx_size);
}

/// spec 5.11.37: get_tx_size( plane, txSz ) for a chroma plane of a block without lossless coding.
constexpr TxSize get_tx_size_uv(BlockSize mi_size, int subsampling_x, int subsampling_y) {
  const TxSize uv_tx = Max_Tx_Size_Rect[get_plane_residual_size(mi_size, subsampling_x, subsampling_y)];
  if (Tx_Width[uv_tx] != 64 && Tx_Height[uv_tx] != 64) return uv_tx;
  if (Tx_Width[uv_tx] == 16) return TX_16X32;
  if (Tx_Height[uv_tx] == 16) return TX_32X16;
  return TX_32X32;
}

enum TxClass : uint8_t { TX_CLASS_2D, TX_CLASS_HORIZ, TX_CLASS_VERT };

/// spec 8.3.2: get_tx_class( txType ).
constexpr TxClass get_tx_class(TxType tx_type) {
  if (tx_type == V_DCT || tx_type == V_ADST || tx_type == V_FLIPADST) return TX_CLASS_VERT;
  if (tx_type == H_DCT || tx_type == H_ADST || tx_type == H_FLIPADST) return TX_CLASS_HORIZ;
  return TX_CLASS_2D;
}

/// Transform type implied by an intra mode, where none is coded.
inline constexpr Array<TxType, UV_INTRA_MODES> Mode_To_Txfm = {
  DCT_DCT, ADST_DCT, DCT_ADST, DCT_DCT, ADST_ADST, ADST_DCT, DCT_ADST,
  DCT_ADST, ADST_DCT, ADST_ADST, ADST_DCT, DCT_ADST, ADST_ADST, DCT_DCT,
};

/// [set][type]: what a set contains.
inline constexpr Table2<bool, 3, TX_TYPES> Tx_Type_In_Set_Intra = {
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0,
  1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
};
inline constexpr Table2<bool, 4, TX_TYPES> Tx_Type_In_Set_Inter = {
  1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0,
  1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0,
};

/// spec 5.11.48: get_tx_set( txSz ).
constexpr TxSet get_tx_set(TxSize tx_size, bool is_inter, bool reduced_tx_set) {
  const TxSize sqr = Tx_Size_Sqr[tx_size], sqr_up = Tx_Size_Sqr_Up[tx_size];
  if (sqr_up > TX_32X32) return TX_SET_DCTONLY;
  if (is_inter) {
    if (reduced_tx_set || sqr_up == TX_32X32) return TX_SET_INTER_3;
    return sqr == TX_16X16 ? TX_SET_INTER_2 : TX_SET_INTER_1;
  }
  if (sqr_up == TX_32X32) return TX_SET_DCTONLY;
  return reduced_tx_set || sqr == TX_16X16 ? TX_SET_INTRA_2 : TX_SET_INTRA_1;
}

/// spec 5.11.40: is_tx_type_in_set( txSet, txType ).
constexpr bool is_tx_type_in_set(TxSet set, TxType tx_type, bool is_inter) {
  return is_inter ? Tx_Type_In_Set_Inter[set][tx_type] : Tx_Type_In_Set_Intra[set][tx_type];
}

/// From the coded symbol to the transform type, one table a set.
inline constexpr Array<TxType, 7> Tx_Type_Intra_Inv_Set1 = {
  IDTX, DCT_DCT, V_DCT, H_DCT, ADST_ADST, ADST_DCT, DCT_ADST,
};
inline constexpr Array<TxType, 5> Tx_Type_Intra_Inv_Set2 = {IDTX, DCT_DCT, ADST_ADST, ADST_DCT, DCT_ADST};
inline constexpr Array<TxType, 16> Tx_Type_Inter_Inv_Set1 = {
  IDTX, V_DCT, H_DCT, V_ADST, H_ADST, V_FLIPADST, H_FLIPADST, DCT_DCT, ADST_DCT, DCT_ADST, FLIPADST_DCT,
  DCT_FLIPADST, ADST_ADST, FLIPADST_FLIPADST, ADST_FLIPADST, FLIPADST_ADST,
};
inline constexpr Array<TxType, 12> Tx_Type_Inter_Inv_Set2 = {
  IDTX, V_DCT, H_DCT, DCT_DCT, ADST_DCT, DCT_ADST, FLIPADST_DCT, DCT_FLIPADST, ADST_ADST, FLIPADST_FLIPADST,
  ADST_FLIPADST, FLIPADST_ADST,
};
inline constexpr Array<TxType, 2> Tx_Type_Inter_Inv_Set3 = {IDTX, DCT_DCT};

/// The other way round: the symbol of a transform type, 0xff where the set does not contain it.
template <size_t N>
constexpr Array<uint8_t, TX_TYPES> symbols_of(const Array<TxType, N>& inverse) {
  Array<uint8_t, TX_TYPES> symbols = {};
  symbols.fill(0xff);
  for (size_t i = 0; i < N; ++i) symbols[inverse[i]] = static_cast<uint8_t>(i);
  return symbols;
}
inline constexpr auto Tx_Type_Intra_Set1 = symbols_of(Tx_Type_Intra_Inv_Set1);
inline constexpr auto Tx_Type_Intra_Set2 = symbols_of(Tx_Type_Intra_Inv_Set2);
inline constexpr auto Tx_Type_Inter_Set1 = symbols_of(Tx_Type_Inter_Inv_Set1);
inline constexpr auto Tx_Type_Inter_Set2 = symbols_of(Tx_Type_Inter_Inv_Set2);
inline constexpr auto Tx_Type_Inter_Set3 = symbols_of(Tx_Type_Inter_Inv_Set3);

}  // namespace tessera
