// Quantiser step sizes, section 7.12.2.
#pragma once

#include "base/array.h"
#include "base/int_math.h"

namespace tessera {

/// Rows: bit depth 8, 10, 12. Columns: qindex 0..255. Steps are scaled by 8 at 8 bits.
extern const Table2<int16_t, 3, 256> Dc_Qlookup;
extern const Table2<int16_t, 3, 256> Ac_Qlookup;

/// spec 7.12.2: dc_q( b ). `qindex` is clipped to 0..255, so that a delta may be added before.
inline int dc_q(int qindex, int bit_depth) { return Dc_Qlookup[(bit_depth - 8) >> 1][clip3(0, 255, qindex)]; }
/// spec 7.12.2: ac_q( b ).
inline int ac_q(int qindex, int bit_depth) { return Ac_Qlookup[(bit_depth - 8) >> 1][clip3(0, 255, qindex)]; }

}  // namespace tessera
