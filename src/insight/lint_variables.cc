// Flowbits, xbits and hostbits: tested and never set, set and never tested, over all rules together.

#include <fmt/format.h>

#include <map>
#include <string>
#include <vector>

#include "insight/lint_context.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct Uses {
  std::vector<const LintRule*> set, cleared, is_set, is_not_set;
  std::vector<const LintRule*> disjunct;  ///< `isset,a|b`: another one may do
};

struct Kind {
  std::string_view keyword;
};
constexpr Kind kKinds[] = {{"flowbits"}, {"xbits"}, {"hostbits"}};

std::map<std::string, Uses, std::less<>> collect(const LintContext& context, std::string_view keyword) {
  std::map<std::string, Uses, std::less<>> all;
  for (const LintRule& each : context.rules) {
    if (each.rule == nullptr) continue;
    for (const RuleOption& option : each.ast->options) {
      if (option.name != keyword) continue;
      const auto parts = split_list(option.value);
      if (parts.size() < 2) continue;
      const auto names = split_list(parts[1], '|');
      for (const std::string_view name : names) {
        Uses& uses = all[std::string(name)];
        if (parts[0] == "set" || parts[0] == "toggle") uses.set.push_back(&each);
        if (parts[0] == "unset" || parts[0] == "toggle") uses.cleared.push_back(&each);
        if (parts[0] == "isset") (names.size() > 1 ? uses.disjunct : uses.is_set).push_back(&each);
        if (parts[0] == "isnotset") uses.is_not_set.push_back(&each);
      }
    }
  }
  return all;
}

}  // namespace

void lint_variables(LintContext& context) {
  for (const Kind& kind : kKinds) {
    for (const auto& [name, uses] : collect(context, kind.keyword)) {
      const bool tested = !uses.is_set.empty() || !uses.is_not_set.empty() || !uses.disjunct.empty();
      if (uses.set.empty()) {
        for (const LintRule* rule : uses.is_set) {
          context.add("variables", LintSeverity::kError, *rule,
                      fmt::format("{}:isset,{}: no loaded rule sets it, so the rule never matches", kind.keyword, name),
                      "load the rule that sets it, or mend the name");
        }
        for (const LintRule* rule : uses.disjunct) {
          context.add("variables", LintSeverity::kWarning, *rule,
                      fmt::format("{}: no loaded rule sets {}", kind.keyword, name),
                      "take it out of the list, or mend the name");
        }
        for (const LintRule* rule : uses.is_not_set) {
          context.add("variables", LintSeverity::kNote, *rule,
                      fmt::format("{}:isnotset,{}: no loaded rule sets it, so this always holds", kind.keyword, name),
                      "take it away, or load the rule that sets it");
        }
        if (!tested) {
          for (const LintRule* rule : uses.cleared) {
            context.add("variables", LintSeverity::kNote, *rule,
                        fmt::format("{}: {} is cleared, and nothing sets or tests it", kind.keyword, name),
                        "take it away");
          }
        }
      } else if (!tested) {
        for (const LintRule* rule : uses.set) {
          context.add("variables", LintSeverity::kNote, *rule,
                      fmt::format("{}:set,{}: no loaded rule tests it", kind.keyword, name),
                      "load the rules that test it, or take it away (it shows in the events' metadata)");
        }
      }
      // A rule that alone sets what it needs first.
      for (const LintRule* rule : uses.is_set) {
        if (uses.set.size() == 1 && uses.set.front() == rule) {
          context.add("variables", LintSeverity::kError, *rule,
                      fmt::format("{}: only this rule sets {}, and it needs it to be set", kind.keyword, name),
                      "isnotset, if it is to match once");
        }
      }
    }
  }
}

}  // namespace culvert
