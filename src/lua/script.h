// One script with its Lua state. Used by one thread at a time.
//
//   auto script = Script::load(source, limits, host);
//   (*script)->view.packet = &packet;
//   if (const auto* error = (*script)->call("match", call)) ...
#pragma once

#include <lua.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "detect/variables.h"
#include "lua/script_view.h"

namespace culvert {
class DatasetStore;
}  // namespace culvert

namespace culvert::lua {

/// `security.lua`; what rules' scripts may use. Output scripts have no limits.
struct ScriptLimits {
  bool sandbox = true;                   ///< only what does no harm can be called
  std::size_t max_bytes = 500'000;       ///< 0: no limit
  std::uint64_t max_instructions = 500'000;  ///< of one call; 0: no limit
};

/// The text of a script, read once.
struct ScriptSource {
  std::string path;
  std::string text;
};
Result<ScriptSource> read_script(const std::string& path);

enum class ScriptFailure : std::uint8_t { kError, kBlockedFunction, kInstructions, kMemory };

/// What the libraries reach besides the view. All that is pointed to outlives the script.
struct ScriptHost {
  std::string log_folder;
  VariableNames* names = nullptr;         ///< while rules are compiled: names may be added
  /// Numbers of the variables that the script has asked for, by name.
  using Variables = std::map<VariableKind, std::map<std::string, std::uint16_t, std::less<>>>;
  Variables variables;
  /// While rules are compiled: number of a byte_extract or byte_math result of the rule; -1: none.
  std::function<int(std::string_view)> find_bytevar;
  DatasetStore* datasets = nullptr;       ///< null: there are none
  std::map<std::string, int, std::less<>> bytevars;  ///< mapped by `bytevar.map`
};

class Script {
 public:
  /// Runs the script's outermost level, which defines its functions.
  static Result<std::unique_ptr<Script>> load(const ScriptSource& source,
                                              const ScriptLimits& limits, ScriptHost host);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  bool has_function(const char* name) const;

  struct Error {
    ScriptFailure failure;
    std::string message;
  };
  /// What a call gives to the function and does with its results.
  struct Call {
    virtual ~Call() = default;
    /// Leaves the arguments on the stack; how many.
    virtual int push(lua_State* /*state*/) { return 0; }
    /// Of the results the first is at index -2, the second at -1.
    virtual void take(lua_State* /*state*/) {}
  };
  /// Calls a function of the script. Null: it went well; else what was wrong, until the next call.
  const Error* call(const char* function, Call& call);

  ScriptView view;
  ScriptHost host;

  /// For libraries: ends the script as a function of the sandbox's that is not to be called.
  [[noreturn]] void block(const char* function);

  std::size_t used_bytes() const { return used_; }

 private:
  Script(const ScriptLimits& limits, ScriptHost with);
  bool open(const ScriptSource& source);
  void open_sandbox();
  const Error* fail(int status);
  static void* allocate(void* self, void* block, std::size_t old_size, std::size_t new_size);
  static void count(lua_State* state, lua_Debug* debug);

  ScriptLimits limits_;
  std::size_t used_ = 0;
  std::uint64_t instructions_ = 0;  ///< of the call under way
  bool memory_refused_ = false, instructions_spent_ = false, blocked_ = false;
  lua_State* state_ = nullptr;
  Error error_{};
};

}  // namespace culvert::lua
