// Which rule files make up the rule set, and reading them: `-S`, `-s`, `default-rule-path` and
// `rule-files`, `classification-file`, `reference-config-file`, `threshold-file`.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "detect/rule_set.h"

namespace culvert {

/// What the command line says of rules.
struct RuleFileChoice {
  std::vector<std::string> exclusive;   ///< `-S`: these and no others
  std::vector<std::string> additional;  ///< `-s`: besides those of the configuration
  bool firewall = false;                ///< firewall mode: `firewall.rule-files` count
  std::vector<std::string> firewall_exclusive;  ///< `--firewall-rules-exclusive`
  bool detection = true;                ///< false: `--disable-detection`, no rules at all
};

/// Reads all of them. A name may be a pattern ("*.rules"). A file that cannot be read is a warning
/// when the configuration names it, an error when the command line does; the rest is read anyway.
RuleSources read_rule_sources(const ConfigNode& config, const RuleFileChoice& choice,
                              Complaints& complaints);

}  // namespace culvert
