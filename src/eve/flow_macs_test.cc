#include "eve/flow_macs.h"

#include <gtest/gtest.h>

#include <string>

#include "eve/eve_header.h"
#include "testing/hex.h"

namespace culvert {
namespace {

std::string written(const FlowMacs& macs, const Flow& flow) {
  JsonWriter json;
  json.begin_object();
  macs.write(flow, json);
  json.end_object();
  return std::string(json.text());
}

TEST(FlowMacs, KeepsBothEndsInOrder) {
  FlowMacs macs;
  Flow flow;
  flow.id = 7;
  const auto see = [&](Direction direction, const char* ethernet) {
    const auto bytes = hex(ethernet);
    Packet packet;
    packet.direction = direction;
    packet.ethernet = bytes;
    macs.note(packet, flow);
  };
  see(Direction::kToServer, "0000000000b1 0000000000a1 0800");
  see(Direction::kToClient, "0000000000a2 0000000000b1 0800");
  see(Direction::kToServer, "0000000000b1 0000000000a1 0800");
  EXPECT_EQ(written(macs, flow), R"({"ether":{"dest_macs":["00:00:00:00:00:b1"],)"
                                 R"("src_macs":["00:00:00:00:00:a1","00:00:00:00:00:a2"]}})");
  JsonWriter json;
  json.begin_object();
  macs.write_first(flow, false, json);
  json.end_object();
  EXPECT_EQ(json.text(),
            R"({"ether":{"src_mac":"00:00:00:00:00:b1","dest_mac":"00:00:00:00:00:a1"}})");
  flow.client_is_low = !flow.client_is_low;  // found to be the other way round
  EXPECT_EQ(written(macs, flow),
            R"({"ether":{"dest_macs":["00:00:00:00:00:a1","00:00:00:00:00:a2"],)"
            R"("src_macs":["00:00:00:00:00:b1"]}})");
  macs.forget(flow);
  EXPECT_EQ(written(macs, flow), "{}");
}

TEST(FlowMacs, TextHasItsOwnRoom) {
  char text[kMacTextSize];
  EXPECT_EQ(format_mac(hex("01abff000910"), text), "01:ab:ff:00:09:10");
}

}  // namespace
}  // namespace culvert
