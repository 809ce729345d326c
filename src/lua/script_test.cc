#include "lua/script.h"

#include <gtest/gtest.h>

namespace culvert::lua {
namespace {

struct NumberCall final : Script::Call {
  double number = -1;
  void take(lua_State* state) override {
    if (lua_isnumber(state, -2) != 0) number = lua_tonumber(state, -2);
  }
};

std::unique_ptr<Script> load(const std::string& text, const ScriptLimits& limits = {}) {
  auto script = Script::load({"test.lua", text}, limits, {});
  return script ? std::move(*script) : nullptr;
}

TEST(Script, GivesWhatItsFunctionReturns) {
  const struct {
    const char* name;
    std::string body;
    double expected;
  } cases[] = {
      {"number", "return 1", 1},
      {"nothing", "", -1},
      {"libraries of the language", "return #string.rep('a', 3) + math.max(1, 2)", 5},
      {"base64", "return #require('suricata.base64').encode('abcd')", 8},
      {"base64 without padding", "return #require('suricata.base64').decode_nopad('YWJjZA')", 4},
      {"hash", "return #require('suricata.hashlib').md5_hexdigest('a')", 32},
      {"hash in pieces",
       "local h = require('suricata.hashlib'); local x = h.sha1(); x:update('a'); x:update('b')\n"
       "return x:finalize_to_hex() == h.sha1_hexdigest('ab') and 1 or 0",
       1},
      {"no packet", "local p, e = require('suricata.packet').get(); return p == nil and #e or 0",
       9},
      {"no transaction", "return require('suricata.http').get_tx() == nil and 1 or 0", 1},
      {"no NTP", "return require('suricata.ntp').get_tx() == nil and 1 or 0", 1},
      {"no files in a sandbox", "return io == nil and os == nil and 1 or 0", 1},
  };
  for (const auto& c : cases) {
    const auto script = load("function f() " + c.body + " end");
    ASSERT_NE(script, nullptr) << c.name;
    NumberCall call;
    const auto* const error = script->call("f", call);
    EXPECT_EQ(error, nullptr) << c.name << ": " << (error != nullptr ? error->message : "");
    EXPECT_EQ(call.number, c.expected) << c.name;
  }
}

TEST(Script, SaysHowItFailed) {
  const struct {
    const char* name;
    std::string body;
    ScriptFailure failure;
    const char* message;
  } cases[] = {
      {"unknown function", "nope()", ScriptFailure::kError, "attempt to call a nil value"},
      {"error", "error('mine')", ScriptFailure::kError, "mine"},
      {"unknown module", "require('socket')", ScriptFailure::kError, "module not found"},
      {"blocked", "pcall(f)", ScriptFailure::kBlockedFunction,
       "Blocked Lua function called: pcall"},
      {"endless", "while true do end", ScriptFailure::kInstructions,
       "instruction limit exceeded"},
      {"greedy", "local s = 'a' for i = 1, 40 do s = s .. s end", ScriptFailure::kMemory,
       "memory limit exceeded"},
      {"greedy table", "local t = {} for i = 1, 90000 do t[i] = i end", ScriptFailure::kMemory,
       "memory limit exceeded"},
      {"flowvar in an output", "require('suricata.flowvar').get('x')", ScriptFailure::kError,
       "flow variable not found: x"},
  };
  for (const auto& c : cases) {
    const auto script = load("function f() " + c.body + " end function g() return 1 end");
    ASSERT_NE(script, nullptr) << c.name;
    Script::Call call;
    const auto* const error = script->call("f", call);
    ASSERT_NE(error, nullptr) << c.name;
    EXPECT_EQ(error->failure, c.failure) << c.name << ": " << error->message;
    EXPECT_NE(error->message.find(c.message), std::string::npos) << c.name << error->message;
    NumberCall again;  // it goes on
    EXPECT_EQ(script->call("g", again), nullptr) << c.name;
    EXPECT_EQ(again.number, 1) << c.name;
  }
}

TEST(Script, RefusesWhatIsNoScript) {
  EXPECT_EQ(load("function f("), nullptr);
  EXPECT_EQ(load("error('at once')"), nullptr);
  EXPECT_EQ(load("\x1bLua"), nullptr) << "compiled code";
  EXPECT_FALSE(read_script("/no/such/file.lua"));
}

TEST(Script, OutsideOfTheSandboxAllIsThere) {
  const auto script =
      load("function f() return pcall(error) == false and io ~= nil and 1 or 0 end",
           {.sandbox = false, .max_bytes = 0, .max_instructions = 0});
  ASSERT_NE(script, nullptr);
  NumberCall call;
  ASSERT_EQ(script->call("f", call), nullptr);
  EXPECT_EQ(call.number, 1);
}

}  // namespace
}  // namespace culvert::lua
