// A rule back to text, in one spelling whatever the author's.
#pragma once

#include <string>

#include "rule/ast.h"

namespace culvert {

/// The rule on one line; parses to the same AST. Keywords and protocol are in lower case, spaces
/// normalised, values as they were written. Without the '#' of a disabled rule.
std::string dump(const RuleAst& ast);
std::string dump(const RuleOption& option);  ///< "name:value;"

}  // namespace culvert
