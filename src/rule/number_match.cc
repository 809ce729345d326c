#include "rule/number_match.h"

#include <algorithm>

#include "rule/value.h"

namespace culvert {
namespace {

using Kind = NumberMatch::Kind;

/// The bits that a suffix shifts a number by; cuts the suffix off.
unsigned take_unit(std::string_view& text) {
  constexpr std::pair<std::string_view, unsigned> kUnits[] = {
      {"kb", 10}, {"mb", 20}, {"gb", 30}, {"kib", 10}, {"mib", 20}, {"gib", 30}};
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) return 0;
  for (const auto& [unit, bits] : kUnits) {
    if (text.size() <= unit.size()) continue;
    const std::string_view end = text.substr(text.size() - unit.size());
    if (!equals_ignoring_case(end, unit)) continue;
    text.remove_suffix(unit.size());
    return bits;
  }
  return 0;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text = trim(text.substr(prefix.size()));
  return true;
}

tl::unexpected<Error> refuse_number(std::string_view text, const std::string& why) {
  return failure("'" + std::string(text) + "': " + why);
}

/// Whether the test of a number in 0..highest can both hold and not hold.
bool says_something(const NumberMatch& match, std::uint64_t highest) {
  const std::uint64_t a = match.a(), b = match.b();
  switch (match.kind()) {
    case Kind::kEqual:
    case Kind::kNotEqual:
      return true;
    case Kind::kLess:
      return a > 0;
    case Kind::kLessOrEqual:
      return a < highest;
    case Kind::kGreater:
      return a < highest;
    case Kind::kGreaterOrEqual:
      return a > 0;
    case Kind::kInside:
    case Kind::kOutside:
      return b > a && b - a > 1;
    case Kind::kMaskEqual:
    case Kind::kMaskNotEqual:
      return a != 0 && (b & ~a) == 0;
  }
  return false;
}

/// The parts of a test before their numbers are read. The second number is empty where none is.
struct Split {
  Kind kind = Kind::kEqual;
  std::string_view a, b;
};

Split split(std::string_view text, NumberNames names) {
  constexpr std::pair<std::string_view, Kind> kPrefixes[] = {
      {"<=", Kind::kLessOrEqual}, {">=", Kind::kGreaterOrEqual}, {"!=", Kind::kNotEqual},
      {"<", Kind::kLess},         {">", Kind::kGreater},         {"=", Kind::kEqual},
  };
  if (take(text, "&")) {
    const std::size_t equal = text.find('=');
    if (equal == text.npos) return {Kind::kMaskEqual, text, {}};
    const bool negated = equal > 0 && text[equal - 1] == '!';
    return {negated ? Kind::kMaskNotEqual : Kind::kMaskEqual,
            trim(text.substr(0, equal - (negated ? 1 : 0))), trim(text.substr(equal + 1))};
  }
  for (const auto& [prefix, kind] : kPrefixes)
    if (take(text, prefix)) return {kind, text, {}};

  const bool negated = take(text, "!");
  // A name may have a dash in it.
  const bool is_name = std::any_of(names.begin(), names.end(), [text](const auto& each) {
    return equals_ignoring_case(each.first, text);
  });
  const std::string_view dash = text.find("<>") != text.npos ? "<>" : "-";
  if (const std::size_t at = text.find(dash); at != text.npos && !is_name)
    return {negated ? Kind::kOutside : Kind::kInside, trim(text.substr(0, at)),
            trim(text.substr(at + dash.size()))};
  return {negated ? Kind::kNotEqual : Kind::kEqual, text, {}};
}

}  // namespace

Result<std::uint64_t> parse_number(std::string_view text, std::uint64_t highest,
                                   NumberNames names) {
  for (const auto& [name, value] : names)
    if (equals_ignoring_case(name, text)) return value;
  std::string_view digits = text;
  const unsigned shift = take_unit(digits);
  const auto number = parse_unsigned(digits, highest >> shift);
  if (number) return *number << shift;
  return refuse_number(text, "not a number from 0 to " + std::to_string(highest) +
                          (names.empty() ? "" : ", nor a name that this keyword knows"));
}

Result<NumberMatch> NumberMatch::parse(std::string_view text, std::uint64_t highest,
                                       NumberNames names) {
  const Split parts = split(trim(text), names);
  const bool two = parts.kind >= Kind::kInside;
  const auto a = parse_number(parts.a, highest, names);
  if (!a) return tl::unexpected(a.error());
  if (two && parts.b.empty())
    return refuse_number(text, "a second number is missing: write 10-20 or &0x03=0x01");
  const auto b = two ? parse_number(parts.b, highest, names) : Result<std::uint64_t>(0);
  if (!b) return tl::unexpected(b.error());
  const NumberMatch match(parts.kind, *a, *b);
  if (says_something(match, highest)) return match;
  return refuse_number(text, "holds for every number from 0 to " + std::to_string(highest) +
                          " or for none; the ends of a range are excluded");
}

std::string NumberMatch::text() const {
  const std::string a = std::to_string(a_), b = std::to_string(b_);
  switch (kind_) {
    case Kind::kEqual:
      return a;
    case Kind::kNotEqual:
      return "!" + a;
    case Kind::kLess:
      return "<" + a;
    case Kind::kLessOrEqual:
      return "<=" + a;
    case Kind::kGreater:
      return ">" + a;
    case Kind::kGreaterOrEqual:
      return ">=" + a;
    case Kind::kInside:
      return a + "-" + b;
    case Kind::kOutside:
      return "!" + a + "-" + b;
    case Kind::kMaskEqual:
      return "&" + a + "=" + b;
    case Kind::kMaskNotEqual:
      return "&" + a + "!=" + b;
  }
  return {};
}

}  // namespace culvert
