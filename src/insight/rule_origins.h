// Which option of a rule's text made which part of the compiled rule. Rules that run do not keep it;
// whoever wants to know compiles the rule once more.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "detect/rule_set.h"
#include "rule/ast.h"

namespace culvert {

/// Texts such as `content:"abc"; nocase`, in the order of the parts of CompiledRule.
struct RuleOrigins {
  std::vector<std::string> packet_matches, transaction_matches, post_matches;
  std::vector<std::vector<std::string>> steps;  ///< by buffer, by step
};

Result<RuleOrigins> find_rule_origins(const RuleAst& ast, const RuleEnvironment& environment);

}  // namespace culvert
