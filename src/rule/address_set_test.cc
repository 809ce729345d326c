// Address and port expressions. The expected sets are what Suricata 8.0.8 matches, seen with a
// packet from each of the sample addresses and ports, but for the rows marked "ours".
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "rule/address_set.h"
#include "rule/port_set.h"
#include "rule/set_cache.h"

namespace culvert {
namespace {

using testing::HasSubstr;

const VariableMap kAddressGroups = {
    {"HOME_NET", "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]"},
    {"EXTERNAL_NET", "!$HOME_NET"},
    {"LIST", "1.2.3.4, 5.6.7.8"},
    {"LOOP", "[1.2.3.4,$POOL]"},
    {"POOL", "$LOOP"},
    {"BROKEN", "[1.2.3.4"},
};

const char* const kSamples[] = {
    "1.2.3.4",   "1.2.3.5",     "5.6.7.8",       "9.9.9.9",     "10.0.0.1",
    "10.1.0.1",  "11.0.0.1",    "192.168.1.1",   "192.168.2.1", "255.255.255.254",
    "::1.2.3.4", "2001:db8::1", "2001:db8::fff", "fe80::1",
};

/// The samples in the set, separated by spaces; or "all but " and those that are not.
std::string members(const AddressSet& set) {
  std::string in, out;
  std::size_t count = 0;
  for (const char* sample : kSamples) {
    const bool member = set.contains(*IpAddress::parse(sample));
    (member ? in : out) += std::string(" ") + sample;
    count += member ? 1 : 0;
  }
  if (out.empty()) return "all";
  if (count * 2 > std::size(kSamples)) return "all but" + out;
  return in.empty() ? "" : in.substr(1);
}

TEST(CompileAddresses, MeansWhatTheReferenceMeans) {
  const char* const v6 = " ::1.2.3.4 2001:db8::1 2001:db8::fff fe80::1";
  const std::string no_v6 = v6;
  const std::pair<const char*, std::string> rows[] = {
      {"any", "all"},
      {"ANY", "all"},
      {"[any,1.2.3.4]", "all"},
      {"1.2.3.4", "1.2.3.4"},
      {"1.2.3.4/24", "1.2.3.4 1.2.3.5"},
      {"1.2.3.4/255.255.255.0", "1.2.3.4 1.2.3.5"},
      {"10.0.0.0/08", "10.0.0.1 10.1.0.1"},
      {"1.2.3.4/0", "all but" + no_v6},
      {"::/0", v6 + 1},
      {"1.2.3.4-1.2.3.9", "1.2.3.4 1.2.3.5"},
      {"2001:db8::1-2001:db8::ff", "2001:db8::1"},
      {"[[1.2.3.4]]", "1.2.3.4"},
      {"[1.2.3.4,[5.6.7.8,9.9.9.9]]", "1.2.3.4 5.6.7.8 9.9.9.9"},
      {"1.2.3.4,5.6.7.8", "1.2.3.4 5.6.7.8"},
      {"[1.2.3.4,]", "1.2.3.4"},
      {"[1.2.3.4,[]]", "1.2.3.4"},
      {"[ 1.2.3.4 , 5.6.7.8 ]", "1.2.3.4 5.6.7.8"},  // ours: the reference refuses space before ','
      {"[10.0.0.0/8,!10.1.0.0/16]", "10.0.0.1"},
      {"![10.0.0.0/8]", "all but 10.0.0.1 10.1.0.1" + no_v6},
      {"!10.0.0.0/8", "all but 10.0.0.1 10.1.0.1" + no_v6},
      {"![!10.0.0.0/8]", "10.0.0.1 10.1.0.1"},
      {"!!1.2.3.4", "all but 1.2.3.4" + no_v6},
      {"[![!10.0.0.0/8,11.0.0.1]]", "all but 11.0.0.1" + no_v6},
      {"![10.0.0.0/8,!10.1.0.0/16]", "all but 10.0.0.1" + no_v6},
      {"[any,!1.2.3.4]", "all but 1.2.3.4"},
      {"![any,!1.2.3.4]", "1.2.3.4"},
      {"!1.2.3.4,5.6.7.8", "5.6.7.8"},
      {"[1.2.3.4,[!5.6.7.8]]", "1.2.3.4"},
      {"[10.0.0.0/8,[10.1.0.0/24,!10.1.0.1]]", "10.0.0.1"},
      {"[2001::/16,!1.2.3.4]", "all but 1.2.3.4 ::1.2.3.4 fe80::1"},
      {"![1.2.3.4,2001:db8::1]", "all but 1.2.3.4 2001:db8::1"},
      {"![2001:db8::1,!5.6.7.8]", "5.6.7.8 ::1.2.3.4 2001:db8::fff fe80::1"},
      {"[1.2.3.4,!1.2.3.4,2001::/16]", "2001:db8::1 2001:db8::fff"},
      {"[192.168.0.0/16,![192.168.1.0/24,!192.168.1.1]]", "192.168.1.1 192.168.2.1"},
      {"[1.2.3.0/24,!1.2.3.4,1.2.3.4]", "1.2.3.5"},
      {"$LIST", "1.2.3.4 5.6.7.8"},
      {"$HOME_NET", "10.0.0.1 10.1.0.1 192.168.1.1 192.168.2.1"},
      {"$EXTERNAL_NET", "1.2.3.4 1.2.3.5 5.6.7.8 9.9.9.9 11.0.0.1 255.255.255.254"},
      {"!$EXTERNAL_NET", "10.0.0.1 10.1.0.1 192.168.1.1 192.168.2.1"},
      {"[$HOME_NET,!$EXTERNAL_NET]", "10.0.0.1 10.1.0.1 192.168.1.1 192.168.2.1"},
      {"[$EXTERNAL_NET,!5.6.7.8]", "1.2.3.4 1.2.3.5 9.9.9.9 11.0.0.1 255.255.255.254"},
  };
  for (const auto& [expression, expected] : rows) {
    const auto set = compile_addresses(expression, kAddressGroups);
    ASSERT_TRUE(set) << expression << ": " << set.error().text();
    EXPECT_EQ(members(*set), expected) << expression;
  }
}

TEST(CompileAddresses, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "no address is left"},
      {"[]", "no address is left"},
      {"!any", "no address is left"},
      {"[10.0.0.0/8,!10.0.0.0/8]", "no address is left"},
      {"[1.2.3.4,!1.2.3.0/24]", "no address is left"},
      {"[$EXTERNAL_NET,$HOME_NET]", "no address is left"},
      {"[1.2.3.4", "a ']' is missing"},
      {"1.2.3.4]", "unexpected ']'"},
      {"[,1.2.3.4]", "is empty"},
      {"[1.2.3.4,,5.6.7.8]", "is empty"},
      {"!", "is empty"},
      {"[[1.2.3.4][5.6.7.8]]", "a ',' is missing"},
      {"[10.0.0.0/8!10.1.0.0/16]", "a ',' is missing"},
      {"1.2.3", "is not an address"},
      {"01.2.3.4", "is not an address"},
      {"fe80::1%eth0", "is not an address"},
      {"1.2.3.4/33", "the prefix is 0 to 32"},
      {"::1/129", "the prefix is 0 to 128"},
      {"1.2.3.4/", "the prefix is 0 to 32"},
      {"1.2.3.4/255.0.255.0", "the netmask"},
      {"1.2.3.9-1.2.3.1", "ends before it begins"},
      {"1.2.3.4-::1", "write 10.0.0.1-10.0.0.9"},
      {"$NOSUCH", "$NOSUCH is not defined under vars.address-groups"},
      {"$home_net", "$home_net is not defined"},
      {"$", "is not a variable"},
      {"${HOME_NET}", "is not a variable"},
      {"[1.1.1.1,$LOOP]",
       "in the variable $LOOP: in the variable $POOL: the variable $LOOP is defined by"},
      {"$BROKEN", "in the variable $BROKEN: a ']' is missing"},
  };
  for (const auto& [expression, message] : rows) {
    const auto set = compile_addresses(expression, kAddressGroups);
    ASSERT_FALSE(set) << expression;
    EXPECT_THAT(set.error().message, HasSubstr(message)) << expression;
  }
  const std::string deep = std::string(100, '[') + "1.2.3.4" + std::string(100, ']');
  EXPECT_THAT(compile_addresses(deep).error().message, HasSubstr("nested"));
}

