#include "protocols/krb5/krb5_keywords.h"

#include <algorithm>
#include <string>

#include "keywords/transaction_number.h"
#include "protocols/krb5/krb5_parser.h"
#include "rule/value.h"

namespace culvert::krb5 {
namespace {

constexpr BufferSide kWhole{true, MessageParser::kComplete};
constexpr TransactionHook kOfAny{
    .proto = AppProto::kKrb5, .to_server = kWhole, .to_client = kWhole};
constexpr TransactionHook kOfServer{.proto = AppProto::kKrb5, .to_server = {}, .to_client = kWhole};

std::optional<std::uint64_t> get_type(const Krb5Transaction& tx) {
  return static_cast<std::uint64_t>(tx.message.type);
}
std::optional<std::uint64_t> get_error(const Krb5Transaction& tx) {
  if (!tx.message.error || *tx.message.error < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*tx.message.error);
}

/// A list of types, or all that are weak.
struct TicketEncryptionIs final : Keyword {
  TicketEncryptionIs(std::vector<std::int32_t> list, bool any_weak, bool is_negated)
      : types(std::move(list)), weak(any_weak), negated(is_negated) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& type =
        static_cast<const Krb5Transaction&>(*context.transaction).message.ticket_encryption;
    if (!type) return false;
    const bool is_one = weak ? is_weak(*type) : std::ranges::find(types, *type) != types.end();
    return is_one != negated;
  }
  const std::vector<std::int32_t> types;
  const bool weak, negated;
};

Result<void> compile_ticket_encryption(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  const bool negated = take_negation(text);
  std::vector<std::int32_t> types;
  const bool weak = text == "weak";
  if (!weak) {
    std::string list(text);
    std::ranges::replace(list, ' ', ',');
    for (const std::string_view word : split_list(list)) {
      if (word.empty()) continue;
      const auto number = parse_integer(word, -0x7fffffff, 0x7fffffff);
      const auto named = number ? static_cast<std::int32_t>(*number) : find_encryption(word);
      if (!named) {
        return failure("krb5.ticket_encryption: \"" + std::string(word) +
                       "\" is not weak, a name such as rc4-hmac, or a number");
      }
      types.push_back(*named);
    }
    if (types.empty()) return failure("krb5.ticket_encryption: there is no type to compare with");
  }
  return rule.add_transaction_match(
      kOfServer, std::make_unique<const TicketEncryptionIs>(std::move(types), weak, negated));
}

template <std::optional<Principal> Message::*kName>
std::optional<Bytes> get_name(const BufferRequest& r) {
  const auto& name = static_cast<const Krb5Transaction&>(r.transaction).message.*kName;
  if (!name || r.instance >= name->parts.size()) return std::nullopt;
  return as_bytes(name->parts[r.instance]);
}

/// A number alone, without signs.
template <std::optional<std::uint64_t> (*kGet)(const Krb5Transaction&),
          const TransactionHook& kHook, std::uint64_t kHighest>
Result<void> compile_exact_number(RuleBuilder& rule, std::string_view argument) {
  if (argument.find_first_not_of("0123456789") != argument.npos) {
    return failure("\"" + std::string(argument) + "\" is not a number");
  }
  return compile_transaction_number<Krb5Transaction, kGet, kHook, kHighest>(rule, argument);
}

constexpr KeywordSpec kMessageType{
    .name = "krb5_msg_type",
    .help = "type of a Kerberos message: 10 AS-REQ, 11 AS-REP, 12 TGS-REQ, 13 TGS-REP, 30 error",
    .compile = compile_exact_number<get_type, kOfAny, 0xff>};
constexpr KeywordSpec kErrorCode{.name = "krb5_err_code",
                                 .help = "code of a Kerberos error",
                                 .compile = compile_exact_number<get_error, kOfServer, 0x7fffffff>};
constexpr KeywordSpec kTicketEncryption{
    .name = "krb5.ticket_encryption",
    .help = "encryption of a Kerberos ticket: weak, or a list of names and numbers",
    .compile = compile_ticket_encryption,
    .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kKrb5Keywords[3] = {&kMessageType, &kErrorCode,
                                                       &kTicketEncryption};

const BufferSpec kKrb5Buffers[2] = {
    {.name = "krb5.cname",
     .description = "parts of the client's name in a reply or error of Kerberos",
     .proto = AppProto::kKrb5,
     .to_client = kWhole,
     .get = get_name<&Message::client>,
     .multi_instance = true,
     .alias = "krb5_cname"},
    {.name = "krb5.sname",
     .description = "parts of the server's name in a reply or error of Kerberos",
     .proto = AppProto::kKrb5,
     .to_client = kWhole,
     .get = get_name<&Message::server>,
     .multi_instance = true,
     .alias = "krb5_sname"}};

}  // namespace culvert::krb5
