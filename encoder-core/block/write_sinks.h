// The sinks for which the syntax writers are instantiated.
#pragma once

#include "entropy/cost_counter.h"
#include "entropy/range_encoder.h"

#define TESSERA_FOR_EACH_SINK(X) X(RangeEncoder) X(CostCounter) X(CdfAdapter) X(FrozenCostCounter)