TEST(CompilePorts, MeansWhatTheReferenceMeans) {
  const VariableMap groups = {{"HTTP_PORTS", "[80,8080]"}};
  const std::uint16_t samples[] = {0, 5, 6, 80, 85, 90, 443, 8080, 65535};
  const std::pair<const char*, const char*> rows[] = {
      {"any", "0 5 6 80 85 90 443 8080 65535"},
      {"80", "80"},
      {"080", "80"},
      {"0", "0"},
      {"80:90", "80 85 90"},
      {"443:", "443 8080 65535"},
      {":6", "0 5 6"},
      {":", "0 5 6 80 85 90 443 8080 65535"},
      {"80,90", "80 90"},
      {"[80,]", "80"},
      {"[ 80 , 90 ]", "80 90"},  // ours
      {"!80", "0 5 6 85 90 443 8080 65535"},
      {"![80,90]", "0 5 6 85 443 8080 65535"},
      {"[!80,!90]", "0 5 6 85 443 8080 65535"},
      {"[80:90,!85]", "80 90"},
      {"[80,90,!80]", "90"},
      {"[!80,443]", "443"},
      {"![!80]", "80"},
      {"[0:6,![!5]]", "0 5 6"},
      {"[443,![5,!6]]", "6 443"},
      {"!!80", "0 5 6 85 90 443 8080 65535"},
      {"$HTTP_PORTS", "80 8080"},
      {"!$HTTP_PORTS", "0 5 6 85 90 443 65535"},
  };
  for (const auto& [expression, expected] : rows) {
    const auto set = compile_ports(expression, groups);
    ASSERT_TRUE(set) << expression << ": " << set.error().text();
    std::string in;
    for (const std::uint16_t port : samples)
      if (set->contains(port)) in += (in.empty() ? "" : " ") + std::to_string(port);
    EXPECT_EQ(in, expected) << expression;
  }
}

