// suricata.flowint: counters that rules keep with a flow.

#include <limits>
#include <optional>
#include <string>

#include "detect/detect_state.h"
#include "detect/variables.h"
#include "lua/flow_values.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:flowint";

std::uint16_t id_of(lua_State* state) {
  return static_cast<std::uint16_t>(check_numbered(state, kType));
}

std::optional<std::uint32_t> read(lua_State* state, std::uint16_t id) {
  const Flow* const flow = script_of(state).view.flow;
  if (flow == nullptr || flow->detect == nullptr) return std::nullopt;
  return find_int(*flow->detect, id);
}

int write(lua_State* state, std::uint16_t id, std::uint32_t number) {
  const ScriptView& view = script_of(state).view;
  if (view.changeable_flow == nullptr || view.detect == nullptr) {
    return push_failure(state, "no flow");
  }
  set_int(view.detect->of(*view.changeable_flow), id, number);
  lua_pushinteger(state, number);
  return 1;
}

int value(lua_State* state) {
  const auto number = read(state, id_of(state));
  if (number) {
    lua_pushinteger(state, *number);
  } else {
    lua_pushnil(state);
  }
  return 1;
}

int set(lua_State* state) {
  const lua_Integer wanted = luaL_checkinteger(state, 2);
  if (wanted < 0 || wanted > std::numeric_limits<std::uint32_t>::max()) {
    return luaL_error(state, "flowint: not in 0..4294967295");
  }
  return write(state, id_of(state), static_cast<std::uint32_t>(wanted));
}

int incr(lua_State* state) {
  const std::uint16_t id = id_of(state);
  const std::uint32_t number = read(state, id).value_or(0);
  return write(state, id, number == std::numeric_limits<std::uint32_t>::max() ? number : number + 1);
}

int decr(lua_State* state) {
  const std::uint16_t id = id_of(state);
  const std::uint32_t number = read(state, id).value_or(0);
  return write(state, id, number == 0 ? 0 : number - 1);
}

constexpr luaL_Reg kMethods[] = {{"value", value}, {"set", set}, {"incr", incr}, {"decr", decr}};

int get(lua_State* state) {
  const auto id = find_variable(state, VariableKind::kFlowint);
  if (!id) return luaL_error(state, "flow integer not found: %s", lua_tostring(state, 1));
  return push_numbered(state, kType, kMethods, *id);
}

constexpr luaL_Reg kFunctions[] = {{"register", register_variable<VariableKind::kFlowint>},
                                   {"get", get}};

}  // namespace

int open_flowint(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
