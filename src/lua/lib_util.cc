// suricata.util: the thread that runs the script.

#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lua/library.h"

namespace culvert::lua {
namespace {

int thread_info(lua_State* state) {
  lua_createtable(state, 0, 2);
  lua_pushinteger(state, static_cast<lua_Integer>(::syscall(SYS_gettid)));
  lua_setfield(state, -2, "id");
  char name[16] = {};
  pthread_getname_np(pthread_self(), name, sizeof name);
  lua_pushstring(state, name);
  lua_setfield(state, -2, "name");
  return 1;
}

constexpr luaL_Reg kFunctions[] = {{"thread_info", thread_info}};

}  // namespace

int open_util(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
