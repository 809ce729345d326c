// One rule: from its AST to its compiled form.
#pragma once

#include <memory>

#include "base/result.h"
#include "detect/compiled_rule.h"
#include "detect/rule_draft.h"
#include "detect/rule_program.h"

namespace culvert {

/// What compiling one rule gives besides the rule.
struct RuleOutcome {
  std::unique_ptr<CompiledRule> rule;  ///< null: failed or skipped
  std::string skipped;  ///< why, when `requires` is not satisfied; empty: it is left out uncounted
};

/// Numbers sets into `program.addresses` and `.ports`, buffers into `program.buffers`.
Result<RuleOutcome> compile_rule(const RuleAst& ast, RuleCatalog& catalog, RuleProgram& program,
                                 bool firewall, Complaints& complaints);

/// One `name:value;` of the rule.
Result<void> compile_option(RuleDraft& draft, const RuleOption& option);

/// Protocol of the rule's header, and its hook.
Result<void> compile_header(RuleDraft& draft, CompiledRule& rule, RuleProgram& program);

/// Refuses what can never match or makes no sense; completes the contents (limits, flags,
/// matchers). Warnings go to `complaints`.
Result<void> check_draft(RuleDraft& draft, Complaints& complaints);

/// Fills in what a rule of a firewall file decides and where, and refuses what has no meaning there.
Result<void> compile_firewall_rule(const RuleDraft& draft, CompiledRule& rule);

/// What a rule at a hook of a protocol looks at is there at that state, and not before or after.
Result<void> check_hook_progress(const RuleDraft& draft);

/// Fixes how and when the rule is evaluated: type, checks, fast pattern.
[[nodiscard]] Result<void> settle_rule(RuleDraft& draft, CompiledRule& rule, RuleProgram& program);

}  // namespace culvert
