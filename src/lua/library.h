// How a library for scripts is written: a table of functions, and for what it hands out a metatable
// with methods. Functions get at what they show by `script_of(state).view`.
//
// An error of Lua is a C++ exception here, so locals are destroyed; still none may be held back:
// functions for Lua are not noexcept.
#pragma once

#include <lua.h>
#include <lauxlib.h>

#include <span>
#include <string>
#include <string_view>

#include "app/app_proto.h"
#include "base/bytes.h"
#include "lua/script.h"

namespace culvert::lua {

/// `require("suricata.<name>")` calls `open`, which leaves the library's table on the stack.
struct Library {
  std::string_view name;  ///< without "suricata."
  int (*open)(lua_State* state);
};

/// All there are.
std::span<const Library> libraries();

int open_base64(lua_State* state);
int open_bytevar(lua_State* state);
int open_config(lua_State* state);
int open_dataset(lua_State* state);
int open_dnp3(lua_State* state);
int open_dns(lua_State* state);
int open_file(lua_State* state);
int open_flow(lua_State* state);
int open_flowint(lua_State* state);
int open_flowvar(lua_State* state);
int open_hashlib(lua_State* state);
int open_http(lua_State* state);
int open_ja3(lua_State* state);
int open_log(lua_State* state);
int open_ntp(lua_State* state);
int open_packet(lua_State* state);
int open_rule(lua_State* state);
int open_smtp(lua_State* state);
int open_ssh(lua_State* state);
int open_tls(lua_State* state);
int open_util(lua_State* state);

// --- for their authors ---

/// The script that the state belongs to.
Script& script_of(lua_State* state);

inline int push_text(lua_State* state, std::string_view text) {
  lua_pushlstring(state, text.data(), text.size());
  return 1;
}
inline int push_bytes(lua_State* state, Bytes bytes) { return push_text(state, as_text(bytes)); }
/// Text, or nil where its data is null.
int push_text_or_nil(lua_State* state, std::string_view text);
/// nil and why.
int push_failure(lua_State* state, const char* why);
/// Argument `index`, which has to be a string. Valid as long as it is on the stack.
std::string_view check_text(lua_State* state, int index);

/// An object without content of its own, whose methods look at the view: `http.get_tx()`.
int push_object(lua_State* state, const char* type, std::span<const luaL_Reg> methods);
/// An object with a number: which flow variable, which rule.
int push_numbered(lua_State* state, const char* type, std::span<const luaL_Reg> methods,
                  lua_Integer number);
lua_Integer check_numbered(lua_State* state, const char* type);
/// The library's table: the functions, by name.
int push_library(lua_State* state, std::span<const luaL_Reg> functions);

/// The transaction at hand as one of `proto`; null: it is of another, or there is none.
template <class Kind>
const Kind* transaction_as(lua_State* state, AppProto proto) {
  const ScriptView& view = script_of(state).view;
  if (view.transaction == nullptr || view.proto != proto) return nullptr;
  return static_cast<const Kind*>(view.transaction);
}

/// Of an object's method: the transaction that the object, argument 1, stands for.
template <class Kind>
const Kind& checked_transaction(lua_State* state, const char* type, AppProto proto) {
  luaL_checkudata(state, 1, type);
  const auto* const transaction = transaction_as<Kind>(state, proto);
  if (transaction == nullptr) {
    luaL_error(state, "no %s transaction", std::string(name_of(proto)).c_str());
  }
  return *transaction;
}
/// What `get_tx()` returns: an object, or nil and why there is none.
int push_transaction(lua_State* state, AppProto proto, const char* type,
                     std::span<const luaL_Reg> methods);

}  // namespace culvert::lua
