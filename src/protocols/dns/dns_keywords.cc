#include "protocols/dns/dns_keywords.h"

#include <memory>
#include <utility>

#include "detect/keyword.h"
#include "keywords/integer_match.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/dns/dns_types.h"

namespace culvert::dns {
namespace {

constexpr TransactionHook kHook{.proto = AppProto::kDns,
                                .to_server = {.exists = true, .progress = 1},
                                .to_client = {.exists = true, .progress = 1}};

/// A number of the message's header.
template <std::uint8_t (Header::*kField)() const>
struct HeaderIs final : Keyword {
  explicit HeaderIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    const DnsTransaction* const dns = message_of(*context.transaction, context.direction);
    return dns != nullptr && wanted.matches((dns->message.header().*kField)());
  }
  const IntegerMatch wanted;
};

/// The type of any question, towards the server, or of any answer, towards the client.
struct TypeIs final : Keyword {
  explicit TypeIs(IntegerMatch want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    const DnsTransaction* const dns = message_of(*context.transaction, context.direction);
    if (dns == nullptr) return false;
    const Section section =
        context.direction == Direction::kToServer ? Section::kQuery : Section::kAnswer;
    for (const Record& record : dns->message.records(section)) {
      if (wanted.matches(record.type)) return true;
    }
    return false;
  }
  const IntegerMatch wanted;
};

template <std::optional<std::uint16_t> (*kFind)(std::string_view)>
std::optional<std::uint64_t> find_word(std::string_view word) {
  const auto found = kFind(word);
  return found ? std::optional<std::uint64_t>(*found) : std::nullopt;
}

template <class Match>
Result<void> compile(RuleBuilder& rule, std::string_view argument, std::uint64_t highest,
                     IntegerMatch::FindWord words) {
  const auto wanted = IntegerMatch::parse(argument, highest, words);
  if (!wanted) return tl::unexpected(wanted.error());
  return rule.add_transaction_match(kHook, std::make_unique<const Match>(*wanted));
}

Result<void> compile_opcode(RuleBuilder& rule, std::string_view argument) {
  return compile<HeaderIs<&Header::opcode>>(rule, argument, 0xff, nullptr);
}
Result<void> compile_rcode(RuleBuilder& rule, std::string_view argument) {
  return compile<HeaderIs<&Header::rcode>>(rule, argument, 0xffff, find_word<find_rcode>);
}
Result<void> compile_rrtype(RuleBuilder& rule, std::string_view argument) {
  return compile<TypeIs>(rule, argument, 0xffff, find_word<find_type>);
}

constexpr KeywordSpec kOpcode{.name = "dns.opcode",
                              .help = "operation that a DNS message is about",
                              .compile = compile_opcode,
                              .can_negate = true};
constexpr KeywordSpec kRcode{.name = "dns.rcode",
                             .help = "response code of a DNS message, or its name",
                             .compile = compile_rcode,
                             .can_negate = true};
constexpr KeywordSpec kRrtype{.name = "dns.rrtype",
                              .help = "record type of a DNS question or answer, or its name",
                              .compile = compile_rrtype,
                              .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kDnsKeywords[] = {&kOpcode, &kRcode, &kRrtype};

}  // namespace culvert::dns
