// NTP packets, RFC 5905 section 7.3:
//
//   0       1       2       3
//   LI|VN|Md stratum poll    precision
//   root delay (4), root dispersion (4), reference id (4), four timestamps (8 each)
//   extension fields and a key digest follow in version 4, in words of 4 bytes
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "app/message_parser.h"

namespace culvert::ntp {

struct Header {
  std::uint8_t version = 0;
  std::uint8_t mode = 0;
  std::uint8_t stratum = 0;
  std::array<std::byte, 4> reference_id{};

  /// Nothing when it is no packet of version 3 or 4.
  static std::optional<Header> parse(Bytes datagram);
};

struct NtpTransaction final : MessageTransaction {
  Header header;
};

class NtpParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
};

}  // namespace culvert::ntp
