// Scripts in rules, from their files.
#include <gtest/gtest.h>

#include <fstream>

#include "builtin/rule_testing.h"

namespace culvert {
namespace {

std::string script(const std::string& name, const std::string& text) {
  const std::string path = ::testing::TempDir() + "culvert_lua_rules_" + name + ".lua";
  std::ofstream(path) << text;
  return path;
}

TEST(LuaRules, KnowTheRuleThatRunsThem) {
  const std::string path = script("rule", R"(
local rule = require("suricata.rule")
function init(args) return {} end
function match(args)
  local r = rule.get_rule()
  return r:sid() == 7 and r:msg() == "hello" and r:rev() == 2 and r:gid() == 1 and
         r:priority() == 1 and r:action() == "drop" and 1 or 0
end)");
  // What it says of itself may stand behind the script.
  const std::string options = " (lua:" + path + "; msg:\"hello\"; priority:1; sid:";
  RuleRun run("drop udp any any -> any any" + options + "7; rev:2;)\n" +
              "drop udp any any -> any any" + options + "8; rev:2;)\n");
  EXPECT_EQ(run(udp_packet("x")), "7");
}

TEST(Luaxform, MatchesWhatTheScriptMakes) {
  const struct {
    const char* name;
    const char* body;       ///< of transform(input, args)
    const char* arguments;  ///< behind the script's name
    const char* content;
  } rows[] = {
      {"bytes", "return 'TEST', 4", "", "TEST"},
      {"fewer", "return 'TEST', 2", "", "TE\"; bsize:2; content:\"TE"},
      {"input", "local s = #input .. '/' .. input; return s, #s", "", "4/|0a 00 00 01|"},
      {"arguments", "local s = #args .. args[1] .. args[2]; return s, #s", ", a 1,,b", "2 a 1b"},
      {"prepared", "return prepared, 4", "", "DONE"},
      // What went wrong, and nothing at all, leave the buffer alone.
      {"error", "error('x')", "", "|0a 00 00 01|"},
      {"nil", "return nil, 4", "", "|0a 00 00 01|"},
      {"no length", "return 'TEST'", "", "|0a 00 00 01|"},
      {"too long", "return 'TEST', 5", "", "|0a 00 00 01|"},
      {"negative", "return 'TEST', -1", "", "|0a 00 00 01|"},
      {"empty", "return 'TEST', 0", "", "|0a 00 00 01|"},
      {"endless", "while true do end", "", "|0a 00 00 01|"},
      {"no init", "return initialised and 'NO' or 'YES', 2", "", "YE"},
  };
  for (const auto& row : rows) {
    const std::string path =
        script("transform", std::string("function thread_init() prepared = 'DONE' end\n"
                                        "function init() initialised = true end\n"
                                        "function transform(input, args) ") +
                                row.body + " end");
    RuleRun run("alert udp any any -> any any (ip.src; luaxform:" + path + row.arguments +
                "; content:\"" + row.content + "\"; sid:1;)");
    EXPECT_EQ(run(udp_packet("x")), "1") << row.name;
  }
}

TEST(LuaRule, WhatIsWrongBehindItIsToldInItsTurn) {
  const std::string path =
      script("behind", "function init() return {} end function match() return 1 end");
  std::string complaint;
  compile_rules_for_test("alert udp any any -> any any (lua:" + path + "; classtype; sid:1;)",
                         complaint);
  EXPECT_NE(complaint.find("classtype"), std::string::npos) << complaint;
}

TEST(Luaxform, TakesItsValueInQuotesToo) {
  const std::string path = script("quoted", "function transform(i, a) return a[1], #a[1] end");
  RuleRun run("alert udp any any -> any any (ip.src; luaxform:\"" + path +
              ", x 1\"; content:\" x 1\"; bsize:4; sid:1;)");
  EXPECT_EQ(run(udp_packet("x")), "1");
}

TEST(Luaxform, RefusesWhatIsNoTransform) {
  const std::pair<std::string, const char*> rows[] = {
      {"ip.src; luaxform:" + script("none", "function match() return 1 end") + ";", "no transform"},
      {"ip.src; luaxform:" + script("bad", "function transform(") + ";", "couldn't load"},
      {"ip.src; luaxform:/no/such/file.lua;", "no/such"},
      {"ip.src; luaxform:,;", "name of a script"},
      {"luaxform:" + script("fine", "function transform(i) return i, #i end") + ";",
       "sticky buffer"},
  };
  for (const auto& [options, expected] : rows) {
    std::string complaint;
    compile_rules_for_test("alert udp any any -> any any (" + options + " content:\"a\"; sid:1;)",
                           complaint);
    EXPECT_NE(complaint.find(expected), std::string::npos) << options << ": " << complaint;
  }
}

}  // namespace
}  // namespace culvert
