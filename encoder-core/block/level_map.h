// The magnitudes of one transform block laid out so that the contexts of a coefficient are a few byte loads away:
// rows padded by four zeros to the right, and four rows of zeros below.
#pragma once

#include <cstring>

#include "dsp/pixel.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"
#include "spec/tx_geometry.h"

namespace tessera {

class LevelMap {
 public:
  /// Room for the sums that contexts need; larger magnitudes make no difference to them.
  static constexpr int kCap = NUM_BASE_LEVELS + COEFF_BASE_RANGE + 1;

  /// `levels` in scan order, `eob` of them.
  LevelMap(const Level* levels, int eob, TxSize tx_size, const Scan& scan)
      : width_log2_(Tx_Width_Log2[Adjusted_Tx_Size[tx_size]]), stride_((1 << width_log2_) + kPad),
        offsets_(&Coeff_Base_Ctx_Offset[tx_size]) {
    const int height = Tx_Height[Adjusted_Tx_Size[tx_size]];
    std::memset(cells_, 0, static_cast<size_t>((height + kPad) * stride_));
    for (int c = 0; c < eob; c++) {
      const int level = levels[c];
      cells_[index(scan.positions[c])] = static_cast<uint8_t>(std::min(level < 0 ? -level : level, kCap));
    }
  }

  /// spec 8.3.2: get_coeff_base_ctx( ) with isEob equal to 0, for a raster position.
  template <TxClass kClass>
  int base_ctx(int position) const {
    const int row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    const uint8_t* p = cells_ + row * stride_ + col;
    int mag = base(p[1]) + base(p[stride_]);
    if constexpr (kClass == TX_CLASS_2D) {
      mag += base(p[stride_ + 1]) + base(p[2]) + base(p[2 * stride_]);
      if (position == 0) return 0;
      return std::min((mag + 1) >> 1, 4) + (*offsets_)[std::min(row, 4)][std::min(col, 4)];
    } else {
      const int step = kClass == TX_CLASS_HORIZ ? 1 : stride_;
      mag += base(p[2 * step]) + base(p[3 * step]) + base(p[4 * step]);
      const int along = kClass == TX_CLASS_HORIZ ? col : row;
      return std::min((mag + 1) >> 1, 4) + Coeff_Base_Pos_Ctx_Offset[std::min(along, 2)];
    }
  }

  /// spec 8.3.2: ctx of coeff_br.
  template <TxClass kClass>
  int br_ctx(int position) const {
    const int row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    const uint8_t* p = cells_ + row * stride_ + col;
    const int third = kClass == TX_CLASS_2D ? stride_ + 1 : kClass == TX_CLASS_HORIZ ? 2 : 2 * stride_;
    const int mag = std::min((p[1] + p[stride_] + p[third] + 1) >> 1, 6);
    if (position == 0) return mag;
    const bool near = kClass == TX_CLASS_2D ? row < 2 && col < 2 : kClass == TX_CLASS_HORIZ ? col == 0 : row == 0;
    return mag + (near ? 7 : 14);
  }

  /// Changes the magnitude at a raster position.
  void set(int position, int level) { cells_[index(position)] = static_cast<uint8_t>(std::min(level, kCap)); }
  /// Magnitude at a raster position, at most kCap.
  int level(int position) const { return cells_[index(position)]; }

 private:
  static constexpr int kPad = 4;

  static int base(int level) { return std::min(level, NUM_BASE_LEVELS + 1); }
  int index(int position) const { return position + (position >> width_log2_) * kPad; }

  int width_log2_, stride_;
  const Table2<uint8_t, 5, 5>* offsets_;
  uint8_t cells_[(32 + kPad) * (32 + kPad)];
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
