// What cpu-used means: search effort as data.
#pragma once

#include "frame/search_settings.h"

namespace tessera {

/// Steps of the chain with look-ahead; in realtime there are those to 10.
inline constexpr int kFastestStep = 11;

/// 0 (best compression) .. kFastestStep. `large`: pictures of 1280x720 and more, where detail is larger than the smallest blocks.
SearchSettings preset_settings(int cpu_used, bool realtime, bool large);

}  // namespace tessera
