// One DNS message. Queries and responses are transactions of their own, as in Suricata 8.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <typeinfo>

#include "app/message_parser.h"
#include "protocols/dns/dns_message.h"

namespace culvert::dns {

/// Events for rules (`app-layer-event:dns.malformed_data`), numbered as in kEventNames.
enum class Event : std::uint8_t {
  kUnsolicitedResponse,
  kMalformedData,
  kNotARequest,
  kNotAResponse,
  kZFlagSet,
  kFlooded,
  kStateMemcapReached,
  kInvalidOpcode,
  kNameTooLong,
  kInfiniteLoop,
  kTooManyLabels,
  kInvalidAdditionals,
  kInvalidAuthorities,
  kNotRequest,
  kNotResponse,
};

/// The first seven but z_flag_set, and the last two, are never raised: the reference knows their
/// names, and its rules use them, but it has not raised them since queries and responses went
/// separate ways.
constexpr std::array<std::string_view, 15> kEventNames{
    "unsolicited_response", "malformed_data", "not_a_request",        "not_a_response",
    "z_flag_set",           "flooded",        "state_memcap_reached", "invalid_opcode",
    "name_too_long",        "infinite_loop",  "too_many_labels",      "invalid_additionals",
    "invalid_authorities",  "not_request",    "not_response"};

struct DnsTransaction final : MessageTransaction {
  Message message;

  bool is_response() const { return message.header().is_response(); }
  /// As new, but for the message, which the next one is parsed over.
  void clear() { static_cast<Transaction&>(*this) = Transaction{}; }
};

/// A transaction of another protocol that carries DNS messages (RFC 8484, DNS over HTTPS).
class Carrier {
 public:
  virtual ~Carrier() = default;
  /// The message of that direction; null: it has none.
  virtual const DnsTransaction* dns(Direction direction) const = 0;
};

/// The message that a transaction is, or carries in that direction; or null.
inline const DnsTransaction* message_of(const Transaction& transaction, Direction direction) {
  // It is final: asking for just this type is a comparison, where a cast looks for bases.
  if (typeid(transaction) == typeid(DnsTransaction)) {
    return static_cast<const DnsTransaction*>(&transaction);
  }
  const auto* const carrier = dynamic_cast<const Carrier*>(&transaction);
  return carrier == nullptr ? nullptr : carrier->dns(direction);
}

}  // namespace culvert::dns
