// A run over a capture for the sake of looking on: the engine as ever, without any output.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "cli/flags.h"
#include "engine/run_options.h"

namespace culvert {

class DetectWatch;

class WatchedRun {
 public:
  /// Reads the configuration, and turns its outputs off. Complaints of rules go to standard error.
  static Result<WatchedRun> prepare(Flags flags);

  const ConfigNode& config() const { return options_.config; }
  RunOptions& options() { return options_; }
  Result<void> run(DetectWatch& watch);
  /// Why that rule did not load; empty: there is none, or it did.
  std::string complaint_of(std::uint32_t gid, std::uint32_t sid) const;

 private:
  RunOptions options_;
};

/// `auto`: when standard output is a terminal and NO_COLOR is not set.
bool wants_color(std::string_view choice);

}  // namespace culvert
