#include "net/address.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

IpAddress ip(std::string_view text) { return IpAddress::parse(text).value(); }

TEST(IpAddress, FormatsAsRfc5952AndInFull) {
  struct Row {
    const char* input;
    const char* shortest;
    const char* full;
  };
  const Row rows[] = {
      {"1.2.3.4", "1.2.3.4", "1.2.3.4"},
      {"255.255.255.255", "255.255.255.255", "255.255.255.255"},
      {"::", "::", "0000:0000:0000:0000:0000:0000:0000:0000"},
      {"::1", "::1", "0000:0000:0000:0000:0000:0000:0000:0001"},
      {"1::", "1::", "0001:0000:0000:0000:0000:0000:0000:0000"},
      {"2001:DB8::1", "2001:db8::1", "2001:0db8:0000:0000:0000:0000:0000:0001"},
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "2001:0db8:0000:0001:0001:0001:0001:0001"},
      {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "2001:0000:0000:0001:0000:0000:0000:0001"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1", "2001:0db8:0000:0000:0001:0000:0000:0001"},
      {"1:2:3:4:5:6:0:0", "1:2:3:4:5:6::", "0001:0002:0003:0004:0005:0006:0000:0000"},
      {"::ffff:10.0.0.1", "::ffff:10.0.0.1", "0000:0000:0000:0000:0000:ffff:0a00:0001"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ip(row.input).text(), row.shortest);
    EXPECT_EQ(ip(row.input).full_text(), row.full);
    EXPECT_EQ(ip(row.full), ip(row.input));
  }
}

TEST(IpAddress, RefusesWhatIsNoAddress) {
  using namespace std::string_view_literals;
  for (const auto text :
       {""sv, "1.2.3"sv, "1.2.3.256"sv, "1.2.3.4.5"sv, " 1.2.3.4"sv, "01.2.3.4 "sv, "g::"sv,
        "1::2::3"sv, "::1%eth0"sv, "1.2.3.4\0x"sv, "10.0.0.0/8"sv})
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(IpAddress, IsMadeFromWireBytesAndNumbers) {
  const std::array wire{std::byte{10}, std::byte{0}, std::byte{0}, std::byte{1}};
  EXPECT_EQ(IpAddress::from_bytes(wire), IpAddress::v4(0x0a000001));
  EXPECT_EQ(IpAddress::v4(0x0a000001).v4_value(), 0x0a000001u);
  EXPECT_EQ(IpAddress::from_bytes({}), IpAddress());
  EXPECT_EQ(IpAddress::v6(0x20010db800000000, 1), ip("2001:db8::1"));
  EXPECT_EQ(ip("2001:db8::1").low(), 1u);
  EXPECT_EQ(ip("2001:db8::1").bytes().size(), 16u);
}

TEST(IpAddress, OrdersFamiliesApart) {
  EXPECT_LT(ip("255.255.255.255"), ip("::"));
  EXPECT_LT(ip("1.2.3.4"), ip("1.2.4.0"));
  EXPECT_LT(ip("::1"), ip("1::"));
  EXPECT_NE(ip("::"), ip("0.0.0.0"));
  EXPECT_NE(ip("1.2.3.4").hash(1), ip("1.2.3.5").hash(1));
}

TEST(IpAddress, KnowsItsNetworks) {
  struct Row {
    const char* address;
    unsigned prefix;
    const char* first;
    const char* last;
  };
  const Row rows[] = {
      {"10.1.2.3", 8, "10.0.0.0", "10.255.255.255"},
      {"10.1.2.3", 31, "10.1.2.2", "10.1.2.3"},
      {"10.1.2.3", 32, "10.1.2.3", "10.1.2.3"},
      {"10.1.2.3", 0, "0.0.0.0", "255.255.255.255"},
      {"2001:db8::1", 33, "2001:db8::", "2001:db8:7fff:ffff:ffff:ffff:ffff:ffff"},
      {"2001:db8::1", 0, "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(ip(row.address).network(row.prefix), ip(row.first)) << row.address;
    EXPECT_EQ(ip(row.address).last_of_network(row.prefix), ip(row.last)) << row.address;
    EXPECT_TRUE(ip(row.last).in_network(ip(row.first), row.prefix));
  }
  EXPECT_FALSE(ip("10.0.0.1").in_network(ip("::"), 0));
}

TEST(IpNetwork, ParsesCidr) {
  EXPECT_EQ(IpNetwork::parse("10.1.2.3/8")->text(), "10.0.0.0/8");
  EXPECT_EQ(IpNetwork::parse("10.1.2.3")->text(), "10.1.2.3/32");
  EXPECT_EQ(IpNetwork::parse("2001:db8::1/32")->text(), "2001:db8::/32");
  EXPECT_TRUE(IpNetwork::parse("10.0.0.0/8")->contains(ip("10.9.9.9")));
  for (const char* text :
       {"10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "/8"})
    EXPECT_FALSE(IpNetwork::parse(text)) << text;
}

}  // namespace
}  // namespace culvert
