#include "detect/reputation.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(Reputation, TheMostSpecificEntryCounts) {
  Reputation reputation;
  Complaints complaints;
  reputation.add_categories("# id,name,text\r\n1,Bad,bad ones\r\n2,Good,good ones\r\n", "c", complaints);
  reputation.add_addresses("10.0.0.0/8,1,20\r10.1.0.0/16,2,9\r\n10.1.2.3,1,100\n2001:db8::/32,1,7\n", "a",
                           complaints);
  EXPECT_TRUE(complaints.ok());
  EXPECT_TRUE(complaints.warnings.empty());
  const auto score = [&](const char* address, std::uint8_t category) {
    return int{reputation.score(*IpAddress::parse(address), category)};
  };
  EXPECT_EQ(reputation.find_category("Good"), 2);
  EXPECT_FALSE(reputation.find_category("good"));
  EXPECT_EQ(score("10.1.2.3", 1), 100);
  EXPECT_EQ(score("10.1.2.3", 2), 9);
  EXPECT_EQ(score("10.9.9.9", 1), 20);
  EXPECT_EQ(score("11.0.0.0", 1), 0);
  EXPECT_EQ(score("2001:db8::1", 1), 7);
  EXPECT_EQ(score("2001:db9::1", 1), 0);
}

TEST(Reputation, SaysWhichLinesAreWrong) {
  Reputation reputation;
  Complaints complaints;
  reputation.add_categories("60,TooHigh,x\nx,NoNumber,y\n", "c", complaints);
  EXPECT_EQ(complaints.errors.size(), 2u);
  reputation.add_addresses("10.0.0.1\n10.0.0.1,1,128\nnobody,1,1\n", "a", complaints);
  EXPECT_EQ(complaints.warnings.size(), 3u);
  EXPECT_EQ(complaints.warnings[1].where, "a:2");
}

}  // namespace
}  // namespace culvert
