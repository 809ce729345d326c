#include "protocols/dnp3/dnp3_keywords.h"

#include <algorithm>
#include <memory>
#include <string>

#include "detect/keyword.h"
#include "protocols/dnp3/dnp3_parser.h"
#include "rule/value.h"

namespace culvert::dnp3 {
namespace {

constexpr BufferSide kWhole{true, MessageParser::kComplete};
constexpr TransactionHook kOfAny{
    .proto = AppProto::kDnp3, .to_server = kWhole, .to_client = kWhole};
// What the first segment says is asked at once.
constexpr BufferSide kBegun{true, 0};
constexpr TransactionHook kFrontOfAny{
    .proto = AppProto::kDnp3, .to_server = kBegun, .to_client = kBegun};
constexpr TransactionHook kFrontOfServer{
    .proto = AppProto::kDnp3, .to_server = {}, .to_client = kBegun};

const Dnp3Transaction& tx_of(const MatchContext& context) {
  return static_cast<const Dnp3Transaction&>(*context.transaction);
}

struct FunctionIs final : Keyword {
  explicit FunctionIs(std::uint8_t f) : function(f) {}
  bool match(const MatchContext& context) const noexcept override {
    return tx_of(context).has_message && tx_of(context).function == function;
  }
  const std::uint8_t function;
};

Result<void> compile_function(RuleBuilder& rule, std::string_view argument) {
  const std::string_view text = trim(argument);
  auto function = find_function(text);
  if (!function) {
    const auto number = parse_unsigned(text, 0xff);
    if (number) function = static_cast<std::uint8_t>(*number);
  }
  if (!function) {
    return failure("dnp3_func: \"" + std::string(text) +
                   "\" is no function: a number up to 255, or a name such as read");
  }
  return rule.add_transaction_match(kFrontOfAny, std::make_unique<const FunctionIs>(*function));
}

/// Any of them.
struct IndicationIs final : Keyword {
  explicit IndicationIs(std::uint16_t b) : bits(b) {}
  bool match(const MatchContext& context) const noexcept override {
    return (tx_of(context).indications & bits) != 0;
  }
  const std::uint16_t bits;
};

Result<void> compile_indication(RuleBuilder& rule, std::string_view argument) {
  std::uint16_t bits = 0;
  if (const auto number = parse_unsigned(trim(argument), 0xffff)) {
    bits = static_cast<std::uint16_t>(*number);
  } else {
    for (const std::string_view word : split_list(argument)) {
      const auto found = std::ranges::find_if(kIndications, [&](const auto& known) {
        return equals_ignoring_case(known.first, trim(word));
      });
      if (found == std::end(kIndications)) {
        return failure("dnp3_ind: \"" + std::string(trim(word)) +
                       "\" is no indication: a list of names such as device_restart, or a number");
      }
      bits |= found->second;
    }
  }
  return rule.add_transaction_match(kFrontOfServer, std::make_unique<const IndicationIs>(bits));
}

struct HasObject final : Keyword {
  HasObject(std::uint8_t g, std::uint8_t v) : group(g), variation(v) {}
  bool match(const MatchContext& context) const noexcept override {
    return std::ranges::any_of(tx_of(context).objects.objects, [&](const Object& object) {
      return object.group == group && object.variation == variation;
    });
  }
  const std::uint8_t group, variation;
};

Result<void> compile_object(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(argument);
  if (parts.size() == 2) {
    const auto group = parse_unsigned(trim(parts[0]), 0xff);
    const auto variation = parse_unsigned(trim(parts[1]), 0xff);
    if (group && variation) {
      return rule.add_transaction_match(
          kOfAny, std::make_unique<const HasObject>(static_cast<std::uint8_t>(*group),
                                                    static_cast<std::uint8_t>(*variation)));
    }
  }
  return failure("dnp3_obj is a group and a variation: 60,2");
}

std::optional<Bytes> get_data(const BufferRequest& r) {
  const auto& tx = static_cast<const Dnp3Transaction&>(r.transaction);
  if (!tx.is_reassembled) return std::nullopt;
  return tx.data;
}

constexpr KeywordSpec kFunction{.name = "dnp3_func",
                                .help = "function of a message of DNP3, by number or name",
                                .compile = compile_function};
constexpr KeywordSpec kIndication{.name = "dnp3_ind",
                                  .help = "internal indications of a DNP3 response: any of a list",
                                  .compile = compile_indication};
constexpr KeywordSpec kObject{.name = "dnp3_obj",
                              .help = "group and variation of an object in a DNP3 message",
                              .compile = compile_object};

}  // namespace

constinit const KeywordSpec* const kDnp3Keywords[3] = {&kFunction, &kIndication, &kObject};

const BufferSpec kDnp3Buffers[1] = {
    {.name = "dnp3.data",
     .description = "a message of the application layer of DNP3, put together",
     .proto = AppProto::kDnp3,
     .to_server = kWhole,
     .to_client = kWhole,
     .get = get_data,
     .alias = "dnp3_data"}};

}  // namespace culvert::dnp3
