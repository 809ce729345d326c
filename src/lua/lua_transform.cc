// luaxform: a script makes other bytes of a buffer. `http.uri; luaxform:file.lua, bytes 4;
// content:..`
//
// Its function `transform` gets the buffer and a table of what stands behind the name, as written;
// it returns the new bytes and how many of them count. Where it fails, or says that none count, the
// buffer stays what it was. `init` is not called; libraries see neither flow nor transaction.

#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "lua/lua_keyword.h"
#include "lua/lua_rule.h"
#include "lua/script_counters.h"
#include "rule/value.h"

namespace culvert::lua {
namespace {

constexpr char kMain[] = "transform";

struct TransformCall final : Script::Call {
  TransformCall(Bytes from, const std::vector<std::string>& with, std::vector<std::byte>& to)
      : in(from), arguments(with), out(to) {}
  const Bytes in;
  const std::vector<std::string>& arguments;
  std::vector<std::byte>& out;
  const char* complaint = nullptr;

  int push(lua_State* state) override {
    const std::string_view text = as_text(in);
    lua_pushlstring(state, text.data(), text.size());
    lua_createtable(state, static_cast<int>(arguments.size()), 0);
    lua_Integer number = 0;
    for (const std::string& argument : arguments) {
      lua_pushlstring(state, argument.data(), argument.size());
      lua_rawseti(state, -2, ++number);
    }
    return 2;
  }
  void take(lua_State* state) override {
    if (lua_isstring(state, -2) == 0) {
      complaint = "returned a non-string buffer";
    } else if (lua_isnumber(state, -1) == 0) {
      complaint = "returned a non-numeric length";
    } else {
      const lua_Integer wanted = lua_tointeger(state, -1);
      std::size_t size = 0;
      const char* const bytes = lua_tolstring(state, -2, &size);
      if (wanted < 0 || static_cast<lua_Unsigned>(wanted) > size) {
        complaint = "returned an invalid length";
      } else if (wanted != 0) {
        const Bytes result = as_bytes(std::string_view(bytes, static_cast<std::size_t>(wanted)));
        out.assign(result.begin(), result.end());
      }
    }
  }
};

class LuaTransform final : public Transform {
 public:
  LuaTransform(ScriptSource source, const ScriptLimits& limits, std::vector<std::string> arguments)
      : source_(std::move(source)), limits_(limits), arguments_(std::move(arguments)) {}

  /// The state of the first place, made and tried.
  Result<void> prepare() {
    auto script = make();
    if (!script) return tl::unexpected(script.error());
    if (!(*script)->has_function(kMain)) {
      return failure(source_.path + ": no transform function in script");
    }
    places_[0].script = std::move(*script);
    return {};
  }

  bool apply(Bytes in, std::vector<std::byte>& out) const override {
    out.assign(in.begin(), in.end());
    const Lease lease(*this);
    Place& place = *lease.place;
    if (place.script == nullptr) {
      auto script = make();
      if (!script) return true;
      place.script = std::move(*script);
    }
    TransformCall call(in, arguments_, out);
    const Script::Error* const error = place.script->call(kMain, call);
    if (error != nullptr) script_counters().count(error->failure);
    if (error != nullptr || call.complaint != nullptr) {
      tell(error != nullptr ? "failed to run successfully: " + error->message : call.complaint);
    }
    return true;
  }

  std::string key() const override {
    std::string key = "luaxform:" + source_.path;
    for (const std::string& argument : arguments_) key += "," + argument;
    return key;
  }

 private:
  /// As a transform does not know its worker, states are lent: for as many as are likely to be here
  /// at once, each made when it is first needed. One more waits for a call to end.
  struct Place {
    std::atomic_flag taken;
    std::unique_ptr<Script> script;
  };
  struct Lease {
    explicit Lease(const LuaTransform& owner) {
      for (;; std::this_thread::yield()) {
        for (Place& each : owner.places_) {
          if (each.taken.test_and_set(std::memory_order_acquire)) continue;
          place = &each;
          return;
        }
      }
    }
    ~Lease() { place->taken.clear(std::memory_order_release); }
    Place* place = nullptr;
  };

  Result<std::unique_ptr<Script>> make() const {
    auto script = Script::load(source_, limits_, {});
    if (!script) return script;
    Script::Call thread_init;
    if ((*script)->has_function("thread_init")) {
      if (const auto* const error = (*script)->call("thread_init", thread_init)) {
        return failure(source_.path + ": thread_init failed: " + error->message);
      }
    }
    return script;
  }

  void tell(const std::string& what) const {
    std::call_once(told_, [&] {
      log_warning("luaxform '" + source_.path + "' " + what + "; keeping the untransformed buffer",
                  "lua");
    });
  }

  ScriptSource source_;
  ScriptLimits limits_;
  std::vector<std::string> arguments_;
  mutable std::array<Place, 16> places_;
  mutable std::once_flag told_;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  take_quotes(text);
  std::vector<std::string> words;  // what stands between commas, spaces and all; nothing is no word
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma != 0) words.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  auto source = read_rule_script(draft, words.empty() ? std::string_view{} : words.front());
  if (!source) return tl::unexpected(source.error());
  words.erase(words.begin());
  const ScriptLimits limits = parse_rule_script_options(draft.catalog.environment.config).limits;
  auto transform = std::make_shared<LuaTransform>(std::move(*source), limits, std::move(words));
  if (auto done = transform->prepare(); !done) return done;
  return draft.add_transform(std::move(transform));
}

}  // namespace

const KeywordSpec kLuaxform{.name = "luaxform",
                            .help = "what a script makes of the buffer",
                            .compile = compile,
                            .can_quote = true};

}  // namespace culvert::lua
