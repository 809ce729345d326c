// `modbus`: what a request does.
//
//   modbus: function 8, subfunction 4        modbus: function !reserved
//   modbus: access write coils, address 10<>20, value 1
//   modbus: unit 5, function 3               (unit first, then one of the others)
//
// Addresses are those of the data model, which counts from 1: the wire's 0 is address 1.
#include "protocols/modbus/modbus_keyword.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "detect/keyword.h"
#include "protocols/modbus/modbus_parser.h"
#include "rule/value.h"

namespace culvert::modbus {
namespace {

constexpr TransactionHook kHook{
    .proto = AppProto::kModbus, .to_server = {true, TwoStates::kComplete}, .to_client = {}};

/// Both ends belong.
struct Span {
  std::uint32_t first = 0, last = 0xffff;
  bool has(std::uint32_t value) const { return first <= value && value <= last; }
  bool meets(std::uint32_t from, std::uint32_t to) const { return from <= last && first <= to; }
};

/// "3", "<3", ">3", "3<>9" without its ends.
Result<Span> parse_span(std::string_view text, std::uint64_t highest) {
  const auto end = static_cast<std::uint32_t>(highest);
  const auto number = [&](std::string_view digits) {
    return parse_unsigned(trim(digits), highest);
  };
  const std::size_t between = text.find("<>");
  if (between != text.npos) {
    const auto low = number(text.substr(0, between)), high = number(text.substr(between + 2));
    if (!low) return tl::unexpected(low.error());
    if (!high) return tl::unexpected(high.error());
    if (*high < *low + 2) return failure("modbus: there is nothing between the ends of the range");
    return Span{static_cast<std::uint32_t>(*low) + 1, static_cast<std::uint32_t>(*high) - 1};
  }
  const char first = text.empty() ? ' ' : text[0];
  const auto value = number(first == '<' || first == '>' ? text.substr(1) : text);
  if (!value) return tl::unexpected(value.error());
  const auto bound = static_cast<std::uint32_t>(*value);
  if (first == '>') {
    if (bound == end) return failure("modbus: there is no greater number");
    return Span{bound + 1, end};
  }
  if (first == '<') {
    if (bound == 0) return failure("modbus: there is no smaller number");
    return Span{0, bound - 1};
  }
  return Span{bound, bound};
}

struct Wanted {
  std::optional<Span> unit;
  std::optional<std::uint8_t> function;
  std::optional<std::uint16_t> subfunction;
  std::optional<std::uint8_t> categories;
  bool other_categories = false;  ///< negated
  std::uint16_t access = 0;
  std::optional<Span> address, value;
};

/// Whether a write of that request puts such a value there.
bool writes(const Message& request, const Span& address, const Span& value) {
  if (request.single) {
    return address.has(request.single->address + 1u) && value.has(request.single->value);
  }
  if (!request.write || !request.write_data || request.function() == kReadWriteRegisters) {
    return false;
  }
  const Bytes data = *request.write_data;
  const bool of_bits = request.function() == kWriteCoils;
  for (std::uint32_t i = 0; i < request.write->quantity; ++i) {
    if (!address.has(request.write->address + 1u + i)) continue;
    const std::size_t at = of_bits ? i / 8 : std::size_t{i} * 2;
    if (at + (of_bits ? 1 : 2) > data.size()) return false;
    const auto byte = [&](std::size_t n) { return std::to_integer<std::uint32_t>(data[n]); };
    const std::uint32_t found = of_bits ? byte(at) >> (i % 8) & 1 : byte(at) << 8 | byte(at + 1);
    if (value.has(found)) return true;
  }
  return false;
}

bool touches(const Message& request, std::uint16_t access, const Span& address) {
  const auto meets = [&](const std::optional<Message::Range>& range) {
    return range && range->quantity > 0 &&
           address.meets(range->address + 1u, std::uint32_t{range->address} + range->quantity);
  };
  if ((access & kRead) != 0) return meets(request.read);
  if (request.single) return address.has(request.single->address + 1u);
  if (request.mask) return address.has(request.mask->address + 1u);
  return meets(request.write);
}

struct ModbusIs final : Keyword {
  explicit ModbusIs(const Wanted& w) : wanted(w) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& request = static_cast<const ModbusTransaction&>(*context.transaction).request;
    if (!request) return false;
    if (wanted.unit && !wanted.unit->has(request->unit)) return false;
    if (wanted.function) {
      if (request->function() != *wanted.function) return false;
      if (wanted.subfunction && request->diagnostic != wanted.subfunction) return false;
    }
    if (wanted.categories) {
      const bool is_one = (request->category & *wanted.categories) != 0;
      if (is_one == wanted.other_categories) return false;
    }
    if (wanted.access == 0) return true;
    if ((request->access() & wanted.access) != wanted.access) return false;
    if (!wanted.address) return true;
    return wanted.value ? writes(*request, *wanted.address, *wanted.value)
                        : touches(*request, wanted.access, *wanted.address);
  }
  const Wanted wanted;
};

/// Cuts a first word off; the rest is trimmed.
std::string_view take_word(std::string_view& text) {
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text = trim(text.substr(end));
  return word;
}

Result<void> parse_function(std::string_view text, Wanted& wanted) {
  constexpr std::pair<std::string_view, int> kCategories[] = {
      {"assigned", kAssigned},
      {"unassigned", kUnassigned},
      {"public", kAssigned | kUnassigned},
      {"user", kUserDefined},
      {"reserved", kReserved},
      {"all", kAssigned | kUnassigned | kUserDefined | kReserved}};
  std::string_view word = text;
  wanted.other_categories = take_negation(word);
  for (const auto& [name, bits] : kCategories) {
    if (word != name) continue;
    wanted.categories = static_cast<std::uint8_t>(bits);
    return {};
  }
  const auto number = parse_unsigned(text, 0xff);
  if (!number || *number == 0) {
    return failure("modbus: \"" + std::string(text) +
                   "\" is no function: 1 to 255, or assigned, unassigned, public, user, reserved, "
                   "all");
  }
  wanted.function = static_cast<std::uint8_t>(*number);
  return {};
}

Result<void> parse_access(std::string_view text, Wanted& wanted) {
  constexpr std::pair<std::string_view, Access> kTables[] = {
      {"discretes", kDiscretes}, {"coils", kCoils}, {"input", kInput}, {"holding", kHolding}};
  const std::string_view kind = take_word(text);
  if (kind != "read" && kind != "write") return failure("modbus: access is read or write");
  wanted.access = kind == "read" ? kRead : kWrite;
  if (text.empty()) return {};
  for (const auto& [name, bit] : kTables) {
    if (text != name) continue;
    if (wanted.access == kWrite && (bit == kDiscretes || bit == kInput)) {
      return failure("modbus: " + std::string(name) + " can be read only");
    }
    wanted.access |= bit;
    return {};
  }
  return failure("modbus: access is to discretes, coils, input or holding");
}

Result<void> parse_option(std::string_view text, std::size_t place, Wanted& wanted) {
  const std::string_view name = take_word(text);
  const bool is_first = place == 0 || (place == 1 && wanted.unit);
  const auto keep_span = [&](std::optional<Span>& to, std::uint64_t highest) -> Result<void> {
    const auto span = parse_span(text, highest);
    if (!span) return tl::unexpected(span.error());
    to = *span;
    return {};
  };
  if (name == "unit" && place == 0) return keep_span(wanted.unit, 0xff);
  if (name == "function" && is_first) return parse_function(text, wanted);
  if (name == "access" && is_first) return parse_access(text, wanted);
  if (name == "subfunction" && wanted.function && !wanted.subfunction) {
    const auto number = parse_unsigned(text, 0xffff);
    if (!number) return tl::unexpected(number.error());
    wanted.subfunction = static_cast<std::uint16_t>(*number);
    return {};
  }
  if (name == "address" && wanted.access != 0 && !wanted.address) {
    return keep_span(wanted.address, 0x10000);
  }
  if (name == "value" && (wanted.access & kWrite) != 0 && wanted.address && !wanted.value) {
    return keep_span(wanted.value, 0xffff);
  }
  return failure("modbus: \"" + std::string(name) +
                 "\" has no place there: it is [unit ...,] function ... [, subfunction ...], or "
                 "[unit ...,] access ... [, address ... [, value ...]]");
}

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  Wanted wanted;
  std::size_t place = 0;
  for (const std::string_view part : split_list(text)) {
    if (auto done = parse_option(trim(part), place++, wanted); !done) return done;
  }
  return rule.add_transaction_match(kHook, std::make_unique<const ModbusIs>(wanted));
}

constexpr KeywordSpec kModbus{
    .name = "modbus",
    .help = "a request of Modbus: its function, or what it reads or writes, and its unit",
    .argument = KeywordArgument::kRequired,
    .compile = compile};

}  // namespace

constinit const KeywordSpec* const kModbusKeywords[1] = {&kModbus};

}  // namespace culvert::modbus
