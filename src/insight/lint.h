// What is written in rules and cannot do what was meant, or costs more than it has to: each finding with
// its place, why, and what to write instead.
//
//   for (const LintFinding& each : lint_rules(environment, sources).findings) ...
//
// Checks are small functions in lint_*.cc, listed in lint.cc.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "detect/rule_set.h"

namespace culvert {

enum class LintSeverity : std::uint8_t {
  kNote,     ///< could be better
  kWarning,  ///< most likely not what was meant, or costly
  kError,    ///< never matches, or does not load
};
std::string_view name_of(LintSeverity severity);

struct LintFinding {
  std::string_view check;  ///< name of the check, for --only and --ignore
  LintSeverity severity = LintSeverity::kNote;
  std::string file;
  std::uint32_t line = 0, gid = 0, sid = 0;  ///< 0: of no rule
  std::string why, remedy;
};

struct LintResult {
  std::uint32_t rules = 0;  ///< that loaded
  std::vector<LintFinding> findings;  ///< in the order of files and lines
};

struct LintCheckInfo {
  std::string_view name, what;
};
/// All checks there are, for --list.
const std::vector<LintCheckInfo>& lint_checks();

LintResult lint_rules(const RuleEnvironment& environment, const RuleSources& sources);

}  // namespace culvert
