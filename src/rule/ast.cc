#include "rule/ast.h"

#include <algorithm>

namespace culvert {

std::string_view to_string(RuleDirection direction) {
  switch (direction) {
    case RuleDirection::kForward:
      return "->";
    case RuleDirection::kBoth:
      return "<>";
    case RuleDirection::kTransactional:
      return "=>";
  }
  return "";
}

std::string RuleAst::where(std::uint32_t offset) const {
  std::string result = file != nullptr ? *file : std::string();
  const auto later = [](std::uint32_t at, const LineStart& start) { return at < start.offset; };
  auto start = std::upper_bound(lines.begin(), lines.end(), offset, later);
  if (start == lines.begin()) return result;
  --start;
  if (!result.empty()) result += ':';
  result +=
      std::to_string(start->line) + ':' + std::to_string(start->column + (offset - start->offset));
  return result;
}

bool RuleAst::has_action(RuleVerb action) const {
  return std::any_of(actions.begin(), actions.end(),
                     [action](const RuleAction& each) { return each.action == action; });
}

const RuleOption* RuleAst::find_option(std::string_view name) const {
  const auto found = std::find_if(options.begin(), options.end(),
                                  [name](const RuleOption& each) { return each.name == name; });
  return found == options.end() ? nullptr : &*found;
}

}  // namespace culvert
