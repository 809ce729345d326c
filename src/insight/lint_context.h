// What lint checks look at, and how they report. One list of rules, as text and as compiled.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/compiled_rule.h"
#include "detect/rule_program.h"
#include "insight/lint.h"
#include "rule/ast.h"

namespace culvert {

struct LintRule {
  const RuleAst* ast = nullptr;
  const CompiledRule* rule = nullptr;  ///< null: it did not load
  std::uint32_t gid = 1, sid = 0, rev = 0;
};

class LintContext {
 public:
  LintContext(const RuleEnvironment& env, const RuleProgram& compiled, std::vector<LintRule> all,
              LintResult& out)
      : environment(env), program(compiled), rules(std::move(all)), result(out) {}

  const RuleEnvironment& environment;
  const RuleProgram& program;
  std::vector<LintRule> rules;

  void add(std::string_view check, LintSeverity severity, const LintRule& rule, std::string why,
           std::string remedy) {
    result.findings.push_back({check, severity,
                               rule.ast->file != nullptr ? *rule.ast->file : std::string(),
                               rule.ast->line(), rule.gid, rule.sid, std::move(why),
                               std::move(remedy)});
  }

  LintResult& result;
};

// The checks. Each goes through all rules.
void lint_ip_only(LintContext& context);           // lint_evaluation.cc
void lint_fast_pattern(LintContext& context);
void lint_pcre(LintContext& context);
void lint_unconditional(LintContext& context);
void lint_missing_flow(LintContext& context);
void lint_shadowed(LintContext& context);          // lint_shadow.cc
void lint_never_matches(LintContext& context);     // lint_protocol.cc
void lint_ports(LintContext& context);
void lint_protocol_as_bytes(LintContext& context);
void lint_contradictions(LintContext& context);    // lint_contents.cc
void lint_variables(LintContext& context);         // lint_variables.cc
void lint_duplicates(LintContext& context);        // lint_form.cc
void lint_noalert(LintContext& context);
void lint_form(LintContext& context);

/// "1:2000001 (local.rules:7)".
std::string name_rule(const LintRule& rule);

}  // namespace culvert
