// Rules and packets: what explain says held, and what it says did not.
#include "insight/explain.h"

#include <gtest/gtest.h>

#include "insight/explain_report.h"
#include "insight/insight_testing.h"

namespace culvert {
namespace {

Explanation explain(const std::string& rules, std::string_view payload, std::uint32_t sid = 1) {
  ExplainOptions options;
  options.sid = sid;
  options.environment = insight_environment();
  Explainer explainer(options);
  run_watched(rules, insight_packet(payload), explainer);
  return explainer.explanation();
}

TEST(Explain, NamesTheConditionThatDidNotHold) {
  struct Row {
    const char *rule, *stopped_at, *detail;
  };
  // Against a UDP packet 10.0.0.1:1000 -> 10.0.0.2:53 with the payload "Hello World 1234".
  const Row rows[] = {
      {"alert udp any any -> any any (content:\"World\"; sid:1;)", "", "found at offset 6"},
      {"alert tcp any any -> any any (content:\"World\"; sid:1;)", "protocol tcp", "IP protocol 17"},
      {"alert udp any any -> any 80 (content:\"World\"; sid:1;)", "destination port 80", "10.0.0.2:53 is not in it"},
      {"alert udp 10.9.0.0/16 any -> any 53 (content:\"World\"; sid:1;)", "source 10.9.0.0/16", "10.0.0.1:1000 is not in it"},
      {"alert udp any any -> any any (content:\"world\"; sid:1;)", "payload: content:\"world\"", "nocase?"},
      {"alert udp any any -> any any (content:\"World\"; depth:8; sid:1;)", "payload: content:\"World\"; depth:8", "the buffer has it at offset 6"},
      {"alert udp any any -> any any (content:\"Worms\"; sid:1;)", "payload: content:\"Worms\"", "nearest: 3 of 5 bytes at offset 6"},
      {"alert udp any any -> any any (content:\"World\"; content:\"9\"; distance:0; sid:1;)", "payload: content:\"9\"; distance:0", "[11, 16)"},
      {"alert udp any any -> any any (content:!\"World\"; sid:1;)", "payload: content:!\"World\"", "must not be there"},
      {"alert udp any any -> any any (content:\"World\"; pcre:\"/x+/\"; sid:1;)", "payload: pcre:\"/x+/\"", "no match"},
      {"alert udp any any -> any any (byte_test:4,>,5000,12,string,dec; sid:1;)", "payload: byte_test:4,>,5000,12,string,dec", "are 1234"},
      {"alert udp any any -> any any (content:\"1234\"; isdataat:1,relative; sid:1;)", "payload: isdataat:1,relative", "position 16 + 1"},
      {"alert udp any any -> any any (dsize:5; content:\"World\"; sid:1;)", "dsize:5", "16 bytes"},
      {"alert udp any any -> any any (flow:established; content:\"World\"; sid:1;)", "flow:established", "no flow"},
      {"alert udp any any -> any any (content:\"World\"; flowbits:isset,a; sid:1;)", "flowbits:isset,a", "no flow"},
      {"alert dns any any -> any any (dns.query; content:\"x\"; sid:1;)", "application protocol dns", ""},
  };
  for (const Row& row : rows) {
    const Explanation it = explain(row.rule, "Hello World 1234");
    ASSERT_TRUE(it.found) << row.rule;
    ASSERT_EQ(it.attempts.size(), 1u) << row.rule;
    const Attempt& attempt = it.attempts.front();
    EXPECT_EQ(attempt.stopped_at.rfind(row.stopped_at, 0), 0u) << row.rule << " " << attempt.stopped_at;
    EXPECT_EQ(attempt.matched, row.stopped_at[0] == '\0') << row.rule;
    EXPECT_EQ(it.disagreements, 0u) << row.rule;
    bool told = false;
    for (const AccountStep& step : attempt.steps) told |= step.detail.find(row.detail) != step.detail.npos;
    EXPECT_TRUE(told) << row.rule << "\n" << explanation_text(it, {});
  }
}

TEST(Explain, ChoosesTheTryThatCameFarthest) {
  const Explanation it = explain("alert udp any any -> any any (content:\"a\"; content:\"b\"; within:1; content:\"c\"; within:1; sid:1;)",
                                 "axabxab.ab");
  ASSERT_EQ(it.attempts.size(), 1u);
  EXPECT_EQ(it.attempts[0].stopped_at, "payload: content:\"c\"; within:1");
  EXPECT_NE(explanation_text(it, {}).find("tried"), std::string::npos);
}

TEST(Explain, SaysThatAPassRuleCameFirst) {
  const Explanation it = explain("alert udp any any -> any any (content:\"World\"; sid:1;)\n"
                                 "pass udp any any -> any any (content:\"Hello\"; sid:2;)\n", "Hello World");
  ASSERT_EQ(it.attempts.size(), 1u);
  EXPECT_TRUE(it.attempts[0].matched);
  EXPECT_FALSE(it.attempts[0].alerted);
  EXPECT_EQ(it.attempts[0].stopped_at, "pass rule 1:2");
}

TEST(Explain, SaysThatAThresholdHeldItBack) {
  const Explanation it = explain("alert udp any any -> any any (content:\"World\"; threshold:type threshold, track by_src, count 5, seconds 60; sid:1;)",
                                 "Hello World");
  ASSERT_EQ(it.attempts.size(), 1u);
  EXPECT_TRUE(it.attempts[0].matched);
  EXPECT_FALSE(it.attempts[0].alerted);
  EXPECT_EQ(it.attempts[0].stopped_at, "thresholds");
}

TEST(Explain, KnowsWhenThereIsNoSuchRule) {
  EXPECT_FALSE(explain("alert udp any any -> any any (content:\"World\"; sid:1;)", "x", 99).found);
}

TEST(Explain, IsJsonToo) {
  const Explanation it = explain("alert udp any any -> any any (content:\"Worms\"; sid:1;)", "Hello World");
  const std::string json = explanation_json(it, {});
  EXPECT_NE(json.find("\"stopped_at\":\"payload: content:\\\"Worms\\\"\""), json.npos) << json;
  EXPECT_NE(json.find("\"answer\":\"no\""), json.npos);
}

}  // namespace
}  // namespace culvert
