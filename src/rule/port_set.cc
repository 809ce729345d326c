#include "rule/port_set.h"

#include <vector>

#include "rule/value.h"

namespace culvert {
namespace {

using Intervals = std::vector<PortSet::Interval>;

Result<PortSet::Interval> parse_ports(std::string_view word) {
  if (equals_ignoring_case(word, "any")) return PortSet::Interval{0, PortSet::kMax};
  const std::size_t colon = word.find(':');
  const std::string_view first_text = trim(word.substr(0, colon));
  const std::string_view last_text = colon == word.npos ? first_text : trim(word.substr(colon + 1));
  const auto port = [colon, &word](std::string_view text, std::uint16_t open_end) {
    // No 0x here, and an end may be left out only beside a ':'.
    const bool left_out = text.empty() && colon != word.npos;
    if (left_out) return Result<std::uint64_t>(open_end);
    if (text.find_first_of("xX") != text.npos) return Result<std::uint64_t>(failure(""));
    return parse_unsigned(text, PortSet::kMax);
  };
  const auto first = port(first_text, 0);
  const auto last = port(last_text, PortSet::kMax);
  if (!first || !last)
    return failure("'" + std::string(word) +
                   "' is not a port: write 80, 80:90, 1024:, :1023, any or a list in []");
  if (*last < *first)
    return failure("the port range '" + std::string(word) + "' ends before it begins");
  return PortSet::Interval{static_cast<std::uint16_t>(*first), static_cast<std::uint16_t>(*last)};
}

Result<void> gather(const SetExpression& list, bool negated, Intervals& plus, Intervals& minus) {
  for (const SetExpression& element : list.elements) {
    const bool taken_out = element.negated != negated;
    if (element.is_list) {
      if (const auto done = gather(element, taken_out, plus, minus); !done) return done;
      continue;
    }
    const auto range = parse_ports(element.word);
    if (!range) return tl::unexpected(range.error());
    (taken_out ? minus : plus).push_back(*range);
  }
  return {};
}

}  // namespace

Result<PortSet> compile_ports(std::string_view expression, const VariableMap& port_groups) {
  const auto tree = parse_set_expression(expression, port_groups, "port-groups");
  if (!tree) return tl::unexpected(tree.error());
  Intervals plus, minus;
  if (const auto done = gather(*tree, false, plus, minus); !done)
    return tl::unexpected(done.error());
  const bool only_negated = plus.empty() && !minus.empty();
  const PortSet taken_out(std::move(minus));
  PortSet ports =
      only_negated ? taken_out.complement() : PortSet(std::move(plus)).without(taken_out);
  if (ports.empty())
    return failure("no port is left of '" + std::string(expression) +
                   "': all that it names is negated as well");
  return ports;
}

}  // namespace culvert
