// Variables of flows, as scripts read and write them.
#pragma once

#include <cstdint>
#include <optional>

#include "detect/detect_state.h"
#include "detect/variables.h"
#include "lua/library.h"

namespace culvert::lua {

inline std::optional<std::uint32_t> find_int(const FlowDetectState& state, std::uint16_t id) {
  for (const auto& [variable, value] : state.ints) {
    if (variable == id) return value;
  }
  return std::nullopt;
}

inline void set_int(FlowDetectState& state, std::uint16_t id, std::uint32_t value) {
  for (auto& [variable, held] : state.ints) {
    if (variable != id) continue;
    held = value;
    return;
  }
  state.ints.emplace_back(id, value);
}

/// Valid until the variable changes.
inline std::optional<Bytes> find_value(const FlowDetectState& state, std::uint16_t id) {
  for (std::uint32_t i = 0; i < state.used_values; ++i) {
    if (state.values[i].first == id) return Bytes(state.values[i].second);
  }
  return std::nullopt;
}

inline void set_value(FlowDetectState& state, std::uint16_t id, Bytes bytes) {
  std::size_t at = 0;
  while (at < state.used_values && state.values[at].first != id) ++at;
  if (at == state.used_values) {
    if (at == state.values.size()) state.values.emplace_back();
    state.values[at].first = id;
    ++state.used_values;
  }
  state.values[at].second.assign(bytes.begin(), bytes.end());
}

/// The number of the variable that argument 1 names. While the rule is compiled names may be new; a
/// worker knows those that were asked for then.
std::optional<std::uint16_t> find_variable(lua_State* state, VariableKind kind);

/// For Lua: `register(name)`.
template <VariableKind kKind>
int register_variable(lua_State* state) {
  static_cast<void>(find_variable(state, kKind));
  return 0;
}

}  // namespace culvert::lua
