#include "protocols/mqtt/mqtt_parser.h"

#include <gtest/gtest.h>

#include "protocols/mqtt/mqtt_testing.h"
#include "testing/chop.h"

namespace culvert::mqtt {
namespace {

const std::string kId1("\0\1", 2);
std::string publish(unsigned qos) {
  return packet(Type::kPublish, qos << 1,
                text("t") + (qos != 0 ? kId1 : std::string()) + std::string(1, '\0') + "hello");
}

TEST(MqttParser, PutsTogetherWhatBelongsTogether) {
  const std::string topics = kId1 + std::string(1, '\0') + text("a") + std::string(1, '\1');
  Connection c;
  c.client(connect());
  c.server(connack());
  c.client(publish(0) + publish(2));
  c.server(packet(Type::kPubrec, 0, kId1));
  c.client(packet(Type::kPubrel, 2, kId1));
  EXPECT_EQ(c.described(), "1 connect connack|1 publish|0 publish pubrec pubrel|");
  c.server(packet(Type::kPubcomp, 0, kId1));
  c.client(packet(Type::kSubscribe, 2, topics));
  c.server(packet(Type::kSuback, 0, kId1 + std::string("\0\1", 2)));
  c.client(packet(Type::kPingreq, 0, ""));
  EXPECT_EQ(c.described(),
            "1 connect connack|1 publish|1 publish pubrec pubrel pubcomp|1 subscribe suback|"
            "1 pingreq|");
  EXPECT_EQ(c.json(0),
            "{\"mqtt\":{\"connect\":{\"qos\":0,\"retain\":false,\"dup\":false,"
            "\"protocol_string\":\"MQTT\",\"protocol_version\":5,\"client_id\":\"cid\","
            "\"flags\":{\"username\":true,\"password\":true,\"will_retain\":false,\"will\":false,"
            "\"clean_session\":true},\"username\":\"user\",\"password\":\"pass\","
            "\"properties\":{\"receive_maximum\":20}},"
            "\"connack\":{\"qos\":0,\"retain\":false,\"dup\":false,\"session_present\":false,"
            "\"return_code\":0}}}");
  EXPECT_EQ(c.json(3),
            "{\"mqtt\":{\"subscribe\":{\"qos\":1,\"retain\":false,\"dup\":false,\"message_id\":1,"
            "\"topics\":[{\"topic\":\"a\",\"qos\":1}]},"
            "\"suback\":{\"qos\":0,\"retain\":false,\"dup\":false,\"message_id\":1,"
            "\"qos_granted\":[1]}}}");
}

TEST(MqttParser, NotesWhatIsOdd) {
  const struct {
    const char* name;
    std::string bytes;
    const char* expected;
  } cases[] = {
      {"nothing before", publish(0), "1 publish|"},
      {"acknowledged what was not sent", packet(Type::kPuback, 0, kId1),
       "1 puback !missing_publish|"},
      {"SUBACK alone", packet(Type::kSuback, 0, kId1 + std::string(1, '\0')),
       "1 suback !missing_subscribe|"},
      {"connects again", connect(), "0 connect !double_connect|"},
      {"QoS 3", publish(3), "0 publish !invalid_qos_level|"},
      {"type 0", packet(Type::kUnassigned, 0, "x"), "1 !unassigned_msg_type|"},
      {"cut short", packet(Type::kPublish, 0, std::string(1, '\0')), "1 !malformed_traffic|"},
      {"length of five bytes", "\x30\xff\xff\xff\xff\x01", "1 !malformed_traffic|"},
      {"property of another world",
       packet(Type::kPublish, 0, text("t") + std::string("\x02\x7f\0", 3)), "1 publish|"},
  };
  for (const auto& each : cases) {
    Connection c;
    c.client(connect());
    c.server(connack());
    c.client(each.bytes);
    EXPECT_EQ(c.described(), "1 connect connack|" + std::string(each.expected)) << each.name;
  }
  Connection early;
  early.client(publish(0));
  EXPECT_EQ(early.described(), "1 publish !unintroduced_message|");
}

TEST(MqttParser, AnySplitGivesTheSame) {
  const std::string stream = connect() + publish(0) + packet(Type::kPingreq, 0, "") + publish(1) +
                             packet(Type::kDisconnect, 0, std::string("\x04\0", 2));
  for_each_chop(as_bytes(stream), [&](const auto& pieces) {
    Connection c;
    for (const Bytes piece : pieces) c.say(Direction::kToServer, piece);
    EXPECT_EQ(c.described(),
              "0 connect|1 publish !unintroduced_message|1 pingreq !unintroduced_message|"
              "0 publish !unintroduced_message|1 disconnect !unintroduced_message|");
  });
}

TEST(MqttParser, LongPacketsAreSkipped) {
  Connection c({.max_message_bytes = 20});
  const std::string stream =
      packet(Type::kPublish, 0, text("t") + std::string(100, 'x')) + packet(Type::kPingreq, 0, "");
  for_each_chop(as_bytes(stream), [&](const auto& pieces) {
    Connection each({.max_message_bytes = 20});
    for (const Bytes piece : pieces) each.say(Direction::kToServer, piece);
    ASSERT_EQ(each.parser.transactions().size(), 2u);
    EXPECT_TRUE(each.tx(0).messages[0].truncated);
    EXPECT_EQ(each.tx(0).messages[0].skipped_length, 105u);
  });
}

TEST(MqttParser, TransactionsAndGapsAreBounded) {
  Connection c({.max_transactions = 2});
  for (int i = 0; i < 4; ++i) c.client(publish(1));
  EXPECT_EQ(c.described().find("!too_many_transactions") == std::string::npos, false);
  const AppInput input{.flow = c.flow, .direction = Direction::kToServer, .bytes = {}, .time = {}};
  EXPECT_EQ(c.parser.gap(input, 1), ParseStatus::kMalformed);
}

}  // namespace
}  // namespace culvert::mqtt
