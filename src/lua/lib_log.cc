// suricata.log: the operator's log.

#include "base/log.h"
#include "lua/library.h"

namespace culvert::lua {
namespace {

template <LogLevel kLevel>
int say(lua_State* state) {
  log(kLevel, check_text(state, 1), "lua");
  return 0;
}

constexpr luaL_Reg kFunctions[] = {
    {"error", say<LogLevel::kError>},   {"warning", say<LogLevel::kWarning>},
    {"notice", say<LogLevel::kNotice>}, {"info", say<LogLevel::kInfo>},
    {"perf", say<LogLevel::kDebug>},    {"config", say<LogLevel::kDebug>},
    {"debug", say<LogLevel::kDebug>}};

}  // namespace

int open_log(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
