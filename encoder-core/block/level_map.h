// The magnitudes of one transform block, laid out as in dsp/coef_levels.h, filled from levels in scan order.
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
      : width_log2_(Tx_Width_Log2[Adjusted_Tx_Size[tx_size]]),
        stride_(level_stride(1 << width_log2_)) {
    const int rows = reached_rows(tx_class, scan.positions[eob - 1], width_log2_, Tx_Height[Adjusted_Tx_Size[tx_size]]);
    std::memset(cells_, 0, sizeof cells_[0] * static_cast<size_t>((rows + kLevelPad) * stride_));
    offsets_ = base_ctx_offsets(tx_size, tx_class);
    for (int c = 0; c < eob; c++) {
      const int level = levels[c], magnitude = std::min(level < 0 ? -level : level, kCap);
      cells_[index(scan.positions[c])] = static_cast<uint16_t>(std::min(magnitude, NUM_BASE_LEVELS + 1) << kBaseShift | magnitude);
    }
  }

  /// A position with what its neighbours come to.
  struct Coefficient {
    int level;     ///< magnitude, at most kCap
    int base_ctx;  ///< of coeff_base; not of coefficient 0 of two dimensions, whose context is 0
    int br_sum;
  };
  template <TxClass kClass>
  Coefficient at(int position) const {
    const int i = index(position), s = stride_;
    const uint16_t* const cell = cells_ + i;
    // Sums of both kinds side by side in a word.
    int near = cell[1] + cell[s], far;
    if constexpr (kClass == TX_CLASS_2D) {
      near += cell[s + 1];
      far = cell[2] + cell[2 * s];
    } else {
      const int step = kClass == TX_CLASS_HORIZ ? 1 : s;
      near += cell[2 * step];
      far = cell[3 * step] + cell[4 * step];
    }
    return {cell[0] & kCellMask, base_ctx_of_sum((near + far) >> kBaseShift) + (offsets_[i] >> 2), near & kCellMask};
  }
  /// The context of coeff_br.
  template <TxClass kClass>
  int br_ctx(int position, int br_sum) const {
    const int row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    return br_ctx_of_sum(br_sum) + br_ctx_offset(kClass, row, col);
  }

 private:
  int index(int position) const { return position + (position >> width_log2_) * kLevelPad; }

  static constexpr int kBaseShift = 8, kCellMask = (1 << kBaseShift) - 1;

  int width_log2_, stride_;
  const uint8_t* offsets_;
  uint16_t cells_[(32 + kLevelPad) * (32 + kLevelPad)];  ///< magnitudes up to kCap, and those coeff_base counts shifted
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
