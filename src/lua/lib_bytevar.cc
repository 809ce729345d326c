// suricata.bytevar: results of byte_extract and byte_math of the rule.

#include "detect/detect_state.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:bytevar";

int value(lua_State* state) {
  const auto number = static_cast<std::size_t>(check_numbered(state, kType));
  const DetectState* const detect = script_of(state).view.detect;
  if (detect == nullptr || number >= InspectState::kMaxVariables) {
    lua_pushnil(state);
  } else {
    lua_pushinteger(state, static_cast<lua_Integer>(detect->inspect.variables[number]));
  }
  return 1;
}

constexpr luaL_Reg kMethods[] = {{"value", value}};

/// map(signature, name): only while the rule is compiled.
int map(lua_State* state) {
  Script& script = script_of(state);
  const std::string_view name = check_text(state, 2);
  const int number = script.host.find_bytevar ? script.host.find_bytevar(name) : -1;
  if (number < 0) return luaL_error(state, "unknown byte_extract or byte_math variable: %s", lua_tostring(state, 2));
  script.host.bytevars.insert_or_assign(std::string(name), number);
  return 0;
}

int get(lua_State* state) {
  const Script& script = script_of(state);
  const auto found = script.host.bytevars.find(check_text(state, 1));
  if (found == script.host.bytevars.end()) {
    return luaL_error(state, "unmapped byte variable: %s", lua_tostring(state, 1));
  }
  return push_numbered(state, kType, kMethods, found->second);
}

constexpr luaL_Reg kFunctions[] = {{"map", map}, {"get", get}};

}  // namespace

int open_bytevar(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
