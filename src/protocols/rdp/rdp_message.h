// What client and server of RDP say before it is encrypted ([MS-RDPBCGR] section 2.2.1): packets of
// X.224 inside TPKT (RFC 1006).
//
//   03 00 | size with this (2) | n | type (1) ...
//     CR e0, CC d0: 5 bytes | cookie or token, CR LF | negotiation (8)
//     DT f0: 80 | MCS: 7f65 Connect Initial, 7f66 Connect Response
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"

namespace culvert::rdp {

/// Of the TPKT header (RFC 1006 section 6).
constexpr std::size_t kTpktSize = 4;

struct InitialRequest {
  std::string cookie;      ///< "mstshash"; empty: none
  std::uint8_t flags = 0;  ///< of the negotiation
};

struct InitialResponse {
  enum class Kind : std::uint8_t { kNone, kProtocol, kFailure } kind = Kind::kNone;
  std::uint8_t flags = 0;
  std::uint32_t number = 0;  ///< protocol, or code of the failure
};

/// Client core data, section 2.2.1.3.2. What came after a field that makes no sense is not there.
struct ClientCore {
  std::uint32_t version = 0, layout = 0, build = 0;
  std::uint16_t width = 0, height = 0;
  std::optional<std::uint16_t> color_depth;
  std::string name, ime, id;
  std::uint32_t keyboard_type = 0, keyboard_subtype = 0, function_keys = 0;
  std::uint16_t product_id = 0;
  std::uint32_t serial_number = 0;
  std::optional<std::uint16_t> capabilities;
  std::uint8_t connection_type = 0;
  std::optional<std::uint32_t> physical_width, physical_height, scale, device_scale;
  std::optional<std::uint16_t> orientation;
};

struct ConnectRequest {
  static constexpr std::size_t kMostChannels = 31;  // section 2.2.1.3.4
  std::optional<ClientCore> client;
  std::vector<std::string> channels;
};

struct ConnectResponse {};

/// Serial numbers of the certificates in a TLS handshake that follows.
struct TlsHandshake {
  static constexpr std::size_t kMostCertificates = 16;
  std::vector<std::string> serials;
};

using Message =
    std::variant<InitialRequest, InitialResponse, ConnectRequest, ConnectResponse, TlsHandshake>;

/// A whole packet, with its TPKT header. Nothing: it is none of these messages, or malformed.
std::optional<Message> parse_packet(Bytes packet);

}  // namespace culvert::rdp
