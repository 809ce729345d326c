// DHCP: each datagram that is a message is a transaction.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/message_parser.h"
#include "protocols/dhcp/dhcp_message.h"

namespace culvert::dhcp {

enum class Event : std::uint8_t { kTruncatedOptions, kMalformedOptions };
inline constexpr std::string_view kEventNames[] = {"truncated_options", "malformed_options"};

struct DhcpTransaction final : MessageTransaction {
  Message message;
  Arena arena{512};
};

class DhcpParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
};

}  // namespace culvert::dhcp
