// A message of EtherNet/IP, numbers little-endian:
//
//   0        2       4        8       12              20       24
//   command  length  session  status  sender context  options  data
//
// Data of many commands are items: count (2), then type (2), length (2), content of each.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/arena.h"
#include "protocols/enip/cip_message.h"

namespace culvert::enip {

enum Command : std::uint16_t {
  kListServices = 4,
  kListIdentity = 0x63,
  kRegisterSession = 0x65,
  kSendRrData = 0x6f,
  kSendUnitData = 0x70,
};

struct Header {
  static constexpr std::size_t kSize = 24;

  std::uint16_t command = 0, length = 0;
  std::uint32_t session = 0, status = 0, options = 0;

  /// Nothing when it is shorter.
  static std::optional<Header> parse(Bytes front);
};

struct Identity {
  std::uint16_t protocol_version = 0, vendor = 0, device_type = 0, product_code = 0;
  std::uint8_t revision_major = 0, revision_minor = 0;
  std::uint16_t status = 0;
  std::uint32_t serial = 0;
  std::string_view product_name;
  std::uint8_t state = 0;
};
struct ServiceList {
  std::uint16_t protocol_version = 0, capabilities = 0;
  std::string_view name;
};
struct Session {
  std::uint16_t protocol_version = 0, options = 0;
};

struct Message {
  Header header;
  std::optional<Identity> identity;
  std::optional<ServiceList> services;
  std::optional<Session> session;
  std::optional<CipMessage> cip;
  std::optional<std::uint16_t> sequence;  ///< of connected data
  bool is_invalid = false;

  /// What is kept is copied into the arena.
  static Message parse(const Header& header, Bytes data, bool is_response, Arena& arena);

 private:
  void parse_items(Bytes data, Arena& arena);
};

}  // namespace culvert::enip