TEST(CompilePorts, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> rows[] = {
      {"65536", "is not a port"},       {"-1", "is not a port"},
      {"80-90", "is not a port"},       {"0x50", "is not a port"},
      {"80a", "is not a port"},         {"80:90:100", "is not a port"},
      {"90:80", "ends before"},         {"[80,!80]", "no port is left"},
      {"!any", "no port is left"},      {"!0:65535", "no port is left"},
      {"[]", "no port is left"},        {"[80,,90]", "is empty"},
      {"$X", "under vars.port-groups"},
  };
  for (const auto& [expression, message] : rows) {
    const auto set = compile_ports(expression);
    ASSERT_FALSE(set) << expression;
    EXPECT_THAT(set.error().message, HasSubstr(message)) << expression;
  }
}

TEST(IntervalSet, AgreesWithABitmap) {
  using Set = IntervalSet<std::uint8_t>;
  std::uint32_t random = 1;
  const auto next = [&random] {
    return static_cast<std::uint8_t>((random = random * 1664525 + 1013904223) >> 24);
  };
  for (int round = 0; round < 2000; ++round) {
    std::vector<bool> bits[2] = {std::vector<bool>(256), std::vector<bool>(256)};
    Set sets[2];
    for (int side = 0; side < 2; ++side) {
      std::vector<Set::Interval> intervals;
      for (int i = 0; i < round % 6; ++i) {
        const std::uint8_t a = next(), b = next();
        intervals.push_back({std::min(a, b), std::max(a, b)});
        for (int v = std::min(a, b); v <= std::max(a, b); ++v)
          bits[side][static_cast<std::size_t>(v)] = true;
      }
      sets[side] = Set(std::move(intervals));
    }
    const Set both = sets[0].united(sets[1]), rest = sets[0].without(sets[1]);
    const Set opposite = sets[0].complement();
    for (std::size_t v = 0; v < 256; ++v) {
      const auto value = static_cast<std::uint8_t>(v);
      ASSERT_EQ(sets[0].contains(value), bits[0][v]);
      ASSERT_EQ(both.contains(value), bits[0][v] || bits[1][v]);
      ASSERT_EQ(rest.contains(value), bits[0][v] && !bits[1][v]);
      ASSERT_EQ(opposite.contains(value), !bits[0][v]);
    }
    EXPECT_EQ(opposite.complement(), sets[0]);
    EXPECT_EQ(both.is_all(), both.complement().empty());
  }
}

TEST(SetCache, GivesEqualExpressionsTheSameSet) {
  SetCache cache({kAddressGroups, {}});
  const auto first = cache.addresses("$HOME_NET"), second = cache.addresses("$HOME_NET");
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->get(), second->get());
  EXPECT_EQ(*cache.ports("any"), *cache.ports("any"));
  EXPECT_FALSE(cache.ports("$X"));
  EXPECT_FALSE(cache.ports("$X"));
}

}  // namespace
}  // namespace culvert
