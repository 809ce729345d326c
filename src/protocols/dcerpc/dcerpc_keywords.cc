#include "protocols/dcerpc/dcerpc_keywords.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "detect/keyword.h"
#include "keywords/integer_match.h"
#include "protocols/dcerpc/dcerpc_exchange.h"
#include "rule/value.h"

namespace culvert::dcerpc {
namespace {

constexpr BufferSide kAlways{true, 0};
constexpr TransactionHook kHook{
    .proto = AppProto::kDcerpc, .to_server = kAlways, .to_client = kAlways};

const Exchange* exchange_of(const Transaction& transaction) {
  return static_cast<const RpcTransaction&>(transaction).rpc();
}

/// One of the interfaces that a request may mean.
struct InterfaceIs final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    const Exchange* const exchange = exchange_of(*context.transaction);
    if (exchange == nullptr || !exchange->is_request()) return false;
    return std::ranges::any_of(exchange->interfaces, [&](const Interface& each) {
      return each.uuid == uuid && (each.first_fragment || any_fragment) &&
             (!version || version->matches(each.major));
    });
  }
  Uuid uuid;
  std::optional<IntegerMatch> version;
  bool any_fragment = false;
};

/// "367abb81-9844-35f1-ad32-98f038001003,=2,any_frag".
Result<void> compile_interface(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(argument);
  const auto uuid = Uuid::parse(parts.empty() ? std::string_view{} : parts[0]);
  if (!uuid) return failure("\"" + std::string(argument) + "\" does not begin with a UUID");
  auto keyword = std::make_unique<InterfaceIs>();
  keyword->uuid = *uuid;
  std::size_t next = 1;
  if (next < parts.size() && parts[next] != "any_frag") {
    std::string_view text = parts[next++];
    if (text.starts_with('=')) text = text.substr(1);
    const auto version = IntegerMatch::parse(text, 0xffff);
    if (!version) return tl::unexpected(version.error());
    keyword->version = *version;
  }
  if (next < parts.size() && parts[next] == "any_frag") {
    keyword->any_fragment = true;
    ++next;
  }
  if (next != parts.size()) return failure("what follows the UUID is a version, then any_frag");
  return rule.add_transaction_match(kHook, std::move(keyword));
}

/// The operation of a request: one of some ranges.
struct OpnumIs final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    const Exchange* const exchange = exchange_of(*context.transaction);
    if (exchange == nullptr || !exchange->is_request()) return false;
    return std::ranges::any_of(ranges, [&](const auto& range) {
      return range.first <= exchange->opnum && exchange->opnum <= range.second;
    });
  }
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
};

/// "15,20-30".
Result<void> compile_opnum(RuleBuilder& rule, std::string_view argument) {
  constexpr std::uint64_t kHighest = 0xffffffff;
  auto keyword = std::make_unique<OpnumIs>();
  for (const std::string_view part : split_list(argument)) {
    const std::size_t dash = part.find('-');
    const auto first = parse_unsigned(part.substr(0, dash), kHighest);
    const auto last = dash == part.npos ? first : parse_unsigned(part.substr(dash + 1), kHighest);
    if (!first || !last || *last < *first) {
      return failure("\"" + std::string(part) + "\" is no operation, nor a range such as 20-30");
    }
    keyword->ranges.emplace_back(*first, *last);
  }
  return rule.add_transaction_match(kHook, std::move(keyword));
}

constexpr KeywordSpec kInterface{
    .name = "dcerpc.iface",
    .help = "interface of a DCE/RPC request: its UUID, and its version",
    .compile = compile_interface,
    .alias = "dce_iface"};
constexpr KeywordSpec kOpnum{.name = "dcerpc.opnum",
                             .help = "operations of a DCE/RPC request: numbers and ranges",
                             .compile = compile_opnum,
                             .alias = "dce_opnum"};

}  // namespace

std::optional<Bytes> get_stub_data(const BufferRequest& request) {
  const Exchange* const exchange = exchange_of(request.transaction);
  if (exchange == nullptr) return std::nullopt;
  const Exchange::Side& side =
      request.direction == Direction::kToServer ? exchange->to_server : exchange->to_client;
  if (side.stub.empty()) return std::nullopt;
  return side.stub;
}

constinit const KeywordSpec* const kDcerpcKeywords[2] = {&kInterface, &kOpnum};

const BufferSpec kDcerpcBuffers[1] = {stub_data_of(AppProto::kDcerpc, get_stub_data)};

}  // namespace culvert::dcerpc
