// Patterns, numbers, address and port expressions; the first byte says which.
#include <cstdint>

#include "base/bytes.h"
#include "rule/address_set.h"
#include "rule/content_pattern.h"
#include "rule/number_match.h"
#include "rule/port_set.h"

namespace {

using namespace culvert;

void check(bool holds) {
  if (!holds) __builtin_trap();
}

void fuzz_pattern(std::string_view text) {
  const auto bytes = parse_content_pattern(text);
  if (bytes) check(parse_content_pattern(print_content_pattern(*bytes)) == *bytes);
}

void fuzz_number(std::string_view text) {
  for (const std::uint64_t highest : {std::uint64_t{255}, UINT64_MAX}) {
    const auto match = NumberMatch::parse(text, highest);
    if (match) check(NumberMatch::parse(match->text(), highest) == *match);
  }
}

void fuzz_sets(std::string_view text) {
  const VariableMap variables = {{"A", "[1.2.3.4,!$B]"}, {"B", "80:90,!$A"}, {"C", "10.0.0.0/8"}};
  if (const auto set = compile_addresses(text, variables)) {
    check(!set->empty());
    for (const auto& each : set->v4().intervals()) check(each.first <= each.last);
    for (const auto& each : set->v6().intervals()) check(each.first <= each.last);
  }
  if (const auto set = compile_ports(text, variables))
    check(!set->empty() && set->complement().complement() == *set);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)).subspan(1));
  if (data[0] % 3 == 0) fuzz_pattern(text);
  if (data[0] % 3 == 1) fuzz_number(text);
  if (data[0] % 3 == 2) fuzz_sets(text);
  return 0;
}
