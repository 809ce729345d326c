#include "lua/library.h"

namespace culvert::lua {

std::span<const Library> libraries() {
  static constexpr Library kAll[] = {
      {"base64", open_base64},   {"bytevar", open_bytevar}, {"config", open_config},
      {"dataset", open_dataset}, {"dnp3", open_dnp3},       {"dns", open_dns},
      {"file", open_file},       {"flow", open_flow},       {"flowint", open_flowint},
      {"flowvar", open_flowvar}, {"hashlib", open_hashlib}, {"http", open_http},
      {"ja3", open_ja3},         {"log", open_log},         {"ntp", open_ntp},
      {"packet", open_packet},   {"rule", open_rule},       {"smtp", open_smtp},
      {"ssh", open_ssh},         {"tls", open_tls},         {"util", open_util}};
  return kAll;
}

Script& script_of(lua_State* state) {
  return **static_cast<Script**>(lua_getextraspace(state));
}

int push_text_or_nil(lua_State* state, std::string_view text) {
  if (text.data() != nullptr) return push_text(state, text);
  lua_pushnil(state);
  return 1;
}

int push_failure(lua_State* state, const char* why) {
  lua_pushnil(state);
  lua_pushstring(state, why);
  return 2;
}

std::string_view check_text(lua_State* state, int index) {
  std::size_t size = 0;
  const char* const text = luaL_checklstring(state, index, &size);
  return {text, size};
}

namespace {

void set_methods(lua_State* state, const char* type, std::span<const luaL_Reg> methods) {
  if (luaL_newmetatable(state, type) != 0) {
    lua_createtable(state, 0, static_cast<int>(methods.size()));
    for (const luaL_Reg& method : methods) {
      lua_pushcfunction(state, method.func);
      lua_setfield(state, -2, method.name);
    }
    lua_setfield(state, -2, "__index");
  }
  lua_setmetatable(state, -2);
}

}  // namespace

int push_object(lua_State* state, const char* type, std::span<const luaL_Reg> methods) {
  return push_numbered(state, type, methods, 0);
}

int push_transaction(lua_State* state, AppProto proto, const char* type,
                     std::span<const luaL_Reg> methods) {
  const ScriptView& view = script_of(state).view;
  if (view.transaction != nullptr && view.proto == proto) return push_object(state, type, methods);
  return push_failure(state, ("error: no " + std::string(name_of(proto)) + " transaction").c_str());
}

int push_numbered(lua_State* state, const char* type, std::span<const luaL_Reg> methods,
                  lua_Integer number) {
  *static_cast<lua_Integer*>(lua_newuserdatauv(state, sizeof number, 0)) = number;
  set_methods(state, type, methods);
  return 1;
}

lua_Integer check_numbered(lua_State* state, const char* type) {
  return *static_cast<const lua_Integer*>(luaL_checkudata(state, 1, type));
}

int push_library(lua_State* state, std::span<const luaL_Reg> functions) {
  lua_createtable(state, 0, static_cast<int>(functions.size()));
  for (const luaL_Reg& function : functions) {
    lua_pushcfunction(state, function.func);
    lua_setfield(state, -2, function.name);
  }
  return 1;
}

}  // namespace culvert::lua
