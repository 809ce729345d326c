// Control packets for tests.
#pragma once

#include <string>

#include "app/talk_testing.h"
#include "protocols/mqtt/mqtt_eve.h"
#include "protocols/mqtt/mqtt_parser.h"
#include "protocols/mqtt/mqtt_protocol.h"

namespace culvert::mqtt {

inline std::string text(const std::string& value) {
  return std::string{static_cast<char>(value.size() >> 8), static_cast<char>(value.size() & 255)} +
         value;
}
inline std::string packet(Type type, unsigned flags, const std::string& body) {
  std::string out(1, static_cast<char>(static_cast<unsigned>(type) << 4 | flags));
  std::size_t left = body.size();
  do {
    const unsigned more = left > 127 ? 128 : 0;
    out.push_back(static_cast<char>((left & 127) | more));
    left >>= 7;
  } while (left != 0);
  return out + body;
}
/// Version 5, user and password, receive maximum 20.
inline std::string connect() {
  return packet(Type::kConnect, 0,
                text("MQTT") + std::string("\x05\xc2\0\x3c\x03\x21\0\x14", 8) + text("cid") +
                    text("user") + text("pass"));
}
inline std::string connack() { return packet(Type::kConnack, 0, std::string("\0\0\0", 3)); }

struct Connection : ParserTalk<kMqttProtocol, MqttParser, MqttTransaction, MqttOptions> {
  using ParserTalk::ParserTalk;
  ParseStatus client(const std::string& bytes) {
    return say(Direction::kToServer, as_bytes(bytes));
  }
  ParseStatus server(const std::string& bytes) {
    return say(Direction::kToClient, as_bytes(bytes));
  }
  /// "1 connect connack|0 publish !missing_publish|": progress, messages, events.
  std::string described() const {
    std::string out;
    for (const Transaction* base : parser.transactions()) {
      const auto& each = static_cast<const MqttTransaction&>(*base);
      out += std::to_string(each.progress[0]);
      for (const Message& message : each.messages) out += " " + std::string(name_of(message.type));
      for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
        if (each.events.has(static_cast<std::uint8_t>(i))) {
          out += " !" + std::string(kEventNames[i]);
        }
      }
      out += "|";
    }
    return out;
  }
};

}  // namespace culvert::mqtt
