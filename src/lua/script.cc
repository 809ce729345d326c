#include "lua/script.h"

#include <lauxlib.h>
#include <lualib.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "lua/library.h"

namespace culvert::lua {
namespace {

/// Of the basic library, what a sandbox is left. The rest of it ends the script.
constexpr std::string_view kAllowed[] = {
    "assert", "ipairs", "next",     "pairs", "print", "rawequal", "rawlen", "select",
    "tonumber", "tostring", "type", "warn",  "rawget", "rawset",  "error",  "_G", "_VERSION",
    "require", "string", "table", "math", "utf8"};
/// Instructions between two looks at how many there were.
constexpr int kCountStep = 1000;

bool is_allowed(std::string_view name) {
  for (const std::string_view each : kAllowed) {
    if (each == name) return true;
  }
  return false;
}

int call_blocked(lua_State* state) {
  script_of(state).block(lua_tostring(state, lua_upvalueindex(1)));
}

int require_library(lua_State* state) {
  const std::string_view wanted = check_text(state, 1);
  constexpr std::string_view kPrefix = "suricata.";
  if (wanted.starts_with(kPrefix)) {
    for (const Library& library : libraries()) {
      if (library.name == wanted.substr(kPrefix.size())) return library.open(state);
    }
  }
  // Outside of a sandbox there are other modules too.
  if (lua_isfunction(state, lua_upvalueindex(1))) {
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_pushvalue(state, 1);
    lua_call(state, 1, 1);
    return 1;
  }
  return luaL_error(state, "module not found: %s", lua_tostring(state, 1));
}

}  // namespace

Result<ScriptSource> read_script(const std::string& path) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  if (in) text << in.rdbuf();
  if (!in || in.bad()) {
    return failure("couldn't load file: cannot open " + path + ": " +
                   std::strerror(errno != 0 ? errno : EISDIR));
  }
  return ScriptSource{path, text.str()};
}

Script::Script(const ScriptLimits& limits, ScriptHost with)
    : host(std::move(with)), limits_(limits) {
  state_ = lua_newstate(&Script::allocate, this);
}

Script::~Script() {
  if (state_ != nullptr) lua_close(state_);
}

void* Script::allocate(void* self, void* block, std::size_t old_size, std::size_t new_size) {
  Script& script = *static_cast<Script*>(self);
  if (block == nullptr) old_size = 0;  // then it is the kind of object
  if (new_size == 0) {
    std::free(block);
    script.used_ -= old_size;
    return nullptr;
  }
  if (new_size > old_size && script.limits_.max_bytes != 0 &&
      script.used_ + (new_size - old_size) > script.limits_.max_bytes) {
    script.memory_refused_ = true;
    return nullptr;
  }
  void* const grown = std::realloc(block, new_size);
  if (grown != nullptr) script.used_ = script.used_ - old_size + new_size;
  return grown;
}

void Script::count(lua_State* state, lua_Debug* /*debug*/) {
  Script& script = script_of(state);
  script.instructions_ += kCountStep;
  if (script.instructions_ <= script.limits_.max_instructions) return;
  script.instructions_spent_ = true;
  luaL_error(state, "instruction limit exceeded");
}

void Script::block(const char* function) {
  blocked_ = true;
  luaL_error(state_, "Blocked Lua function called: %s", function);
  std::abort();  // luaL_error does not return
}

void Script::open_sandbox() {
  constexpr std::pair<const char*, lua_CFunction> kParts[] = {
      {LUA_GNAME, luaopen_base}, {LUA_STRLIBNAME, luaopen_string}, {LUA_TABLIBNAME, luaopen_table},
      {LUA_MATHLIBNAME, luaopen_math}, {LUA_UTF8LIBNAME, luaopen_utf8}};
  for (const auto& [name, part] : kParts) {
    luaL_requiref(state_, name, part, 1);
    lua_pop(state_, 1);
  }
  lua_pushglobaltable(state_);
  lua_pushnil(state_);
  while (lua_next(state_, -2) != 0) {
    lua_pop(state_, 1);
    const char* const name = lua_tostring(state_, -1);
    if (is_allowed(name)) continue;
    lua_pushvalue(state_, -1);
    lua_pushvalue(state_, -1);
    lua_pushcclosure(state_, call_blocked, 1);
    lua_rawset(state_, -4);  // an existing field: the walk goes on
  }
  lua_pop(state_, 1);
}

bool Script::open(const ScriptSource& source) {
  *static_cast<Script**>(lua_getextraspace(state_)) = this;
  const auto prepare = [](lua_State* state) -> int {
    Script& script = script_of(state);
    if (script.limits_.sandbox) {
      script.open_sandbox();
      lua_pushnil(state);
    } else {
      luaL_openlibs(state);
      lua_getglobal(state, "require");
    }
    lua_pushcclosure(state, require_library, 1);
    lua_setglobal(state, "require");
    return 0;
  };
  lua_pushcfunction(state_, prepare);
  if (const int status = lua_pcall(state_, 0, 0, 0); status != LUA_OK) {
    fail(status);
    return false;
  }
  if (limits_.max_instructions != 0) {
    lua_sethook(state_, &Script::count, LUA_MASKCOUNT, kCountStep);
  }
  const std::string name = "@" + source.path;
  int status = luaL_loadbufferx(state_, source.text.data(), source.text.size(), name.c_str(), "t");
  if (status == LUA_OK) status = lua_pcall(state_, 0, 0, 0);
  if (status != LUA_OK) fail(status);
  return status == LUA_OK;
}

Result<std::unique_ptr<Script>> Script::load(const ScriptSource& source,
                                             const ScriptLimits& limits, ScriptHost host) {
  std::unique_ptr<Script> script(new Script(limits, std::move(host)));
  if (script->state_ == nullptr) return failure("lua: no memory for " + source.path);
  if (!script->open(source)) return failure("couldn't load file: " + script->error_.message);
  return script;
}

bool Script::has_function(const char* name) const {
  const bool found = lua_getglobal(state_, name) == LUA_TFUNCTION;
  lua_pop(state_, 1);
  return found;
}

const Script::Error* Script::fail(int status) {
  const char* const said = lua_tostring(state_, -1);
  error_.message = said != nullptr ? said : "unknown error";
  lua_settop(state_, 0);
  error_.failure = ScriptFailure::kError;
  if (blocked_) {
    error_.failure = ScriptFailure::kBlockedFunction;
  } else if (instructions_spent_) {
    error_.failure = ScriptFailure::kInstructions;
    error_.message = "instruction limit exceeded";
  } else if (status == LUA_ERRMEM && memory_refused_) {
    error_.failure = ScriptFailure::kMemory;
    error_.message = "memory limit exceeded";
  }
  return &error_;
}

const Script::Error* Script::call(const char* function, Call& call) {
  instructions_ = 0;
  memory_refused_ = instructions_spent_ = blocked_ = false;
  struct Work {
    const char* function;
    Call& call;
  } work{function, call};
  // Pushing arguments may run out of memory as well, so all of it is inside the protected call.
  const auto run = [](lua_State* state) -> int {
    const Work& todo = *static_cast<const Work*>(lua_touserdata(state, 1));
    lua_getglobal(state, todo.function);
    const int arguments = todo.call.push(state);
    lua_call(state, arguments, 2);
    todo.call.take(state);
    return 0;
  };
  // These two need no memory: a C function without upvalues, and a pointer.
  lua_pushcfunction(state_, run);
  lua_pushlightuserdata(state_, &work);
  const int status = lua_pcall(state_, 1, 0, 0);
  return status == LUA_OK ? nullptr : fail(status);
}

}  // namespace culvert::lua
