#include "lua/flow_values.h"

#include <string>

namespace culvert::lua {

std::optional<std::uint16_t> find_variable(lua_State* state, VariableKind kind) {
  ScriptHost& host = script_of(state).host;
  const std::string_view name = check_text(state, 1);
  auto& known = host.variables[kind];
  if (const auto found = known.find(name); found != known.end()) return found->second;
  if (host.names == nullptr) return std::nullopt;
  return known.emplace(name, host.names->id(kind, name)).first->second;
}

}  // namespace culvert::lua
