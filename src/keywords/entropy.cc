// entropy: how evenly the bytes of a buffer are spread, 0 (one byte only) to 8 bits (all alike).
//
//     file.data; entropy: bytes 1000, offset 0, value >= 7.5;      also value 4-5, !4-5, != 4
#include <array>
#include <charconv>
#include <cmath>

#include "detect/detect_state.h"
#include "detect/keyword.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// Shannon's: the sum of -p log2 p over the bytes that occur.
double entropy_of(Bytes bytes) {
  if (bytes.empty()) return 0;
  std::array<std::uint32_t, 256> counts{};
  for (const std::byte b : bytes) ++counts[std::to_integer<std::size_t>(b)];
  double entropy = 0;
  for (const std::uint32_t count : counts) {
    if (count == 0) continue;
    const double share = static_cast<double>(count) / static_cast<double>(bytes.size());
    entropy -= share * std::log2(share);
  }
  return entropy;
}

struct EntropyItem final : CustomItem {
  enum class Test : std::uint8_t { kEqual, kNot, kLess, kLessEqual, kGreater, kGreaterEqual, kInside, kOutside };
  bool match(const MatchContext& context, const InspectBuffer& buffer,
             InspectState&) const noexcept override {
    Bytes in = buffer.bytes;
    if (offset > in.size()) return false;
    in = in.subspan(offset);
    if (bytes != 0) in = in.first(std::min<std::size_t>(bytes, in.size()));
    const double value = entropy_of(in);
    if (context.flow != nullptr && context.state != nullptr) {
      auto& kept = context.state->of(*context.flow).entropies;
      const auto found = std::ranges::find(kept, name, [](const auto& each) { return each.first; });
      if (found != kept.end()) {
        found->second = value;
      } else {
        kept.emplace_back(name, value);
      }
    }
    return holds(value);
  }
  bool holds(double value) const {
    switch (test) {
      case Test::kEqual:
        return value == a;
      case Test::kNot:
        return value != a;
      case Test::kLess:
        return value < a;
      case Test::kLessEqual:
        return value <= a;
      case Test::kGreater:
        return value > a;
      case Test::kGreaterEqual:
        return value >= a;
      case Test::kInside:
        return value > a && value < b;
      case Test::kOutside:
        return value <= a || value >= b;
    }
    return false;
  }
  std::uint32_t bytes = 0, offset = 0;
  Test test = Test::kEqual;
  double a = 0, b = 0;
  std::uint16_t name = 0;  ///< of the buffer, for events
};

std::optional<double> parse_double(std::string_view text) {
  text = trim(text);
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

Result<void> parse_test(std::string_view text, EntropyItem& item) {
  using Test = EntropyItem::Test;
  constexpr std::pair<std::string_view, Test> kTests[] = {
      {">=", Test::kGreaterEqual}, {"<=", Test::kLessEqual}, {"!=", Test::kNot},
      {">", Test::kGreater},       {"<", Test::kLess},       {"=", Test::kEqual}};
  for (const auto& [word, test] : kTests) {
    if (!text.starts_with(word)) continue;
    const auto value = parse_double(text.substr(word.size()));
    if (!value) return failure("entropy: the value is a number");
    item.test = test;
    item.a = *value;
    return {};
  }
  const bool negated = take_negation(text);
  if (const std::size_t dash = text.find('-'); dash != text.npos && dash != 0) {
    const auto low = parse_double(text.substr(0, dash)), high = parse_double(text.substr(dash + 1));
    if (!low || !high || *low >= *high) return failure("entropy: a range is of the form 4-5");
    item.test = negated ? Test::kOutside : Test::kInside;
    item.a = *low;
    item.b = *high;
    return {};
  }
  const auto value = parse_double(text);
  if (!value) return failure("entropy: the value is a number with a test, as in '>= 7.5'");
  item.test = negated ? Test::kNot : Test::kEqual;
  item.a = *value;
  return {};
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  auto item = std::make_unique<EntropyItem>();
  bool has_value = false;
  for (const std::string_view part : split_list(trim(argument))) {
    const std::size_t space = part.find_first_of(" \t");
    const std::string_view word = part.substr(0, space);
    const std::string_view value = space == part.npos ? std::string_view() : trim(part.substr(space));
    if (word == "value" && !has_value) {
      if (auto done = parse_test(value, *item); !done) return done;
      has_value = true;
    } else if (word == "bytes" || word == "offset") {
      const auto number = parse_unsigned(value, 0xffffffffu);
      if (!number) return tl::unexpected(number.error());
      (word == "bytes" ? item->bytes : item->offset) = static_cast<std::uint32_t>(*number);
    } else {
      return failure("entropy takes bytes, offset and value");
    }
  }
  if (!has_value) return failure("entropy needs a value, as in 'value >= 7.5'");
  DraftBuffer& buffer = draft.current();
  std::string name = buffer.kind == DraftBuffer::Kind::kPayload ? "content" : buffer.name;
  for (char& c : name) c = c == '.' ? '_' : c;
  item->name = draft.catalog.names.id(VariableKind::kEntropy, name);
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kEntropy{"entropy", "how evenly the buffer's bytes are spread, in bits",
                                     KeywordArgument::kRequired, compile};

}  // namespace culvert
