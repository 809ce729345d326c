#include "config/line_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/classification.h"
#include "config/reference.h"
#include "config/threshold_file.h"

namespace culvert {
namespace {

using ::testing::HasSubstr;

TEST(LineFile, SkipsCommentsJoinsLinesAndKnowsPlaces) {
  const auto lines = split_config_lines("# c\n\n a b \nc \\\n  d\n#x \\\ne\nf\\", "x");
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_EQ(lines[0].text, "a b");
  EXPECT_EQ(lines[0].where, "x:3");
  EXPECT_EQ(lines[1].text, "c d");
  EXPECT_EQ(lines[1].where, "x:4");
  EXPECT_EQ(lines[2].where, "x:7");
  EXPECT_EQ(lines[3].text, "f");
}

TEST(Classifications, TakeWhatTheReferenceTakes) {
  const std::pair<const char*, bool> cases[] = {
      {"config classification: aaa,A a a,3", true},
      {"config classification:bbb , B b , 2", true},
      {" config classification: lead,Lead,1", true},
      {"config classification: com,A, B, C,1", true},
      {"config classification: zero,Zero,0", true},
      {"config classification: neg,Neg,-1", false},
      {"config classification: five,Five,5 trailing", false},
      {"config classification: no priority", false},
      {"garbage", false},
      {"config classification: sp ace,Sp,1", false},
      {"CONFIG CLASSIFICATION: up,Up,1", false},
  };
  for (const auto& [line, ok] : cases) {
    Complaints complaints;
    const auto result = parse_classifications(line, "x", complaints);
    EXPECT_EQ(complaints.ok(), ok) << line;
    EXPECT_EQ(result.all().size(), ok ? 1u : 0u) << line;
  }
  Complaints complaints;
  const auto result = parse_classifications(
      "config classification: com,A, B, C,1\nconfig classification: com,Again,2\n", "x",
      complaints);
  ASSERT_NE(result.find("COM"), nullptr);
  EXPECT_EQ(result.find("com")->description, "A, B, C");
  EXPECT_EQ(result.find("com")->priority, 1);
  EXPECT_EQ(result.find("none"), nullptr);
}

TEST(References, TakeNamesAndPrefixes) {
  Complaints complaints;
  const auto result = parse_references(
      "config reference: McAfee   https://x/v_\n# c\nconfig reference: nourl\ngarbage\n", "r",
      complaints);
  ASSERT_NE(result.find("mcafee"), nullptr);
  EXPECT_EQ(*result.find("mcafee"), "https://x/v_");
  EXPECT_EQ(complaints.errors.size(), 2u);
  EXPECT_THAT(complaints.errors[0].text(), HasSubstr("r:3: Invalid Reference Config in"));
}

TEST(ThresholdFile, ReadsEachVerb) {
  Complaints complaints;
  const auto entries = parse_threshold_file(
      "threshold gen_id 1, sig_id 2, type both, track by_flow, count 3, seconds 60\n"
      "event_filter gen_id 1, sig_id 2, type limit, track by_src, count 3, seconds 60\n"
      "rate_filter gen_id 1, sig_id 7, track by_both, count 1, seconds 2, \\\n"
      "  new_action drop, timeout 9\n"
      "suppress gen_id 1, sig_id 4\n"
      "suppress gen_id 0, sig_id 0, track by_either, ip [1.2.3.4,!10.0.0.0/8]\n"
      "suppress gen_id 1, sig_id 1, track by_dst, ip $A\n",
      "t", complaints);
  EXPECT_TRUE(complaints.ok());
  ASSERT_EQ(entries.size(), 6u);
  EXPECT_EQ(entries[0].type, ThresholdType::kBoth);
  EXPECT_EQ(entries[0].track, ThresholdTrack::kByFlow);
  EXPECT_EQ(entries[1].verb, ThresholdVerb::kThreshold);
  EXPECT_EQ(entries[2].new_action, ThresholdAction::kDrop);
  EXPECT_EQ(entries[2].timeout_seconds, 9u);
  EXPECT_EQ(entries[2].where, "t:3");
  EXPECT_EQ(entries[3].track, ThresholdTrack::kNone);
  EXPECT_EQ(entries[4].addresses, "[1.2.3.4,!10.0.0.0/8]");
  EXPECT_EQ(entries[5].addresses, "$A");
}

TEST(ThresholdFile, SaysWhatIsWrong) {
  const std::pair<const char*, const char*> cases[] = {
      {"this is not correct", "begins with threshold"},
      {"suppress gen_id 1", "\"sig_id\" is missing"},
      {"suppress gen_id 1, sig_id 1, track by_foo, ip 1.2.3.4", "one of by_src, by_dst, by_either"},
      {"suppress gen_id 1, sig_id 1, track by_src", "\"ip\" is missing"},
      {"threshold gen_id 1, sig_id 1, type foo, track by_src, count 1, seconds 60", "one of limit"},
      {"threshold gen_id 1, sig_id x, type limit, track by_src, count 1, seconds 60",
       "whole number"},
      {"rate_filter gen_id 1, sig_id 1, track by_src, count 1, seconds 6, new_action foo, timeout "
       "1",
       "one of alert"},
      {"suppress gen_id 1, sig_id 1, more 1", "\"more\" is unknown here"},
      {"suppress gen_id 1, sig_id 1, , ", "every setting"},
  };
  for (const auto& [line, expected] : cases) {
    Complaints complaints;
    parse_threshold_file(line, "t", complaints);
    ASSERT_EQ(complaints.errors.size(), 1u) << line;
    EXPECT_THAT(complaints.errors[0].text(), HasSubstr(expected)) << line;
  }
}

}  // namespace
}  // namespace culvert
