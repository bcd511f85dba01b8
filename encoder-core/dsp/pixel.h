// Sample and coefficient types that every kernel shares.
#pragma once

#include <cstdint>

#include "base/view.h"

namespace tessera {

/// A transform coefficient before quantisation or after dequantisation, at the specification's scale.
using Coeff = int32_t;
/// A quantised coefficient. 16 bits hold every level that the encoder chooses, at any depth up to 12.
using Level = int16_t;

}  // namespace tessera
