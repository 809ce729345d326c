// Files the rules of a set in the tables by which the few that may match are found.
#pragma once

#include "base/result.h"
#include "detect/rule_program.h"

namespace culvert {

/// Fills the lists and prefilters of `program` from program.all. REQUIRES: the rules are sorted and
/// numbered.
void index_rules(RuleProgram& program, Complaints& complaints);

}  // namespace culvert
