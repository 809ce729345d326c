// Rules that could not be loaded, for a log in Suricata's words: what is wrong, then which rule it is.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "detect/rule_set.h"

namespace culvert {

struct RuleFailure {
  std::string message;
  std::string module;  ///< "detect-" and the keyword, or "detect-parse"
  std::string text;    ///< the rule
  std::string file;
  std::uint32_t line = 0;
  std::string where;   ///< "file:line:column" of what is wrong
};

std::span<const RuleFailure> rule_failures(const RuleSet& rules);

}  // namespace culvert
