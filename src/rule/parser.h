// Text of a rules file to RuleAsts. Syntax of Suricata 8, chapter "Rules Format" of its manual,
// with the firewall mode's actions and hooks.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rule/ast.h"

namespace culvert {

/// A rule that could not be parsed.
struct RefusedRule {
  std::string text;        ///< on one line
  std::uint32_t line = 0;  ///< its first line in the file
  Error error;
};

/// What a rules file holds, in its order.
struct RuleFile {
  std::vector<RuleAst> rules;
  std::vector<RefusedRule> refused;
  std::vector<Error> warnings;  ///< accepted, but probably not what was meant
};

struct RuleParseOptions {
  /// Also give rules that are commented out (`#alert ...`), with `enabled` false. Comments that are
  /// no rules are never complained about.
  bool keep_disabled = false;
  RuleKind kind = RuleKind::kDetection;
};

/// Longest rule that is accepted, in bytes; and most options it may have.
inline constexpr std::size_t kMaxRuleSize = 1u << 20;
inline constexpr std::size_t kMaxRuleOptions = 4096;

/// What each_rule() calls, in the order of the file.
struct RuleVisitor {
  /// May take what is in the AST: it is made anew for the next rule.
  std::function<void(RuleAst& rule)> on_rule;
  std::function<void(RefusedRule&& rule)> on_refused;
  std::function<void(Error&& warning)> on_warning;  ///< before the rule it is about
};

/// Parses a file rule by rule: of a big one no more than one AST is there at a time. Never stops at a
/// bad rule. `file_name` is for complaints only.
void each_rule(std::string_view text, std::string_view file_name, RuleParseOptions options,
               const RuleVisitor& visitor);

/// Parses all rules of a file. `file_name` is for complaints only. Never stops at a bad rule.
[[nodiscard]] RuleFile parse_rules(std::string_view text, std::string_view file_name = {},
                                   RuleParseOptions options = {});

/// The same from disk. Fails when the file cannot be read.
[[nodiscard]] Result<RuleFile> read_rules(const std::string& path, RuleParseOptions options = {});

/// Parses one rule, without comments and continuation lines.
[[nodiscard]] Result<RuleAst> parse_rule(std::string_view text,
                                         RuleKind kind = RuleKind::kDetection);

}  // namespace culvert
