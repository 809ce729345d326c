// The engine: loads what RunOptions names, starts threads, runs until its source ends or a signal
// says so.
#pragma once

#include "engine/run_options.h"

namespace culvert {

/// The exit code of the process: 0 when all went well. Complaints go to the log.
[[nodiscard]] int run_engine(const RunOptions& options);

}  // namespace culvert
