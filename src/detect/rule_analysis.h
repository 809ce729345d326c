// `--engine-analysis`: what the compiler made of each rule, as rules.json (one object a line, in the
// order of evaluation) and rules_fast_pattern.txt. Fields as Suricata's, where the concept exists.
#pragma once

#include <string>

#include "base/result.h"
#include "detect/rule_set.h"

namespace culvert {

/// Writes the reports into `folder`. REQUIRES: `rules` was compiled with `environment`.
Result<void> write_rule_analysis(const RuleEnvironment& environment, const RuleSet& rules,
                                 const std::string& folder);

/// The object of one rule, for tests: `index` in order of evaluation.
std::string analyse_rule(const RuleEnvironment& environment, const RuleSet& rules,
                         std::size_t index);

}  // namespace culvert
