// Contexts of coefficient coding (section 8.3.2) from a padded map of magnitudes: for a whole transform block
// at once, and for a single position.
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
/// Bytes of a map of w x h coefficients, with room for a vector load that starts at its last one.
constexpr int level_map_size(int w, int h) {
  return level_stride(w) * (h + kLevelPad) + 32;
}

/// `levels` is raster, w x h (at most 32 x 32); writes level_map_size( w, h ) bytes.
using BuildLevelsFn = void(const Level* levels, int w, int h, uint8_t* padded);
/// The context of coeff_base, or of coeff_br, for every position of the coded part of `size`; `contexts` is
/// raster.
using LevelContextsFn = void(const uint8_t* padded, TxSize size, TxClass tx_class, uint8_t* contexts);

/// The functions do not depend on the pixel type, but stand in a table that does.
template <Pixel P>
struct CoefLevelsTable {
  BuildLevelsFn* build_levels;
  LevelContextsFn* base_contexts;
  LevelContextsFn* br_contexts;
};

template <Pixel P>
void bind_coef_levels_scalar(CoefLevelsTable<P>& table);

extern template void bind_coef_levels_scalar<uint8_t>(CoefLevelsTable<uint8_t>&);
extern template void bind_coef_levels_scalar<uint16_t>(CoefLevelsTable<uint16_t>&);

/// spec 8.3.2: get_coeff_base_ctx( ) with isEob equal to 0. `at` is the position (row, col) in the map.
inline int get_coeff_base_ctx(const uint8_t* at, ptrdiff_t stride, TxSize size, TxClass tx_class, int row,
                              int col) {
  const auto level = [at](ptrdiff_t offset) { return std::min<int>(at[offset], NUM_BASE_LEVELS + 1); };
  const int near = level(1) + level(stride);
  if (tx_class == TX_CLASS_2D) {
    if (row == 0 && col == 0) return 0;
    const int mag = near + level(stride + 1) + level(2) + level(2 * stride);
    return std::min((mag + 1) >> 1, 4) + Coeff_Base_Ctx_Offset[size][std::min(row, 4)][std::min(col, 4)];
  }
  const ptrdiff_t step = tx_class == TX_CLASS_HORIZ ? 1 : stride;
  const int mag = near + level(2 * step) + level(3 * step) + level(4 * step);
  return std::min((mag + 1) >> 1, 4) +
         Coeff_Base_Pos_Ctx_Offset[std::min(tx_class == TX_CLASS_VERT ? row : col, 2)];
}

/// spec 8.3.2: the context of coeff_br. `at` is the position (row, col) in the map.
inline int get_coeff_br_ctx(const uint8_t* at, ptrdiff_t stride, TxClass tx_class, int row, int col) {
  const auto level = [at](ptrdiff_t offset) {
    return std::min<int>(at[offset], NUM_BASE_LEVELS + COEFF_BASE_RANGE + 1);
  };
  const ptrdiff_t third = tx_class == TX_CLASS_2D ? stride + 1 : tx_class == TX_CLASS_HORIZ ? 2 : 2 * stride;
  const int mag = std::min((level(1) + level(stride) + level(third) + 1) >> 1, 6);
  if (row == 0 && col == 0) return mag;
  const bool first = tx_class == TX_CLASS_2D      ? row < 2 && col < 2
                     : tx_class == TX_CLASS_HORIZ ? col == 0
                                                  : row == 0;
  return mag + (first ? 7 : 14);
}

}  // namespace tessera
