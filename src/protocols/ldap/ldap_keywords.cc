#include "protocols/ldap/ldap_keywords.h"

#include <memory>
#include <string>

#include "keywords/transaction_number.h"
#include "protocols/ldap/ldap_parser.h"
#include "rule/value.h"

namespace culvert::ldap {
namespace {

constexpr BufferSide kDone{true, TwoStates::kComplete}, kAtOnce{true, 0}, kNone{};
constexpr TransactionHook kOfRequest{AppProto::kLdap, kDone, kNone};
constexpr TransactionHook kOfResponses{AppProto::kLdap, kNone, kDone};

const LdapTransaction& ldap(const BufferRequest& request) {
  return static_cast<const LdapTransaction&>(request.transaction);
}

// --- numbers ------------------------------------------------------------------------------------

std::optional<std::uint64_t> get_operation(const LdapTransaction& tx) {
  if (!tx.request) return std::nullopt;
  return static_cast<std::uint64_t>(tx.request->operation);
}
std::optional<std::uint64_t> get_count(const LdapTransaction& tx) { return tx.responses.size(); }

/// Which responses have to match: any, all, or the nth, from the end when it is negative.
struct Which {
  enum class Kind : std::uint8_t { kAny, kAll, kNth } kind = Kind::kAny;
  std::int32_t nth = 0;

