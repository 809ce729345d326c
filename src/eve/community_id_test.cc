#include "eve/community_id.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert {
namespace {

struct Case {
  const char* name;
  std::uint8_t proto;
  std::uint32_t client, server;
  std::uint16_t client_port, server_port;
  std::uint8_t icmp_type, icmp_code;
  const char* id;
};

// The reference's.
constexpr Case kCases[] = {
    {"no ports", 4, 0x0a010001, 0x0a010002, 0, 0, 0, 0, "1:bLl8Pg2hD47J/mb6wSXuXVVG57U="},
    {"ICMP that has an answer", 1, 0x0e505442, 0xffffffff, 0, 0, 9, 16,
     "1:4pJ+EdwBZ1fRTegG2MfQMVLtBnQ="},
    {"ICMP that has none", 1, 0xccfc660b, 0xce416212, 0, 0, 103, 78,
     "1:suo6iKufRMyPGf294UI2U0MEEbU="},
    {"ESP, by its SPI", 50, 0xbe000001, 0xbe000002, 0, 123, 0, 0, "1:P0/zhi51bcqVbwSvZz2Lp5nj+jA="},
    {"TCP", 6, 0x80e86e78, 0x4223facc, 34855, 80, 0, 0, "1:LQU9qZlK+B5F3KDmev6m5PMibrg="},
};

std::string id_of(const Case& c) {
  Flow flow;
  const IpAddress client = IpAddress::v4(c.client), server = IpAddress::v4(c.server);
  flow.client_is_low = client < server;
  flow.key.low = flow.client_is_low ? client : server;
  flow.key.high = flow.client_is_low ? server : client;
  flow.key.low_port = flow.client_is_low ? c.client_port : c.server_port;
  flow.key.high_port = flow.client_is_low ? c.server_port : c.client_port;
  flow.key.ip_proto = c.proto;
  flow.sides[0].icmp_type = c.icmp_type;
  flow.sides[0].icmp_code = c.icmp_code;
  CommunityId id;
  return std::string(make_community_id(flow, 0, id));
}

TEST(CommunityId, IsAsSpecified) {
  for (const Case& c : kCases) {
    SCOPED_TRACE(c.name);
    Case reverse = c;
    std::swap(reverse.client, reverse.server);
    std::swap(reverse.client_port, reverse.server_port);
    const bool is_icmp = c.proto == 1;
    const bool has_ends = !is_icmp && c.proto != 50;
    EXPECT_EQ(id_of(reverse) == id_of(c), has_ends) << "a message is no answer to itself";
    EXPECT_EQ(id_of(c), c.id);
  }
}

}  // namespace
}  // namespace culvert
