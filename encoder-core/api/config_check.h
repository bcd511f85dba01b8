// The limits of every field of the configuration.
#pragma once

#include "api/config.h"
#include "base/status.h"

namespace tessera {

/// kInvalidArgument or kUnsupported with a message that names the first field at fault and what is allowed.
Status check_config(const EncoderConfig& config);
Status check_runtime(const RuntimeSettings& settings);

}  // namespace tessera
