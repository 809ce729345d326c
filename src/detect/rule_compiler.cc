#include "detect/rule_compiler.h"

#include <utility>

#include "app/protocol_spec.h"
#include "detect/keyword_support.h"
#include "rule/value.h"

namespace culvert {

Result<void> compile_option(RuleDraft& draft, const RuleOption& option) {
  draft.option_offset = option.offset;
  const KeywordSpec* const keyword = draft.catalog.find_keyword(option.name);
  if (keyword == nullptr) {
    if (!draft.catalog.find_buffers(option.name).empty()) {
      if (!option.has_value) return draft.select_buffer_named(option.name);
      // In rules of both directions a buffer may say which one it means.
      const std::string_view side = trim(option.raw);
      const bool to_client = side == "to_client";
      if (draft.ast.direction != RuleDirection::kTransactional ||
          (!to_client && side != "to_server")) {
        return failure(option.name + " takes no value");
      }
      const auto before = std::exchange(
          draft.side, to_client ? Direction::kToClient : Direction::kToServer);
      auto done = draft.select_buffer_named(option.name);
      draft.side = before;
      return done;
    }
    return failure("unknown rule keyword '" + option.name + "'.");
  }
  if (keyword->argument == KeywordArgument::kNone && option.has_value && !option.raw.empty()) {
    return failure(option.name + " takes no value");
  }
  if (keyword->argument == KeywordArgument::kRequired && (!option.has_value || option.raw.empty())) {
    return failure("invalid formatting or malformed option to " + option.name + " keyword: '" +
                   option.name + "'");
  }
  if (option.quoted && !keyword->can_quote) {
    return failure("quotes on " + option.name + " keyword that doesn't support them: '" +
                   option.name + "'");
  }
  draft.option_name = keyword->name;
  return keyword->compile(draft, option.raw);
}

namespace {

void set_actions(const RuleAst& ast, CompiledRule& rule, bool firewall) {
  RuleMeta& meta = rule.meta;
  meta.is_firewall = firewall;
  for (const RuleAction& each : ast.actions) {
    switch (each.action) {
      case RuleVerb::kAlert:
        break;
      case RuleVerb::kPass:
        meta.is_pass = true;
        meta.is_alert = ast.has_action(RuleVerb::kAlert);
        break;
      case RuleVerb::kDrop:
        meta.action = Action::kDrop;
        break;
      case RuleVerb::kReject:
        meta.action = Action::kReject;
        meta.reject = RejectTargets::kSource;
        break;
      case RuleVerb::kRejectDst:
        meta.action = Action::kReject;
        meta.reject = RejectTargets::kDestination;
        break;
      case RuleVerb::kRejectBoth:
        meta.action = Action::kReject;
        meta.reject = RejectTargets::kBoth;
        break;
      case RuleVerb::kConfig:
        rule.is_config = true;
        meta.is_alert = false;
        break;
      case RuleVerb::kAccept:
        meta.is_alert = ast.has_action(RuleVerb::kAlert);
        break;
    }
  }
  if (firewall) {  // they alert when they say so
    meta.is_alert = ast.has_action(RuleVerb::kAlert);
    meta.is_pass = false;
  }
  rule.scope = ast.actions.front().scope;
}

/// Of keywords with a value, as in the reference; rules of the firewall decide what gets through.
void warn_of_untested(const RuleAst& ast, const RuleCatalog& catalog, Complaints& complaints) {
  for (const RuleOption& option : ast.options) {
    const KeywordSpec* const keyword = catalog.find_keyword(option.name);
    if (keyword == nullptr || keyword->argument == KeywordArgument::kNone ||
        is_transform(keyword->name) || supports_firewall(keyword->name)) {
      continue;
    }
    complaints.warning(
        "keyword '" + std::string(keyword->name) + "' has not been tested for firewall rules",
        ast.where(option.offset));
  }
}

}  // namespace

Result<RuleOutcome> compile_rule(const RuleAst& ast, RuleCatalog& catalog, RuleProgram& program,
                                 bool firewall, Complaints& complaints) {
  program.failed_option.clear();
  const auto at = [&](Error error, std::uint32_t offset, std::string_view option = {}) {
    program.failed_option = option;
    error.where = ast.where(offset);
    return tl::unexpected<Error>(std::move(error));
  };
  RuleDraft draft(ast, catalog);
  auto rule = std::make_unique<CompiledRule>();

  // A rule that this program is not for may have keywords that it does not know.
  for (const RuleOption& option : ast.options) {
    if (option.name != "requires") continue;
    if (auto done = compile_option(draft, option); !done) return at(done.error(), option.offset, option.name);
  }
  if (!draft.skip_reason.empty()) return RuleOutcome{nullptr, draft.skip_reason};

  if (auto done = compile_header(draft, *rule, program); !done) return at(done.error(), 0);
  rule->hooks = draft.hooks;  // those of the header; app-layer-state adds more to the draft
  for (const RuleOption& option : ast.options) {
    if (option.name == "requires") continue;
    if (auto done = compile_option(draft, option); !done) return at(done.error(), option.offset, option.name);
  }
  if (!draft.skip_reason.empty()) {
    complaints.warning(std::move(draft.skip_reason), ast.where());
    return RuleOutcome{};
  }
  if (auto done = check_draft(draft, complaints); !done) return at(done.error(), draft.option_offset);

  if (firewall) warn_of_untested(ast, catalog, complaints);
  for (std::string& warning : draft.warnings) complaints.warning(std::move(warning), ast.where());
  rule->meta = std::move(draft.meta);
  rule->meta.text_owner = ast.text;
  rule->meta.text = *ast.text;
  rule->meta.metadata.shrink_to_fit();
  rule->meta.references.shrink_to_fit();
  rule->meta.file = ast.file != nullptr ? *ast.file : std::string();
  rule->meta.line = ast.line();
  set_actions(ast, *rule, firewall);
  rule->has_priority = draft.has_priority;
  if (draft.wants_alert) rule->meta.is_alert = true;
  if (draft.is_noalert) rule->meta.is_alert = false;
  if (auto done = check_hook_progress(draft); !done) return at(done.error(), 0);
  if (firewall) {
    if (auto done = compile_firewall_rule(draft, *rule); !done) return at(done.error(), 0);
  }
  if (auto done = settle_rule(draft, *rule, program); !done) return at(done.error(), 0);
  return RuleOutcome{std::move(rule), {}};
}

}  // namespace culvert
