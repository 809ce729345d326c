// lua: a script decides whether the rule matches. `lua:[!]file.lua;`
//
// At a hook of a protocol (`http1:request_line`) it is asked about transactions; after a content, when
// that has matched; else about packets.

#include "lua/lua_keyword.h"

#include "app/app_parser.h"
#include "detect/detect_state.h"
#include "detect/detector.h"
#include "lua/lua_rule.h"
#include "rule/value.h"

namespace culvert::lua {
namespace {

struct MatchCall final : Script::Call {
  MatchCall(const ScriptNeeds& of, const MatchContext& with) : needs(of), context(with) {}
  const ScriptNeeds& needs;
  const MatchContext& context;
  bool matches = false;

  int push(lua_State* state) override {
    lua_newtable(state);
    const auto put = [&](const char* key, Bytes bytes) {
      const std::string_view text = as_text(bytes);
      lua_pushlstring(state, text.data(), text.size());
      lua_setfield(state, -2, key);
    };
    if (context.packet != nullptr) {
      if (needs.packet) put("packet", context.packet->data);
      if (needs.payload) put("payload", context.packet->payload);
    }
    if (needs.stream && context.state->input != nullptr && context.state->input->stream.present) {
      put("stream", context.state->input->stream.bytes);
    }
    return 1;
  }
  void take(lua_State* state) override {
    matches = lua_isnumber(state, -2) != 0 && lua_tonumber(state, -2) == 1;
  }
};

bool matches(const RuleScript& script, const MatchContext& context, bool negated) {
  if (context.state == nullptr) return false;
  MatchCall call(script.needs(), context);
  return script.run(context, "match", call) && call.matches != negated;
}

class LuaMatch final : public Keyword {
 public:
  LuaMatch(std::shared_ptr<const RuleScript> script, bool negated)
      : script_(std::move(script)), negated_(negated) {}
  bool match(const MatchContext& context) const noexcept override {
    return matches(*script_, context, negated_);
  }

 private:
  std::shared_ptr<const RuleScript> script_;
  bool negated_;
};

/// The same as a step in a buffer: asked when what is before it has matched.
struct LuaItem final : CustomItem {
  LuaItem(std::shared_ptr<const RuleScript> of, bool is_negated) : script(std::move(of)) {
    negated = is_negated;
  }
  bool match(const MatchContext& context, const InspectBuffer& /*buffer*/,
             InspectState& /*state*/) const noexcept override {
    return matches(*script, context, negated);
  }
  std::shared_ptr<const RuleScript> script;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view name = trim(argument);
  const bool negated = take_negation(name);
  auto script = RuleScript::load(draft, trim(name), "match");
  if (!script) return tl::unexpected(script.error());
  draft.looks_at_flow_only = false;
  const ScriptNeeds& needs = (*script)->needs();
  if (needs.packet || needs.payload) draft.needs_packet = true;
  for (const TransactionHook& hook : draft.hooks) {
    auto done = draft.add_transaction_match(hook, std::make_unique<LuaMatch>(*script, negated));
    if (!done) return done;
  }
  if (!draft.hooks.empty()) return {};
  if (draft.last_item() != nullptr) {
    return draft.add_item(std::make_unique<LuaItem>(std::move(*script), negated));
  }
  draft.add_packet_match(std::make_unique<LuaMatch>(std::move(*script), negated));
  return {};
}

}  // namespace

const KeywordSpec kLua{.name = "lua",
                       .help = "a script says whether the rule matches",
                       .compile = compile,
                       .can_negate = true};

}  // namespace culvert::lua
