// SNMP messages, BER:
//
//   v1, v2c  SEQUENCE { version 0|1, community, PDU }
//   v3       SEQUENCE { version 3, SEQUENCE { id, size, flags, model }, security, data }
//            data: SEQUENCE { engine, name, PDU }, or an OCTET STRING of ciphertext
//   PDU      [type] { id, error or non-repeaters, index or repetitions, variables }
//   trap v1  [4] { enterprise, agent's address, generic, specific, time, variables }
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/bytes.h"

namespace culvert::snmp {

struct Message {
  std::uint8_t version = 0;  ///< 1, 2 or 3
  bool is_encrypted = false;
  bool has_unknown_security = false;  ///< a model other than USM, RFC 3411 section 5
  std::uint8_t pdu_type = 0;          ///< 0..8; means nothing when encrypted
  std::int64_t error = 0;
  std::optional<std::string_view> community;  ///< versions 1 and 2c
  std::optional<std::string_view> user;       ///< of USM
  struct Trap {
    std::int64_t type = 0;
    std::string_view object_id;  ///< "1.3.6.1"
    Bytes address;               ///< 4 bytes
  };
  std::optional<Trap> trap;
  std::vector<std::string_view> variables;  ///< their names: "1.3.6.1.2.1.1.3.0"

  /// What is kept is copied into the arena. False: it is malformed.
  [[nodiscard]] bool parse(Bytes datagram, Arena& arena);
};

/// The version of a message, by its front; nothing when it is no SNMP.
std::optional<std::uint8_t> version_of(Bytes datagram);

}  // namespace culvert::snmp
