// What cpu-used means: search effort as data.
#pragma once

#include "frame/search_settings.h"

namespace tessera {

/// 0 (best compression) .. 10 (fastest).
SearchSettings preset_settings(int cpu_used, bool realtime);

}  // namespace tessera
