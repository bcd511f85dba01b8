// Foresees whether an inter residual is better coded by one transform or by the smaller ones of a split, before either is coded.
#pragma once

#include <cstdint>

#include "base/view.h"
#include "spec/enums.h"

namespace tessera {

/// Logarithm (natural) of the odds that splitting a transform of `size` costs less. `parts` are the sums of squares of what the
/// split makes of the residual, two or four, `step` the quantiser's in samples. The same on every machine.
float tx_split_log_odds(Span<const uint64_t> parts, TxSize size, float step);

}  // namespace tessera
