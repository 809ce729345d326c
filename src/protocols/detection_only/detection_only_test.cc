#include "protocols/detection_only/detection_only.h"

#include <gtest/gtest.h>

#include "app/protocol_detector.h"
#include "config/config_node.h"
#include "testing/hex.h"

namespace culvert::detection_only {
namespace {

TEST(DetectionOnly, RecognisesFirstMessages) {
  ProtocolDetector detector;
  Complaints complaints;
  const ConfigNode no_config;
  for (const ProtocolSpec* spec : {&kImap}) {
    for (const std::uint8_t ip_proto : spec->ip_protos) {
      if (ip_proto != 0) detector.add(*spec, ip_proto, no_config, complaints);
    }
  }
  const auto text = [](std::string_view words) { return text_bytes(words); };
  const struct {
    const ProtocolSpec* spec;  // null: nothing
    std::uint8_t ip_proto;
    Direction direction;
    std::uint16_t port;
    std::vector<std::byte> bytes;
  } cases[] = {
      {&kImap, 6, Direction::kToClient, 143, text("* OK ready\r\n")},
      {nullptr, 6, Direction::kToServer, 999, text("hello there, this is nothing known")},
      {nullptr, 17, Direction::kToServer, 999, text("hello there, this is nothing known")},
  };
  for (const auto& c : cases) {
    const auto answer =
        detector.detect(c.ip_proto, c.direction, c.bytes, {.client = 50000, .server = c.port});
    EXPECT_EQ(answer.spec == nullptr ? "nothing" : answer.spec->name,
              c.spec == nullptr ? "nothing" : c.spec->name)
        << to_hex(c.bytes);
  }
}

}  // namespace
}  // namespace culvert::detection_only
