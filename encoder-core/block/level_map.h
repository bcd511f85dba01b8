// The magnitudes of one transform block as dsp/coef_levels.h lays them out, filled from levels in scan order.
#pragma once

#include <cstring>

#include "dsp/coef_levels.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"
#include "spec/tx_geometry.h"

namespace tessera {

class LevelMap {
 public:
  /// Room for the sums that contexts need; larger magnitudes make no difference to them.
  static constexpr int kCap = NUM_BASE_LEVELS + COEFF_BASE_RANGE + 1;

  /// `levels` in scan order, `eob` > 0 of them.
  LevelMap(const Level* levels, int eob, TxSize tx_size, TxClass tx_class, const Scan& scan)
      : size_(tx_size),
        width_log2_(Tx_Width_Log2[Adjusted_Tx_Size[tx_size]]),
        stride_(level_stride(1 << width_log2_)) {
    const int rows = reached_rows(tx_class, scan.positions[eob - 1], width_log2_, Tx_Height[Adjusted_Tx_Size[tx_size]]);
    std::memset(cells_, 0, static_cast<size_t>((rows + kLevelPad) * stride_));
    for (int c = 0; c < eob; c++) {
      const int level = levels[c];
      cells_[index(scan.positions[c])] = static_cast<uint8_t>(std::min(level < 0 ? -level : level, kCap));
    }
  }

  /// The context of coeff_base for a raster position.
  template <TxClass kClass>
  int base_ctx(int position) const {
    const int row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    return get_coeff_base_ctx(cells_ + index(position), stride_, size_, kClass, row, col);
  }
  /// The context of coeff_br for a raster position.
  template <TxClass kClass>
  int br_ctx(int position) const {
    const int row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    return get_coeff_br_ctx(cells_ + index(position), stride_, kClass, row, col);
  }

  /// Magnitude at a raster position, at most kCap.
  int level(int position) const { return cells_[index(position)]; }

 private:
  int index(int position) const { return position + (position >> width_log2_) * kLevelPad; }

  TxSize size_;
  int width_log2_, stride_;
  uint8_t cells_[(32 + kLevelPad) * (32 + kLevelPad)];
};

/// spec 8.3.2: ctx of coeff_base_eob for the last coefficient, `rank` its place in the scan.
inline int coeff_base_eob_ctx(TxSize tx_size, int rank) {
  const int count = max_eob(tx_size);
  return rank == 0 ? 0 : rank <= count / 8 ? 1 : rank <= count / 4 ? 2 : 3;
}

/// spec 5.11.39: eob taken apart.
struct EobDigits {
  int pt;          ///< eobPt - 1, the eob_pt_* symbol
  int extra_bits;  ///< eob_extra and eob_extra_bit, 0 when there are none
  int extra;       ///< their value, most significant first

  explicit EobDigits(int eob) {
    pt = eob < 3 ? eob - 1 : floor_log2(static_cast<uint32_t>(eob - 1)) + 1;
    extra_bits = std::max(0, pt - 1);
    extra = pt < 2 ? 0 : eob - 1 - (1 << (pt - 1));
  }
};

}  // namespace tessera
