// Contexts of coefficient coding (section 8.3.2) from a padded map of magnitudes: for a single position, and for
// a whole transform block at once, from its levels to what they cost.
//
// The map holds min( |level|, 127 ), one byte a coefficient, rows of w + kLevelPad bytes. The padding, to the
// right and four rows below, is zero, so that neighbours outside the block need no test.
#pragma once

#include "dsp/pixel.h"
#include "spec/coef_tables.h"

namespace tessera {

inline constexpr int kLevelPad = 4;
constexpr int level_stride(int w) {
  return w + kLevelPad;
}
/// Vector loads and stores may reach this far beyond what they mean.
inline constexpr int kLevelReach = 64;
/// Bytes of a map of w x h coefficients, with room for vectors that start at its last one.
constexpr int level_map_size(int w, int h) {
  return level_stride(w) * (h + kLevelPad) + kLevelReach;
}

/// Rows that the scan's first ranks reach, when `position` (raster, in rows of 1 << w_log2) is the last of them.
constexpr int reached_rows(TxClass tx_class, int position, int w_log2, int h) {
  const int row = position >> w_log2, col = position & ((1 << w_log2) - 1);
  switch (tx_class) {
    case TX_CLASS_2D: return std::min(row + col + 1, h);
    case TX_CLASS_HORIZ: return col == 0 ? row + 1 : h;
    default: return row + 1;
  }
}

/// Writes `rows` rows of a map and kLevelPad empty ones from raster levels, w (at most 32) a row.
using BuildLevelsFn = void(const Level* levels, int w, int rows, uint8_t* padded);
/// For every position of the map's first `rows` rows, at the same place in `sums`: what its neighbours' magnitudes,
/// capped as coeff_base wants it, come to. Writes level_map_size( w, rows ) bytes at most.
using LevelSumsFn = void(const uint8_t* padded, TxSize size, TxClass tx_class, int rows, uint8_t* sums);
/// Likewise what coeff_base codes: 4 * ctx + min( magnitude, 3 ).
using LevelSymbolsFn = LevelSumsFn;

/// The levels of one transform block, and what symbols cost.
struct LevelRateTask {
  const Level* levels;        ///< raster
  const uint16_t* positions;  ///< the scan's
  int eob;                    ///< > 0
  TxSize size;
  TxClass tx_class;
  const uint16_t* base;       ///< [ctx][min( magnitude, 3 )]: coeff_base, and the sign where there is one
  const uint16_t* base_eob;   ///< [min( magnitude, 3 ) - 1]: coeff_base_eob in its context
  const uint16_t* br;         ///< [ctx][min( magnitude, 15 )]: all coeff_br of a magnitude, 0 below 3
  uint32_t bit;               ///< a sign, or a bit of a Golomb code
};
/// Rate of the levels: all but the position of the end of block and the sign of coefficient 0.
using LevelRateFn = uint32_t(const LevelRateTask& task);

/// The functions do not depend on the pixel type, but stand in a table that does.
template <Pixel P>
struct CoefLevelsTable {
  BuildLevelsFn* build_levels;
  LevelSumsFn* base_sums;
  LevelSymbolsFn* symbols;
  LevelRateFn* rate;
};

template <Pixel P>
void bind_coef_levels_scalar(CoefLevelsTable<P>& table);

extern template void bind_coef_levels_scalar<uint8_t>(CoefLevelsTable<uint8_t>&);
extern template void bind_coef_levels_scalar<uint16_t>(CoefLevelsTable<uint16_t>&);

/// The portable one, for whoever has no table.
LevelSymbolsFn level_symbols;

/// What neighbours' magnitudes add to a context.
constexpr int base_ctx_of_sum(int sum) { return std::min((sum + 1) >> 1, 4); }
constexpr int br_ctx_of_sum(int sum) { return std::min((sum + 1) >> 1, 6); }

/// What a position adds to the context of coeff_base.
constexpr int base_ctx_offset(TxSize size, TxClass tx_class, int row, int col) {
  if (tx_class == TX_CLASS_2D) return Coeff_Base_Ctx_Offset[size][std::min(row, 4)][std::min(col, 4)];
  return Coeff_Base_Pos_Ctx_Offset[std::min(tx_class == TX_CLASS_VERT ? row : col, 2)];
}
/// What a position adds to the context of coeff_br.
constexpr int br_ctx_offset(TxClass tx_class, int row, int col) {
  if (row == 0 && col == 0) return 0;
  const bool first = tx_class == TX_CLASS_2D      ? row < 2 && col < 2
                     : tx_class == TX_CLASS_HORIZ ? col == 0
                                                  : row == 0;
  return first ? 7 : 14;
}

/// base_ctx_offset of every position, times 4, in the layout of the map.
const uint8_t* base_ctx_offsets(TxSize size, TxClass tx_class);

/// spec 8.3.2: get_coeff_base_ctx( ) with isEob equal to 0. `at` is the position (row, col) in the map.
inline int get_coeff_base_ctx(const uint8_t* at, ptrdiff_t stride, TxSize size, TxClass tx_class, int row,
                              int col) {
  const auto level = [at](ptrdiff_t offset) { return std::min<int>(at[offset], NUM_BASE_LEVELS + 1); };
  if (tx_class == TX_CLASS_2D && row == 0 && col == 0) return 0;
  const int near = level(1) + level(stride);
  const ptrdiff_t step = tx_class == TX_CLASS_HORIZ ? 1 : stride;
  const int far = tx_class == TX_CLASS_2D ? level(stride + 1) + level(2) + level(2 * stride)
                                          : level(2 * step) + level(3 * step) + level(4 * step);
  return base_ctx_of_sum(near + far) + base_ctx_offset(size, tx_class, row, col);
}

/// spec 8.3.2: the context of coeff_br. `at` is the position (row, col) in the map.
inline int get_coeff_br_ctx(const uint8_t* at, ptrdiff_t stride, TxClass tx_class, int row, int col) {
  const auto level = [at](ptrdiff_t offset) {
    return std::min<int>(at[offset], NUM_BASE_LEVELS + COEFF_BASE_RANGE + 1);
  };
  const ptrdiff_t third = tx_class == TX_CLASS_2D ? stride + 1 : tx_class == TX_CLASS_HORIZ ? 2 : 2 * stride;
  return br_ctx_of_sum(level(1) + level(stride) + level(third)) + br_ctx_offset(tx_class, row, col);
}

}  // namespace tessera
