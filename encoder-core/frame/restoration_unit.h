// Loop restoration as decided: one record a unit and plane, between search, filter and writing.
#pragma once

#include "base/array2d.h"
#include "base/int_math.h"
#include "spec/constants.h"
#include "spec/enums.h"

namespace tessera {

struct RestorationUnit {
  RestorationType type = RESTORE_NONE;  ///< LrType; never RESTORE_SWITCHABLE
  uint8_t sgr_set = 0;                  ///< LrSgrSet
  Array<int8_t, 2> sgr_xqd = {};        ///< LrSgrXqd
  Table2<int8_t, 2, 3> wiener = {};     ///< LrWiener: [ 0 ] vertical, [ 1 ] horizontal

  bool operator==(const RestorationUnit&) const = default;
};
/// Units of one plane: x is unitCol, y unitRow.
using RestorationGrid = Array2d<RestorationUnit>;

/// spec 5.11.57: count_units_in_frame( unitSize, frameSize ), both in samples of the plane.
constexpr int count_units_in_frame(int unit_size, int frame_size) {
  return std::max((frame_size + (unit_size >> 1)) / unit_size, 1);
}

}  // namespace tessera
