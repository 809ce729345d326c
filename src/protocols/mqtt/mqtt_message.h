// One MQTT control packet (MQTT 3.1, 3.1.1 and 5.0), parsed.
//
//   fixed header (section 2.1):  4 bits type | 4 bits flags | 1..4 remaining length
//   then, by type: variable header, properties (version 5: section 2.2.2), payload
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/arena.h"
#include "base/byte_cursor.h"
#include "base/bytes.h"

namespace culvert::mqtt {

enum class Type : std::uint8_t {
  kUnassigned,
  kConnect,
  kConnack,
  kPublish,
  kPuback,
  kPubrec,
  kPubrel,
  kPubcomp,
  kSubscribe,
  kSuback,
  kUnsubscribe,
  kUnsuback,
  kPingreq,
  kPingresp,
  kDisconnect,
  kAuth,
};
/// "publish"; empty for kUnassigned.
std::string_view name_of(Type type);

/// Flags of CONNECT (section 3.1.2.3).
enum ConnectFlag : std::uint8_t {
  kCleanSession = 0x02,
  kWill = 0x04,
  kWillRetain = 0x20,
  kPassword = 0x40,
  kUsername = 0x80,
};

struct Property {
  std::uint8_t id = 0;
  std::uint32_t number = 0;    ///< of those that are numbers
  std::string_view text = {};  ///< of those that are texts; a user property's name
  std::string_view value = {};
};
enum class PropertyKind : std::uint8_t { kUnknown, kNumber, kText, kPair };
PropertyKind kind_of_property(std::uint8_t id);
/// "receive_maximum"
std::string_view name_of_property(std::uint8_t id);

struct FixedHeader {
  std::uint8_t first = 0;       ///< type and flags
  std::uint32_t remaining = 0;  ///< bytes behind it
  std::uint8_t size = 0;        ///< of the header itself
  Type type() const { return static_cast<Type>(first >> 4); }
};
enum class HeaderStatus : std::uint8_t { kOk, kNeedMore, kMalformed };
HeaderStatus parse_fixed_header(Bytes bytes, FixedHeader& out);

struct Topic {
  std::string_view name;
  std::uint8_t qos = 0;
};

/// Texts live in the arena of the transaction.
struct Message {
  Type type = Type::kUnassigned;
  std::uint8_t qos = 0;
  bool dup = false, retain = false;
  bool truncated = false;            ///< too long: not looked into
  std::uint64_t skipped_length = 0;  ///< then its size
  std::optional<std::uint16_t> id;
  std::optional<std::uint8_t> reason_code;  ///< CONNACK: return code

  std::string_view protocol, client_id, will_topic, will_message, username, password;
  std::uint8_t version = 0;
  std::uint8_t connect_flags = 0;
  bool session_present = false;

  std::string_view topic, payload;  ///< of PUBLISH
  std::vector<Topic> topics;        ///< of SUBSCRIBE and UNSUBSCRIBE
  Bytes codes;                      ///< of SUBACK and UNSUBACK

  bool has_properties = false, has_will_properties = false;
  std::vector<Property> properties, will_properties;

  explicit Message(const FixedHeader& header)
      : type(header.type()),
        qos(static_cast<std::uint8_t>(header.first >> 1 & 3)),
        dup((header.first & 8) != 0),
        retain((header.first & 1) != 0) {}
  Message(Message&&) noexcept = default;
  Message& operator=(Message&&) noexcept = default;
  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  /// What is behind the fixed header. `session_version`: of the connection, 0 when it is not known.
  /// False: malformed.
  bool parse_body(Bytes body, std::uint8_t session_version, Arena& arena);
};

}  // namespace culvert::mqtt
