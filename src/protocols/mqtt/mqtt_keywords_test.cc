#include "protocols/mqtt/mqtt_keywords.h"

#include <gtest/gtest.h>

#include "protocols/mqtt/mqtt_testing.h"
#include "protocols/text/keyword_testing.h"

namespace culvert::mqtt {
namespace {

TEST(MqttKeywords, AskMessages) {
  Connection c;
  c.client(connect());
  c.server(packet(Type::kConnack, 0, std::string("\1\x80\0", 3)));
  auto& tx = static_cast<MqttTransaction&>(*c.parser.transactions()[0]);
  const struct {
    const char* name;
    const char* argument;
    const char* expected;
  } cases[] = {
      {"mqtt.type", "CONNECT", "yes"},
      {"mqtt.type", "connack", "yes"},
      {"mqtt.type", "1", "yes"},
      {"mqtt.type", "PUBLISH", "no"},
      {"mqtt.type", "nonsense", "refused"},
      {"mqtt.qos", "0", "yes"},
      {"mqtt.qos", "2", "no"},
      {"mqtt.qos", "3", "refused"},
      {"mqtt.flags", "!retain,!dup", "yes"},
      {"mqtt.flags", "retain", "no"},
      {"mqtt.flags", "foo", "refused"},
      {"mqtt.protocol_version", "5", "yes"},
      {"mqtt.protocol_version", "<5", "no"},
      {"mqtt.reason_code", "128", "yes"},
      {"mqtt.reason_code", "0", "no"},
      {"mqtt.reason_code", "300", "refused"},
      {"mqtt.connect.flags", "username,password,clean_session", "yes"},
      {"mqtt.connect.flags", "username,!password", "no"},
      {"mqtt.connect.flags", "foo", "refused"},
      {"mqtt.connack.session_present", "yes", "yes"},
      {"mqtt.connack.session_present", "0", "no"},
      {"mqtt.connack.session_present", "maybe", "refused"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(ask_keyword(kMqttKeywords, each.name, each.argument, tx), each.expected)
        << each.name << ":" << each.argument;
  }
}

TEST(MqttBuffers, GiveTexts) {
  Connection c;
  c.client(connect());
  c.client(packet(Type::kPublish, 0, text("top") + std::string(1, '\0') + "message"));
  const std::string two = std::string("\0\1\0", 3) + text("a") + '\0' + text("b") + '\1';
  c.client(packet(Type::kSubscribe, 2, two));
  c.client(packet(Type::kUnsubscribe, 2, std::string("\0\2\0", 3) + text("a") + text("b")));
  const std::pair<const char*, const char*> cases[] = {
      {"mqtt.connect.protocol_string", "[MQTT]"},
      {"mqtt.connect.clientid", "[cid]"},
      {"mqtt.connect.username", "[user]"},
      {"mqtt.connect.password", "[pass]"},
      {"mqtt.connect.willtopic", "none"},
      {"mqtt.connect.willmessage", "none"},
      {"mqtt.publish.topic", "[top]"},
      {"mqtt.publish.message", "[message]"},
      {"mqtt.subscribe.topic", "[a][b]"},
      {"mqtt.unsubscribe.topic", "[a][b]"},
  };
  for (const auto& [name, expected] : cases) {
    std::string found = "none";
    for (const Transaction* tx : c.parser.transactions()) {
      const std::string texts = read_buffer(kMqttBuffers, name, c.flow, *tx);
      if (texts != "none") found = texts;
    }
    EXPECT_EQ(found, expected) << name;
  }
}

}  // namespace
}  // namespace culvert::mqtt
