// What the engine knows of its own health, as plain values: control/ makes health and metrics of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace culvert {

struct WorkerStatus {
  std::uint64_t turns = 0;          ///< of its loop: a worker that hangs is seen by its standing still
  std::uint64_t rules_version = 0;  ///< of the rule set in use
  bool capture_open = false;
  std::string capture_error;        ///< empty when all is well
  bool finished = false;            ///< its source came to an end
};

struct EngineStatus {
  std::vector<WorkerStatus> workers;
  std::uint64_t rule_generation = 0;  ///< goes up with each rule set published, from 1
  std::uint64_t rules_loaded = 0;
  std::uint64_t rules_failed = 0;
  std::uint64_t reload_failures = 0;  ///< reloads that did not replace the rules in use
  bool detection_wanted = true;       ///< false: started without rules, on purpose
  bool draining = false;
  std::uint64_t events_lost = 0;
};

}  // namespace culvert
