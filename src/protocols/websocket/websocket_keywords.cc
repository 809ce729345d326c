#include "protocols/websocket/websocket_keywords.h"

#include <memory>
#include <string>

#include "keywords/integer_match.h"
#include "protocols/websocket/websocket_parser.h"
#include "rule/value.h"

namespace culvert::websocket {
namespace {

constexpr TransactionHook kBoth{AppProto::kWebsocket, {true, 0}, {true, 0}};

const WebsocketTransaction& websocket(const MatchContext& context) {
  return static_cast<const WebsocketTransaction&>(*context.transaction);
}

struct OpcodeIs final : Keyword {
  explicit OpcodeIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return wanted.matches(websocket(context).opcode);
  }
  const IntegerMatch wanted;
};

struct MaskIs final : Keyword {
  explicit MaskIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& mask = websocket(context).mask;
    return mask && wanted.matches(*mask);
  }
  const IntegerMatch wanted;
};

/// Either bits that are set and bits that are not, or a comparison of the whole.
struct FlagsAre final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    const std::uint8_t flags = websocket(context).flags;
    if (number) return number->matches(flags);
    return (flags & set) == set && (flags & unset) == 0;
  }
  std::uint8_t set = 0, unset = 0;
  std::optional<IntegerMatch> number;
};

std::optional<std::uint64_t> find_opcode(std::string_view word) {
  for (std::uint8_t opcode = 0; opcode < 16; ++opcode) {
    const std::string_view name = name_of_opcode(opcode);
    if (!name.empty() && equals_ignoring_case(name, word)) return opcode;
  }
  return std::nullopt;
}

template <class Match>
Result<void> compile_number(RuleBuilder& rule, std::string_view argument, std::uint64_t highest,
                            IntegerMatch::FindWord words) {
  const auto wanted = IntegerMatch::parse(argument, highest, words);
  if (!wanted) return tl::unexpected(wanted.error());
  return rule.add_transaction_match(kBoth, std::make_unique<const Match>(*wanted));
}
Result<void> compile_opcode(RuleBuilder& rule, std::string_view argument) {
  return compile_number<OpcodeIs>(rule, argument, 0xff, find_opcode);
}
Result<void> compile_mask(RuleBuilder& rule, std::string_view argument) {
  return compile_number<MaskIs>(rule, argument, 0xffffffff, nullptr);
}
/// "fin,!comp", or a number and how to compare with it.
Result<void> compile_flags(RuleBuilder& rule, std::string_view argument) {
  auto keyword = std::make_unique<FlagsAre>();
  if (const auto number = IntegerMatch::parse(argument, 0xff)) {
    keyword->number = *number;
    return rule.add_transaction_match(kBoth, std::move(keyword));
  }
  for (std::string_view item : split_list(argument)) {
    const bool negated = take_negation(item);
    const std::uint8_t bit = item == "fin" ? kFin : item == "comp" ? kCompressed : std::uint8_t{0};
    if (bit == 0) {
      return failure("websocket.flags: \"" + std::string(item) + "\" is not fin, comp or a number");
    }
    if (((keyword->set | keyword->unset) & bit) != 0) {
      return failure("websocket.flags: " + std::string(item) + " is there twice");
    }
    std::uint8_t& side = negated ? keyword->unset : keyword->set;
    side = static_cast<std::uint8_t>(side | bit);
  }
  return rule.add_transaction_match(kBoth, std::move(keyword));
}

std::optional<Bytes> get_payload(const BufferRequest& r) {
  const auto& tx = static_cast<const WebsocketTransaction&>(r.transaction);
  return Bytes(tx.payload);
}

constexpr KeywordSpec kOpcode{.name = "websocket.opcode",
                              .help = "opcode of a frame: text, binary, ping, ... or its number",
                              .compile = compile_opcode,
                              .can_negate = true};
constexpr KeywordSpec kMask{.name = "websocket.mask",
                            .help = "masking key of a frame, as a number",
                            .compile = compile_mask,
                            .can_negate = true};
constexpr KeywordSpec kFlags{.name = "websocket.flags",
                             .help = "flags of a frame: fin, comp, or the byte as a number",
                             .compile = compile_flags,
                             .can_negate = true};
constexpr BufferSide kSide{true, 1};

}  // namespace

constinit const KeywordSpec* const kWebsocketKeywords[3] = {&kOpcode, &kMask, &kFlags};

const BufferSpec kWebsocketBuffers[1] = {
    {.name = "websocket.payload",
     .description = "payload of a frame; of the last one of a message, the message",
     .proto = AppProto::kWebsocket,
     .to_server = kSide,
     .to_client = kSide,
     .get = get_payload}};

}  // namespace culvert::websocket
