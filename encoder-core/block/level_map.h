// The magnitudes of one transform block, laid out as in dsp/coef_levels.h, filled from levels in scan order.
#pragma once

#include <cstring>

#include "dsp/coef_levels.h"
#include "dsp/lanes.h"
#include "spec/coef_tables.h"
#include "spec/scan.h"
#include "spec/tx_geometry.h"

namespace tessera {

/// What a block's levels come to, by rank: filled from levels in scan order.
class LevelMap {
 public:
  /// `levels` in scan order, `eob` > 0 of them.
  LevelMap(const Level* levels, int eob, TxSize tx_size, TxClass tx_class, const Scan& scan, LevelSymbolsFn* level_symbols)
      : width_log2_(Tx_Width_Log2[Adjusted_Tx_Size[tx_size]]), stride_(level_stride(1 << width_log2_)), positions_(scan.positions) {
    const int rows = reached_rows(tx_class, scan.positions[eob - 1], width_log2_, Tx_Height[Adjusted_Tx_Size[tx_size]]);
    std::memset(cells_, 0, static_cast<size_t>(level_map_size(1 << width_log2_, rows)));
    constexpr int kLanes = 8;
    for (int c = 0; c + kLanes <= eob; c += kLanes) lay_out<kLanes>(levels, c);
    // The last ones once more, together with some before them: what is not there is not read.
    if (eob >= kLanes)
      lay_out<kLanes>(levels, eob - kLanes);
    else
      for (int c = 0; c < eob; c++) lay_out<1>(levels, c);
    for (int c = 0; c < eob; c++) {
      cells_[places_[c]] = static_cast<uint8_t>(magnitudes_[c]);
      coded_[num_coded_] = static_cast<uint16_t>(c);
      num_coded_ += magnitudes_[c] != 0;
    }
    level_symbols(cells_, tx_size, tx_class, rows, symbols_);
  }

  int magnitude(int rank) const { return magnitudes_[rank]; }  ///< at most 127
  /// 4 * ctx of coeff_base + min( magnitude, 3 ).
  int symbol(int rank) const { return symbols_[places_[rank]]; }
  /// The context of coeff_br.
  template <TxClass kClass>
  int br_ctx(int rank) const {
    const int position = positions_[rank], row = position >> width_log2_, col = position & ((1 << width_log2_) - 1);
    return get_coeff_br_ctx(cells_ + places_[rank], stride_, kClass, row, col);
  }
  /// Ranks of the levels that are not zero.
  Span<const uint16_t> coded() const { return {coded_, num_coded_}; }

 private:
  template <int kLanes>
  void lay_out(const Level* levels, int rank) {
    using V = LanesOf<int16_t, kLanes>;
    const V level = load_lanes<V>(levels + rank), magnitude = level < 0 ? -level : level;
    const V most = V{} + int16_t{127};
    store_lanes(magnitudes_ + rank, magnitude < most ? magnitude : most);
    const V position = load_lanes<V>(positions_ + rank);
    store_lanes(places_ + rank, position + (position >> static_cast<int16_t>(width_log2_)) * int16_t{kLevelPad});
  }

  int width_log2_, stride_, num_coded_ = 0;
  const uint16_t* positions_;  ///< the scan's
  uint16_t places_[32 * 32], magnitudes_[32 * 32], coded_[32 * 32];
  alignas(32) uint8_t cells_[level_map_size(32, 32)];
  alignas(32) uint8_t symbols_[level_map_size(32, 32)];
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
