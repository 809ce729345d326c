#include "protocols/dhcp/dhcp_keywords.h"

#include "keywords/transaction_number.h"
#include "protocols/dhcp/dhcp_parser.h"

namespace culvert::dhcp {
namespace {

constexpr BufferSide kSide{true, MessageParser::kComplete};
constexpr TransactionHook kHook{.proto = AppProto::kDhcp, .to_server = kSide, .to_client = kSide};

template <OptionCode kCode>
std::optional<std::uint64_t> get(const DhcpTransaction& tx) {
  return tx.message.number(kCode);
}
template <OptionCode kCode>
constexpr auto* kCompile = &compile_transaction_number<DhcpTransaction, get<kCode>, kHook, ~0ull>;

constexpr KeywordSpec kLease{.name = "dhcp.leasetime",
                             .help = "seconds for which a DHCP server lends an address",
                             .compile = kCompile<kLeaseTime>,
                             .can_negate = true};
constexpr KeywordSpec kRebinding{.name = "dhcp.rebinding_time",
                                 .help = "seconds until a DHCP client asks any server (T2)",
                                 .compile = kCompile<kRebindingTime>,
                                 .can_negate = true};
constexpr KeywordSpec kRenewal{.name = "dhcp.renewal_time",
                               .help = "seconds until a DHCP client asks its server again (T1)",
                               .compile = kCompile<kRenewalTime>,
                               .can_negate = true};

}  // namespace

constinit const KeywordSpec* const kDhcpKeywords[3] = {&kLease, &kRebinding, &kRenewal};

}  // namespace culvert::dhcp
