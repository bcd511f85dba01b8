// How much of a picture lives on in those that are predicted from it: what a bit spent here is worth.
#pragma once

#include "base/array2d.h"

namespace tessera {

struct ImportanceMap {
  bool known = false;
  float frame = 0;             ///< log2(1 + inherited / own) of the whole picture, own information by its intra cost
  Array2d<float> superblock;   ///< per 64x64: the same, minus `frame`
};

}  // namespace tessera
