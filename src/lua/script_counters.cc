#include "lua/script_counters.h"

namespace culvert::lua {

void ScriptCounters::count(ScriptFailure failure) {
  const std::lock_guard lock(mutex_);
  errors_.add();
  switch (failure) {
    case ScriptFailure::kError:
      break;
    case ScriptFailure::kBlockedFunction:
      blocked_.add();
      break;
    case ScriptFailure::kInstructions:
      instructions_.add();
      break;
    case ScriptFailure::kMemory:
      memory_.add();
      break;
  }
}

void ScriptCounters::append(std::vector<NamedCounter>& out) const {
  const auto add = [&](std::string_view name, std::string_view help, const Counter& counter) {
    out.push_back({name, help, CounterKind::kCounter, &counter});
  };
  add("detect.lua.errors", "runs of Lua scripts that ended with an error", errors_);
  add("detect.lua.blocked_function_errors", "those that called what the sandbox does not allow",
      blocked_);
  add("detect.lua.instruction_limit_errors", "those that ran for too long", instructions_);
  add("detect.lua.memory_limit_errors", "those that wanted too much memory", memory_);
}

ScriptCounters& script_counters() {
  static ScriptCounters counters;
  return counters;
}

}  // namespace culvert::lua
