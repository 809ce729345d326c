#include "insight/profile.h"

#include <gtest/gtest.h>

#include "insight/insight_testing.h"
#include "insight/profile_report.h"

namespace culvert {
namespace {

Profile profile(const std::string& rules, std::string_view payload) {
  Profiler profiler;
  run_watched(rules, insight_packet(payload), profiler);
  return profiler.profile();
}

TEST(Profile, CountsChecksMatchesAndSteps) {
  const Profile it = profile("alert udp any any -> any any (msg:\"hit\"; content:\"World\"; content:\"Hello\"; sid:1;)\n"
                             "alert udp any any -> any any (msg:\"near\"; content:\"World\"; content:\"zzz\"; sid:2;)\n"
                             "alert udp any any -> any any (msg:\"never looked at\"; content:\"absent\"; sid:3;)\n", "Hello World");
  ASSERT_EQ(it.rules.size(), 2u);
  for (const RuleProfile& rule : it.rules) {
    EXPECT_EQ(rule.checks, 1u);
    EXPECT_EQ(rule.matches, rule.sid == 1 ? 1u : 0u);
    EXPECT_EQ(rule.alerts, rule.sid == 1 ? 1u : 0u);
    EXPECT_GT(rule.ticks.ticks, 0u);
    EXPECT_FALSE(rule.steps.empty());
    EXPECT_EQ(rule.steps.front().buffer, "payload");
  }
  ASSERT_EQ(it.scans.size(), 1u);
  EXPECT_EQ(it.scans[0].bytes, 11u);
  EXPECT_EQ(it.keywords.count("content"), 1u);
}

TEST(Profile, ReportsSortAndCut) {
  const Profile it = profile("alert udp any any -> any any (content:\"World\"; sid:1;)\n"
                             "alert udp any any -> any any (content:\"Hello\"; content:\"zzz\"; sid:2;)\n", "Hello World");
  ProfileReportOptions options;
  options.order = ProfileOrder::kMatches;
  options.rules = 1;
  const std::string text = profile_text(it, options);
  EXPECT_NE(text.find("1:1"), text.npos) << text;
  EXPECT_EQ(text.find("1:2 "), text.npos) << text;
  EXPECT_NE(text.find("1 rules more"), text.npos) << text;
  EXPECT_NE(profile_json(it, {}).find("\"sid\":1"), std::string::npos);
}

TEST(Profile, KnowsItsOrders) {
  for (const char* const name : {"ticks", "avg", "checks", "matches", "max", "avg-no-match"}) {
    EXPECT_TRUE(find_profile_order(name)) << name;
  }
  EXPECT_FALSE(find_profile_order("nonsense"));
}

}  // namespace
}  // namespace culvert
