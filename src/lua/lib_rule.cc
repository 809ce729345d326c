// suricata.rule: the rule that alerted, or that runs the script.

#include "lua/library.h"

namespace culvert::lua {
namespace {

constexpr char kType[] = "suricata:rule";

const RuleMeta& rule_of(lua_State* state) {
  luaL_checkudata(state, 1, kType);
  const RuleMeta* const rule = script_of(state).view.rule;
  if (rule == nullptr) luaL_error(state, "no rule");
  return *rule;
}

int push_number(lua_State* state, std::uint32_t number) {
  lua_pushinteger(state, number);
  return 1;
}

int sid(lua_State* state) { return push_number(state, rule_of(state).sid); }
int gid(lua_State* state) { return push_number(state, rule_of(state).gid); }
int rev(lua_State* state) { return push_number(state, rule_of(state).rev); }
int priority(lua_State* state) { return push_number(state, rule_of(state).priority); }
int msg(lua_State* state) { return push_text(state, rule_of(state).msg); }

int class_description(lua_State* state) {
  const RuleMeta& rule = rule_of(state);
  return push_text_or_nil(state, rule.category.empty() ? std::string_view{} : rule.category);
}

int class_and_priority(lua_State* state) {
  class_description(state);
  return 1 + priority(state);
}

int action(lua_State* state) {
  const RuleMeta& rule = rule_of(state);
  if (rule.is_pass) return push_text(state, "pass");
  if (rule.action == Action::kDrop) return push_text(state, "drop");
  return push_text(state, rule.action == Action::kReject ? "reject" : "alert");
}

constexpr luaL_Reg kMethods[] = {{"sid", sid},
                                 {"gid", gid},
                                 {"rev", rev},
                                 {"priority", priority},
                                 {"msg", msg},
                                 {"class", class_and_priority},
                                 {"class_description", class_description},
                                 {"action", action}};

int get_rule(lua_State* state) {
  if (script_of(state).view.rule == nullptr) return push_failure(state, "no rule");
  return push_object(state, kType, kMethods);
}

constexpr luaL_Reg kFunctions[] = {{"get_rule", get_rule}};

}  // namespace

int open_rule(lua_State* state) { return push_library(state, kFunctions); }

}  // namespace culvert::lua
