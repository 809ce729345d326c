// DHCP messages, RFC 2131 section 2:
//
//   op htype hlen hops | xid | secs flags | ciaddr | yiaddr | siaddr | giaddr | chaddr (16)
//   sname (64) | file (128) | magic cookie (4) | options: code, length, value; 0 pads, 255 ends
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::dhcp {

enum OptionCode : std::uint8_t {
  kPad = 0,
  kSubnetMask = 1,
  kRouters = 3,
  kDnsServers = 6,
  kHostname = 12,
  kRequestedIp = 50,
  kLeaseTime = 51,
  kMessageType = 53,
  kParameters = 55,
  kRenewalTime = 58,
  kRebindingTime = 59,
  kVendorClass = 60,
  kClientId = 61,
  kEnd = 255,
};

struct Option {
  std::uint8_t code = 0;
  Bytes value;  ///< of a client id: without its type
};

struct Message {
  std::uint8_t operation = 0;  ///< 1 request, 2 reply
  std::uint32_t id = 0;
  Bytes client_ip, assigned_ip, next_server_ip, relay_ip;  ///< 4 bytes each
  Bytes client_mac;
  std::vector<Option> options;  ///< those that mean something to us, in their order
  bool has_malformed_options = false;
  bool has_truncated_options = false;

  /// What is kept is copied into the arena. False: it is no DHCP.
  [[nodiscard]] bool parse(Bytes datagram, Arena& arena);
  /// The value of an option that holds 4 bytes as a number.
  std::optional<std::uint64_t> number(OptionCode code) const;
  /// What option 53 says.
  std::optional<std::uint8_t> type() const;
};

}  // namespace culvert::dhcp
