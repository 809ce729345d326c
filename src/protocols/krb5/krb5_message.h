// Messages of Kerberos to and from a key distribution center (RFC 4120 section 5.4), and its errors
// (section 5.9.1). Each is an [APPLICATION n] SEQUENCE of numbered fields:
//
//   AS-REQ 10, TGS-REQ 12   [4] body: [1] client name, [2] realm, [3] server name
//   AS-REP 11, TGS-REP 13   [3] client's realm, [4] client name, [5] ticket, [6] encrypted part
//   KRB-ERROR 30            [6] code, [7] client's realm, [8] client name, [10] server name
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocols/krb5/krb5_names.h"

namespace culvert::krb5 {

/// "krbtgt/EXAMPLE.ORG" has two parts.
struct Principal {
  static constexpr std::size_t kMostParts = 32;
  std::vector<std::string_view> parts;
};

/// Views the bytes it was read from.
struct Message {
  MessageType type{};
  std::optional<Principal> client, server;
  std::optional<std::string_view> realm;
  std::optional<std::int32_t> error;
  std::optional<std::int32_t> encryption, ticket_encryption;  ///< of a reply

  /// Nothing: it is none of these messages, or malformed.
  static std::optional<Message> parse(Bytes bytes);
};

}  // namespace culvert::krb5
