#include "builtin/detection_twin.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

/// xorshift64: the same numbers everywhere.
std::vector<std::byte> numbers(std::uint64_t seed, std::size_t size) {
  std::vector<std::byte> bytes(size);
  std::uint64_t state = seed * 0x9e3779b97f4a7c15u + 1;
  for (std::byte& each : bytes) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    each = static_cast<std::byte>(state >> 32);
  }
  return bytes;
}

TEST(Detection, FindsWhatTheObviousMatcherFinds) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const std::string difference = twin::compare_detection(numbers(seed, 400));
    ASSERT_EQ(difference, "") << "seed " << seed;
  }
}

TEST(DetectionTwin, TriesEveryPlace) {
  using twin::Step;
  const auto content = [](std::string_view bytes) {
    Step step;
    step.bytes = bytes;
    return step;
  };
  Step near = content("b");
  near.relative = true;
  near.within = 1;
  EXPECT_TRUE(twin::chain_holds({content("a"), near}, 0, "aaab", 0));
  EXPECT_FALSE(twin::chain_holds({content("a"), near}, 0, "aaBb", 0));
  near.negated = true;
  EXPECT_TRUE(twin::chain_holds({content("a"), near}, 0, "abaa", 0));
  EXPECT_FALSE(twin::chain_holds({content("a"), near}, 0, "abab", 0));
}

}  // namespace
}  // namespace culvert
