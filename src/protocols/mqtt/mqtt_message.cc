#include "protocols/mqtt/mqtt_message.h"

#include <array>

namespace culvert::mqtt {
namespace {

constexpr std::uint8_t kVersion5 = 5;
constexpr std::size_t kMostTopics = 1024, kMostProperties = 256;

constexpr std::array<std::string_view, 16> kTypeNames{
    "",        "connect",  "connack",    "publish", "puback",      "pubrec",
    "pubrel",  "pubcomp",  "subscribe",  "suback",  "unsubscribe", "unsuback",
    "pingreq", "pingresp", "disconnect", "auth"};

enum class Form : std::uint8_t { kNone, kByte, kTwo, kFour, kVarint, kText, kPair };
struct PropertyInfo {
  std::uint8_t id;
  Form form;
  std::string_view name;
};
/// Table 2-4 of MQTT 5.0.
constexpr PropertyInfo kProperties[] = {
    {0x01, Form::kByte, "payload_format_indicator"},
    {0x02, Form::kFour, "message_expiry_interval"},
    {0x03, Form::kText, "content_type"},
    {0x08, Form::kText, "response_topic"},
    {0x09, Form::kText, "correlation_data"},
    {0x0b, Form::kVarint, "subscription_identifier"},
    {0x11, Form::kFour, "session_expiry_interval"},
    {0x12, Form::kText, "assigned_client_identifier"},
    {0x13, Form::kTwo, "server_keep_alive"},
    {0x15, Form::kText, "authentication_method"},
    {0x16, Form::kText, "authentication_data"},
    {0x17, Form::kByte, "request_problem_information"},
    {0x18, Form::kFour, "will_delay_interval"},
    {0x19, Form::kByte, "request_response_information"},
    {0x1a, Form::kText, "response_information"},
    {0x1c, Form::kText, "server_reference"},
    {0x1f, Form::kText, "reason_string"},
    {0x21, Form::kTwo, "receive_maximum"},
    {0x22, Form::kTwo, "topic_alias_maximum"},
    {0x23, Form::kTwo, "topic_alias"},
    {0x24, Form::kByte, "maximum_qos"},
    {0x25, Form::kByte, "retain_available"},
    {0x26, Form::kPair, "user_properties"},
    {0x27, Form::kFour, "maximum_packet_size"},
    {0x28, Form::kByte, "wildcard_subscription_available"},
    {0x29, Form::kByte, "subscription_identifier_available"},
    {0x2a, Form::kByte, "shared_subscription_available"},
};

const PropertyInfo* find_property(std::uint8_t id) {
  for (const PropertyInfo& info : kProperties) {
    if (info.id == id) return &info;
  }
  return nullptr;
}

/// A text or binary datum: 2 bytes length, then it.
std::string_view take_text(ByteCursor& in, Arena& arena) {
  return arena.copy(as_text(in.take(in.u16())));
}

/// Section 1.5.5: 7 bits a byte, least significant first.
std::uint32_t take_varint(ByteCursor& in) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 28; shift += 7) {
    const std::uint8_t byte = in.u8();
    value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  in.skip(in.size() + 1);  // spoils the cursor: no number has five bytes
  return 0;
}

/// The properties as far as they can be read: behind an unknown one nothing can. Says whether there
/// were any.
bool take_properties(ByteCursor& in, Arena& arena, std::vector<Property>& out) {
  const std::uint32_t length = take_varint(in);
  ByteCursor rest(in.take(length));
  if (!in.ok()) return false;
  while (!rest.empty() && out.size() < kMostProperties) {
    Property property{.id = rest.u8()};
    const PropertyInfo* const info = find_property(property.id);
    if (info == nullptr) break;
    switch (info->form) {
      case Form::kNone:
        break;
      case Form::kByte:
        property.number = rest.u8();
        break;
      case Form::kTwo:
        property.number = rest.u16();
        break;
      case Form::kFour:
        property.number = rest.u32();
        break;
      case Form::kVarint:
        property.number = take_varint(rest);
        break;
      case Form::kText:
        property.text = take_text(rest, arena);
        break;
      case Form::kPair:
        property.text = take_text(rest, arena);
        property.value = take_text(rest, arena);
        break;
    }
    if (!rest.ok()) break;
    out.push_back(property);
  }
  return length != 0;
}

bool parse_connect(ByteCursor& in, Message& message, Arena& arena) {
  message.protocol = take_text(in, arena);
  message.version = in.u8();
  message.connect_flags = in.u8();
  in.skip(2);  // keep alive
  const bool is5 = message.version == kVersion5;
  if (is5) message.has_properties = take_properties(in, arena, message.properties);
  message.client_id = take_text(in, arena);
  if ((message.connect_flags & kWill) != 0) {
    if (is5) message.has_will_properties = take_properties(in, arena, message.will_properties);
    message.will_topic = take_text(in, arena);
    message.will_message = take_text(in, arena);
  }
  if ((message.connect_flags & kUsername) != 0) message.username = take_text(in, arena);
  if ((message.connect_flags & kPassword) != 0) message.password = take_text(in, arena);
  return in.ok();
}

bool parse_topics(ByteCursor& in, Message& message, bool with_qos, Arena& arena) {
  while (in.ok() && !in.empty()) {
    Topic topic{.name = take_text(in, arena)};
    if (with_qos) topic.qos = in.u8();
    if (in.ok() && message.topics.size() < kMostTopics) message.topics.push_back(topic);
  }
  return in.ok();
}

}  // namespace

