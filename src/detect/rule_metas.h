// What other files than those of the rules say of them, and what alerts of no rule say of
// themselves.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/classification.h"
#include "config/reference.h"
#include "config/threshold_file.h"
#include "detect/rule_compiler.h"
#include "detect/rule_program.h"

namespace culvert {

/// classification.config and reference.config, which complete what rules say about themselves.
class MetaTables {
 public:
  MetaTables(const RuleSources& sources, Complaints& complaints);

  /// Priority and category by classtype, prefixes of references. What a table lacks is said once.
  void complete(RuleMeta& meta, bool has_priority);

 private:
  Complaints& complaints_;
  References references_;
  Classifications classes_;
  bool has_references_ = false, has_classes_ = false;
  std::set<std::string> missing_;
};

/// Entries of threshold.config on top of the rules' own.
void apply_thresholds(RuleProgram& program, SetCache& sets,
                      const std::vector<ThresholdEntry>& entries, Complaints& complaints);

/// What alerts of default policies say of themselves: two signatures of the engine's own.
void add_policy_metas(RuleProgram& program, const RuleEnvironment& environment);

}  // namespace culvert