  template <class Matches>
  bool holds(const std::vector<Message>& responses, Matches&& matches) const {
    if (responses.empty()) return false;
    if (kind == Kind::kNth) {
      const auto size = static_cast<std::int64_t>(responses.size());
      const std::int64_t at = nth < 0 ? size + nth : nth;
      return at >= 0 && at < size && matches(responses[static_cast<std::size_t>(at)]);
    }
    for (const Message& response : responses) {
      if (matches(response) != (kind == Kind::kAll)) return kind == Kind::kAny;
    }
    return kind == Kind::kAll;
  }
};

std::optional<std::uint64_t> operation_of(const Message& message) {
  return static_cast<std::uint64_t>(message.operation);
}
std::optional<std::uint64_t> result_of(const Message& message) {
  const auto result = message.result();
  if (!result || result->code < 0) return std::nullopt;
  return static_cast<std::uint64_t>(result->code);
}

template <std::optional<std::uint64_t> (*kGet)(const Message&)>
struct ResponseIs final : Keyword {
  ResponseIs(IntegerMatch want, Which which_ones) : wanted(want), which(which_ones) {}
  bool match(const MatchContext& context) const noexcept override {
    const auto& tx = static_cast<const LdapTransaction&>(*context.transaction);
    return which.holds(tx.responses, [&](const Message& response) {
      const auto number = kGet(response);
      return number && wanted.matches(*number);
    });
  }
  const IntegerMatch wanted;
  const Which which;
};

/// "search_result_done", "5,all", "success,-1".
template <std::optional<std::uint64_t> (*kGet)(const Message&)>
Result<void> compile_of_responses(RuleBuilder& rule, std::string_view argument,
                                  std::uint64_t highest, IntegerMatch::FindWord words) {
  const auto parts = split_list(argument);
  if (parts.size() > 2) return failure("there is one value, and one index of responses");
  const auto wanted = IntegerMatch::parse(parts[0], highest, words);
  if (!wanted) return tl::unexpected(wanted.error());
  Which which;
  if (parts.size() == 2 && parts[1] == "all") {
    which.kind = Which::Kind::kAll;
  } else if (parts.size() == 2 && parts[1] != "any") {
    const auto nth = parse_integer(parts[1], -1024, 1024);
    if (!nth) {
      return failure("\"" + std::string(parts[1]) +
                     "\" is not any, all or the index of a response");
    }
    which = {Which::Kind::kNth, static_cast<std::int32_t>(*nth)};
  }
  return rule.add_transaction_match(kOfResponses,
                                    std::make_unique<const ResponseIs<kGet>>(*wanted, which));
}
Result<void> compile_responses_operation(RuleBuilder& rule, std::string_view argument) {
  return compile_of_responses<operation_of>(rule, argument, 0xff, find_operation);
}
Result<void> compile_result_code(RuleBuilder& rule, std::string_view argument) {
  return compile_of_responses<result_of>(rule, argument, 0xffffffff, find_result);
}

// --- texts --------------------------------------------------------------------------------------

std::optional<Bytes> as_buffer(std::optional<std::string_view> text) {
  if (!text) return std::nullopt;
  return as_bytes(*text);
}

std::optional<Bytes> get_request_dn(const BufferRequest& r) {
  if (!ldap(r).request) return std::nullopt;
  return as_buffer(ldap(r).request->dn());
}
std::optional<Bytes> get_request_attribute(const BufferRequest& r) {
  if (!ldap(r).request) return std::nullopt;
  return as_buffer(ldap(r).request->attribute_type(r.instance));
}

/// The nth response that has such a text.
template <class Get>
std::optional<Bytes> nth_of_responses(const BufferRequest& r, Get&& get) {
  std::uint32_t left = r.instance;
  for (const Message& response : ldap(r).responses) {
    const std::optional<std::string_view> text = get(response);
    if (text && left-- == 0) return as_bytes(*text);
  }
  return std::nullopt;
}
std::optional<Bytes> get_responses_dn(const BufferRequest& r) {
  return nth_of_responses(r, [](const Message& response) { return response.dn(); });
}
std::optional<Bytes> get_responses_message(const BufferRequest& r) {
  return nth_of_responses(r, [](const Message& response) -> std::optional<std::string_view> {
    const auto result = response.result();
    if (!result) return std::nullopt;
    return result->text;
  });
}
std::optional<Bytes> get_responses_attribute(const BufferRequest& r) {
  std::uint32_t left = r.instance;
  for (const Message& response : ldap(r).responses) {
    for (std::uint32_t n = 0;; ++n) {
      const auto type = response.attribute_type(n);
      if (!type) break;
      if (left-- == 0) return as_bytes(*type);
    }
  }
  return std::nullopt;
}

constexpr KeywordSpec kRequestOperation{
    .name = "ldap.request.operation",
    .help = "operation of an LDAP request: search_request, ... or its number",
    .compile = compile_transaction_number<LdapTransaction, get_operation, kOfRequest, 0xff,
                                          find_operation>,
    .can_negate = true};
constexpr KeywordSpec kResponsesOperation{
    .name = "ldap.responses.operation",
    .help = "operation of LDAP responses: any, all or the nth",
    .compile = compile_responses_operation,
    .can_negate = true};
constexpr KeywordSpec kResponsesCount{
    .name = "ldap.responses.count",
    .help = "number of responses to an LDAP request",
    .compile = compile_transaction_number<LdapTransaction, get_count, kOfResponses, 0xffffffff>,
    .can_negate = true};
constexpr KeywordSpec kResultCode{
    .name = "ldap.responses.result_code",
    .help = "result of LDAP responses, by name or number: any, all or the nth",
    .compile = compile_result_code,
    .can_negate = true};

constexpr AppProto kLdap = AppProto::kLdap;

}  // namespace

constinit const KeywordSpec* const kLdapKeywords[4] = {&kRequestOperation, &kResponsesOperation,
                                                       &kResponsesCount, &kResultCode};

const BufferSpec kLdapBuffers[5] = {
    {.name = "ldap.request.dn",
     .description = "distinguished name that an LDAP request is about",
     .proto = kLdap,
     .to_server = kAtOnce,
     .get = get_request_dn},
    {.name = "ldap.responses.dn",
     .description = "distinguished names of LDAP responses",
     .proto = kLdap,
     .to_client = kDone,
     .get = get_responses_dn,
     .multi_instance = true},
    {.name = "ldap.responses.message",
     .description = "diagnostic messages of LDAP responses",
     .proto = kLdap,
     .to_client = kDone,
     .get = get_responses_message,
     .multi_instance = true},
    {.name = "ldap.request.attribute_type",
     .description = "types of the attributes that an LDAP request names",
     .proto = kLdap,
     .to_server = kAtOnce,
     .get = get_request_attribute,
     .multi_instance = true},
    {.name = "ldap.responses.attribute_type",
     .description = "types of the attributes that search results hold",
     .proto = kLdap,
     .to_client = kDone,
     .get = get_responses_attribute,
     .multi_instance = true},
};

}  // namespace culvert::ldap
