// A run of the engine from start to end, with what serves its health and metrics.
#pragma once

#include "engine/run_options.h"

namespace culvert {

/// The exit code of the process: 0 when all went well. Complaints go to the log.
[[nodiscard]] int run_engine(const RunOptions& options);

}  // namespace culvert