std::string_view name_of(Type type) { return kTypeNames[static_cast<std::size_t>(type)]; }

PropertyKind kind_of_property(std::uint8_t id) {
  const PropertyInfo* const info = find_property(id);
  if (info == nullptr) return PropertyKind::kUnknown;
  if (info->form == Form::kText) return PropertyKind::kText;
  return info->form == Form::kPair ? PropertyKind::kPair : PropertyKind::kNumber;
}
std::string_view name_of_property(std::uint8_t id) {
  const PropertyInfo* const info = find_property(id);
  return info == nullptr ? std::string_view{} : info->name;
}

HeaderStatus parse_fixed_header(Bytes bytes, FixedHeader& out) {
  ByteCursor in(bytes);
  out.first = in.u8();
  out.remaining = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const std::uint8_t byte = in.u8();
    if (!in.ok()) return HeaderStatus::kNeedMore;
    out.remaining |= static_cast<std::uint32_t>(byte & 0x7f) << 7 * i;
    if ((byte & 0x80) != 0) continue;
    out.size = static_cast<std::uint8_t>(2 + i);
    return HeaderStatus::kOk;
  }
  return HeaderStatus::kMalformed;
}

bool Message::parse_body(Bytes body, std::uint8_t session_version, Arena& arena) {
  ByteCursor in(body);
  const bool is5 = session_version == kVersion5;
  const auto properties_of_5 = [&] {
    if (is5) has_properties = take_properties(in, arena, properties);
  };
  // Reason code and properties may be left out: then the code is 0 (section 3.4.2.1).
  const auto reason_of_5 = [&] {
    if (!is5) return;
    reason_code = in.empty() ? std::uint8_t{0} : in.u8();
    if (!in.empty()) properties_of_5();
  };
  switch (type) {
    case Type::kConnect:
      return parse_connect(in, *this, arena);
    case Type::kConnack:
      session_present = (in.u8() & 1) != 0;
      reason_code = in.u8();
      if (!in.empty()) properties_of_5();
      break;
    case Type::kPublish:
      topic = take_text(in, arena);
      if (qos != 0) id = in.u16();
      properties_of_5();
      payload = arena.copy(as_text(in.rest()));
      break;
    case Type::kPuback:
    case Type::kPubrec:
    case Type::kPubrel:
    case Type::kPubcomp:
      id = in.u16();
      reason_of_5();
      break;
    case Type::kSubscribe:
    case Type::kUnsubscribe:
      id = in.u16();
      properties_of_5();
      return parse_topics(in, *this, type == Type::kSubscribe, arena);
    case Type::kSuback:
    case Type::kUnsuback:
      id = in.u16();
      properties_of_5();
      codes = arena.copy(in.rest());
      break;
    case Type::kDisconnect:
    case Type::kAuth:
      if (is5 && body.size() < 2) {  // without properties the reference takes the code for 0
        reason_code = 0;
      } else {
        reason_of_5();
      }
      break;
    case Type::kUnassigned:
    case Type::kPingreq:
    case Type::kPingresp:
      break;
  }
  return in.ok();
}

}  // namespace culvert::mqtt
