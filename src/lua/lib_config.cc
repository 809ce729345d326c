// suricata.config: where logs go.

#include "lua/library.h"

namespace culvert::lua {
namespace {

int log_path(lua_State* state) { return push_text(state, script_of(state).host.log_folder); }

constexpr luaL_Reg kFunctions[] = {{"log_path", log_path}};

}  // namespace

int open_config(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
