// suricata.flowvar: texts that rules keep with a flow.

#include <algorithm>
#include <optional>
#include <string>

#include "detect/detect_state.h"
#include "detect/variables.h"
#include "lua/flow_values.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:flowvar";
/// More than that of a value is not kept.
constexpr std::size_t kMaxValueBytes = 4096;

int value(lua_State* state) {
  const auto id = static_cast<std::uint16_t>(check_numbered(state, kType));
  const Flow* const flow = script_of(state).view.flow;
  if (flow != nullptr && flow->detect != nullptr) {
    if (const auto found = find_value(*flow->detect, id)) return push_bytes(state, *found);
  }
  lua_pushnil(state);
  return 1;
}

/// set(value, length): no more than the value has.
int set(lua_State* state) {
  const auto id = static_cast<std::uint16_t>(check_numbered(state, kType));
  const std::string_view text = check_text(state, 2);
  const auto wanted = static_cast<std::size_t>(
      std::max<lua_Integer>(0, luaL_optinteger(state, 3, static_cast<lua_Integer>(text.size()))));
  const ScriptView& view = script_of(state).view;
  if (view.changeable_flow == nullptr || view.detect == nullptr) {
    return push_failure(state, "no flow");
  }
  const std::string_view kept = text.substr(0, std::min({text.size(), wanted, kMaxValueBytes}));
  set_value(view.detect->of(*view.changeable_flow), id, as_bytes(kept));
  return 0;
}

constexpr luaL_Reg kMethods[] = {{"value", value}, {"set", set}};

int get(lua_State* state) {
  const auto id = find_variable(state, VariableKind::kFlowvar);
  if (!id) return luaL_error(state, "flow variable not found: %s", lua_tostring(state, 1));
  return push_numbered(state, kType, kMethods, *id);
}

constexpr luaL_Reg kFunctions[] = {{"register", register_variable<VariableKind::kFlowvar>},
                                   {"get", get}};

}  // namespace

int open_flowvar(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
