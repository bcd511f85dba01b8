// Orders in which coefficients are coded, section 5.11.41.
#pragma once

#include "base/array.h"
#include "base/view.h"
#include "spec/tx_geometry.h"

namespace tessera {

/// A scan over the coded part of a transform block, at most 32 x 32. Positions are raster in the
/// specification's orientation: row * min(width, 32) + column.
struct Scan {
  const uint16_t* positions = nullptr;  ///< [rank] -> position
  const uint16_t* ranks = nullptr;      ///< [position] -> rank
  int size = 0;

  constexpr uint16_t operator[](Index rank) const { return positions[checked_index(rank, size)]; }
  constexpr Span<const uint16_t> span() const { return {positions, size}; }
};

/// [transform size][class]: 32-point and larger sizes know the two-dimensional class only.
extern const Table2<Scan, TX_SIZES_ALL, 3> kScans;

/// spec 5.11.41: get_scan( txSz ).
inline const Scan& get_scan(TxSize tx_size, TxType tx_type) {
  return kScans[tx_size][get_tx_class(tx_type)];
}

}  // namespace tessera
