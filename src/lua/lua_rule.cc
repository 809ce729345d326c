#include "lua/lua_rule.h"

#include <algorithm>
#include <filesystem>

#include "app/app_parser.h"
#include "base/log.h"
#include "detect/detector.h"
#include "detect/rule_compiler.h"
#include "detect/shared_state.h"
#include "lua/script_counters.h"

namespace culvert::lua {
namespace {

std::string find_script(const RuleDraft& draft, std::string_view name) {
  const std::filesystem::path path(name);
  if (path.is_absolute()) return path.string();
  const ConfigNode* const config = draft.catalog.environment.config;
  std::filesystem::path folder(config == nullptr ? std::string()
                                                 : config->text("default-rule-path"));
  std::error_code error;
  if (!folder.empty() && std::filesystem::exists(folder / path, error)) {
    return (folder / path).string();
  }
  if (draft.ast.file != nullptr) {
    const auto beside = std::filesystem::path(*draft.ast.file).parent_path() / path;
    if (std::filesystem::exists(beside, error)) return beside.string();
  }
  return (folder / path).string();
}

struct InitCall final : Script::Call {
  ScriptNeeds needs;
  bool is_table = false;

  /// What `init` gets stands for the rule; it may be handed on to `bytevar.map`.
  int push(lua_State* state) override {
    lua_newtable(state);
    return 1;
  }
  void take(lua_State* state) override {
    is_table = lua_istable(state, -2);
    if (!is_table) return;
    const auto asks = [&](const char* key) {
      lua_getfield(state, -2, key);
      const bool found = !lua_isnil(state, -1);
      lua_pop(state, 1);
      return found;
    };
    needs = {asks("packet"), asks("payload"), asks("stream"), asks("ja3"), asks("ja3s")};
  }
};

/// The transaction that a rule on packets is most likely about: the newest.
const Transaction* newest_transaction(const DetectInput* input) {
  if (input == nullptr || input->app.parser == nullptr) return nullptr;
  const auto& all = input->app.parser->transactions();
  return all.empty() ? nullptr : all.back();
}

void fill_view(const MatchContext& context, ScriptView& view) {
  DetectState& state = *context.state;
  view.packet = context.packet;
  view.flow = view.changeable_flow = context.flow;
  view.direction = context.direction;
  view.time = context.time;
  view.detect = &state;
  view.transaction = context.transaction;
  if (view.transaction == nullptr) view.transaction = newest_transaction(state.input);
  view.proto = state.input != nullptr && state.input->app.spec != nullptr
                   ? state.input->app.spec->proto
                   : AppProto::kUnknown;
}

/// What the rule says about itself, also behind the option that is being compiled.
RuleMeta describe_rule(RuleDraft& draft) {
  RuleDraft described(draft.ast, draft.catalog);
  for (const RuleOption& option : draft.ast.options) {
    constexpr std::string_view kNames[] = {"sid", "gid", "rev", "msg", "classtype", "priority"};
    if (std::ranges::find(kNames, option.name) == std::end(kNames)) continue;
    (void)compile_option(described, option);  // what is wrong with it is told when its turn comes
  }
  RuleMeta& meta = described.meta;
  meta.is_pass = draft.ast.has_action(RuleVerb::kPass);
  if (draft.ast.has_action(RuleVerb::kDrop)) meta.action = Action::kDrop;
  for (const RuleVerb verb : {RuleVerb::kReject, RuleVerb::kRejectDst, RuleVerb::kRejectBoth}) {
    if (draft.ast.has_action(verb)) meta.action = Action::kReject;
  }
  return std::move(meta);
}

}  // namespace

Result<ScriptSource> read_rule_script(const RuleDraft& draft, std::string_view name) {
  if (!parse_rule_script_options(draft.catalog.environment.config).allowed) {
    return failure("Lua rules disabled by security configuration: security.lua.allow-rules");
  }
  if (name.empty()) return failure("the name of a script is missing");
  return read_script(find_script(draft, name));
}

Result<std::shared_ptr<const RuleScript>> RuleScript::load(RuleDraft& draft,
                                                           std::string_view name,
                                                           const char* main) {
  const RuleScriptOptions options =
      parse_rule_script_options(draft.catalog.environment.config);
  auto source = read_rule_script(draft, name);
  if (!source) return tl::unexpected(source.error());

  auto script = std::make_shared<RuleScript>();
  script->source_ = std::move(*source);
  script->limits_ = options.limits;
  script->datasets_ = &draft.catalog.datasets();
  script->meta_ = describe_rule(draft);
  ScriptHost host;
  host.names = &draft.catalog.names;
  host.datasets = script->datasets_;
  host.find_bytevar = [&draft](std::string_view wanted) {
    return static_cast<int>(draft.find_variable(wanted));
  };
  auto trial = Script::load(script->source_, script->limits_, std::move(host));
  if (!trial) return tl::unexpected(trial.error());
  for (const char* const function : {main, "init"}) {
    if ((*trial)->has_function(function)) continue;
    return failure(script->source_.path + ": no " + function + " function in script");
  }
  InitCall init;
  if (const Script::Error* const error = (*trial)->call("init", init)) {
    return failure(script->source_.path + ": script init failed: " + error->message);
  }
  if (!init.is_table) return failure(script->source_.path + ": init does not return a table");
  Script::Call thread_init;
  if ((*trial)->has_function("thread_init")) {
    if (const Script::Error* const error = (*trial)->call("thread_init", thread_init)) {
      return failure(script->source_.path + ": thread_init failed: " + error->message);
    }
  }
  script->needs_ = init.needs;
  script->bytevars_ = std::move((*trial)->host.bytevars);
  script->variables_ = std::move((*trial)->host.variables);
  return script;
}

std::unique_ptr<Script> RuleScript::make() const {
  ScriptHost host;
  host.datasets = datasets_;
  host.bytevars = bytevars_;
  host.variables = variables_;
  auto script = Script::load(source_, limits_, std::move(host));
  if (!script) {
    log_warning(script.error().message, "lua");
    return nullptr;
  }
  Script::Call thread_init;
  if ((*script)->has_function("thread_init")) {
    if (const auto* const error = (*script)->call("thread_init", thread_init)) {
      log_warning(source_.path + ": thread_init failed: " + error->message, "lua");
      return nullptr;
    }
  }
  return std::move(*script);
}

bool RuleScript::run(const MatchContext& context, const char* main, Script::Call& call) const {
  WorkerScript* const own = workers_.of(context.state, [this] { return make(); });
  if (own == nullptr) return false;
  fill_view(context, own->script->view);
  own->script->view.rule = &meta_;
  const Script::Error* const error = own->script->call(main, call);
  own->script->view = {};
  if (error == nullptr) return true;
  script_counters().count(error->failure);
  if (!own->told) {
    own->told = true;
    log_warning("Lua script failed to run successfully: " + error->message, "lua");
  }
  return false;
}

}  // namespace culvert::lua
