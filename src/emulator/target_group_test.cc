#include "emulator/target_group.h"

#include <gtest/gtest.h>

#include <map>

#include "base/hash.h"

namespace culvert::emulator {
namespace {

using std::chrono::seconds;

TEST(TargetHealth, FollowsTheThresholds) {
  const struct {
    const char* name;
    const char* checks;  // + passed, - failed
    Health expected;
  } cases[] = {
      {"none yet", "", Health::kInitial},
      {"one pass is enough at first", "+", Health::kHealthy},
      {"one failure is not", "-", Health::kInitial},
      {"two failures are", "--", Health::kUnhealthy},
      {"a failure between passes", "+-+-+-", Health::kHealthy},
      {"two in a row", "+--", Health::kUnhealthy},
      {"two passes are not enough to return", "--++", Health::kUnhealthy},
      {"three are", "--+++", Health::kHealthy},
      {"but in a row", "--++-+", Health::kUnhealthy},
  };
  for (const auto& row : cases) {
    TargetHealth health(3, 2);
    for (const char* check = row.checks; *check != '\0'; ++check) health.on_check(*check == '+');
    EXPECT_EQ(health.health(), row.expected) << row.name;
  }
}

std::map<std::size_t, int> spread_of(const TargetGroup& group) {
  std::map<std::size_t, int> counts;
  for (std::uint64_t i = 0; i < 1000; ++i)
    if (const auto target = group.choose(mix64(i, 0x9e3779b97f4a7c15u))) ++counts[*target];
  return counts;
}

TEST(TargetGroup, SpreadsFlowsOverHealthyTargets) {
  TargetGroup group({1, 2, 3, 4}, false);
  const auto counts = spread_of(group);
  ASSERT_EQ(counts.size(), 4u);
  for (const auto& [target, count] : counts) EXPECT_GT(count, 150) << target;
  group.targets()[2].health = Health::kUnhealthy;
  EXPECT_EQ(spread_of(group).count(2), 0u);
}

TEST(TargetGroup, MovesOnlyTheFlowsOfATargetThatFails) {
  TargetGroup before({1, 2, 3}, false), after({1, 2, 3}, false);
  after.targets()[1].health = Health::kUnhealthy;
  for (std::uint64_t i = 0; i < 200; ++i) {
    const std::uint64_t hash = mix64(i, 0x9e3779b97f4a7c15u);
    if (before.choose(hash) != 1u) {
      EXPECT_EQ(before.choose(hash), after.choose(hash));
    }
  }
}

TEST(TargetGroup, FailsOpenWhenNoneIsHealthy) {
  TargetGroup group({1, 2}, true);
  EXPECT_FALSE(group.has_healthy());
  EXPECT_TRUE(group.choose(12345));
  group.targets()[0].health = Health::kUnhealthy;
  group.targets()[1].health = Health::kUnhealthy;
  EXPECT_TRUE(group.choose(12345));
}

TEST(TargetGroup, DrainsForTheDelay) {
  TargetGroup group({1, 2}, false);
  ASSERT_TRUE(group.deregister_target(1, seconds(10), seconds(5)));
  EXPECT_FALSE(group.deregister_target(1, seconds(10), seconds(5)));
  EXPECT_FALSE(group.deregister_target(9, seconds(10), seconds(5)));
  EXPECT_EQ(spread_of(group).count(0), 0u);
  group.advance(seconds(14));
  EXPECT_EQ(group.targets()[0].registration, Target::Registration::kDraining);
  group.advance(seconds(15));
  EXPECT_EQ(group.targets()[0].registration, Target::Registration::kUnused);
  ASSERT_TRUE(group.register_target(1));
  EXPECT_EQ(spread_of(group).size(), 2u);
  ASSERT_TRUE(group.deregister_target(1, seconds(20), seconds(0)));
  ASSERT_TRUE(group.deregister_target(2, seconds(20), seconds(0)));
  EXPECT_FALSE(group.choose(1));
}

}  // namespace
}  // namespace culvert::emulator
