// What cpu-used means: search effort as data.
#pragma once

#include "frame/role_settings.h"

namespace tessera {

/// 0 (best compression) .. 10 (fastest). `large`: pictures of 1280x720 and more, where detail is larger than the smallest blocks.
RoleSettings preset_settings(int cpu_used, bool realtime, bool large);

}  // namespace tessera
