#include "defrag/fragment_map.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

#include "defrag/fragment_twin.h"
#include "testing/hex.h"

namespace culvert {
namespace {

struct Sent {
  const char* text;
  std::uint32_t offset;
  bool last;
};

std::string put_together(const std::vector<Sent>& fragments, FragmentPolicy policy) {
  FragmentMap map;
  for (const Sent& sent : fragments) {
    EXPECT_NE(map.add(as_bytes(sent.text), sent.offset, sent.last, policy),
              FragmentMap::Outcome::kTooLarge);
  }
  if (!map.is_complete()) return "(not whole)";
  std::vector<std::byte> out;
  map.append_to(out);
  return std::string(as_text(out));
}

TEST(FragmentMap, PutsFragmentsTogetherInAnyOrder) {
  EXPECT_EQ(put_together({{"aaaaaaaa", 0, false}, {"bbbb", 8, true}}, FragmentPolicy::kBsd),
            "aaaaaaaabbbb");
  EXPECT_EQ(put_together({{"bbbb", 8, true}, {"aaaaaaaa", 0, false}}, FragmentPolicy::kBsd),
            "aaaaaaaabbbb");
  EXPECT_EQ(put_together({{"aaaaaaaa", 0, false}, {"cc", 16, true}}, FragmentPolicy::kBsd),
            "(not whole)");
  // The last one says that the whole is empty: nothing is missing, whatever comes behind it.
  EXPECT_EQ(put_together({{"", 0, true}, {"aaaaaaaa", 16, false}}, FragmentPolicy::kBsd), "");
}

TEST(FragmentMap, OverlapsFollowThePolicy) {
  // a at 8..24; then b at 16..32, c at 0..16, d over all of it
  const std::vector<Sent> sent{{"aaaaaaaaaaaaaaaa", 8, false},
                               {"bbbbbbbbbbbbbbbb", 16, true},
                               {"cccccccccccccccc", 0, false},
                               {"dddddddddddddddddddddddddddddddd", 0, true}};
  const std::pair<FragmentPolicy, const char*> cases[] = {
      {FragmentPolicy::kFirst, "ccccccccaaaaaaaaaaaaaaaabbbbbbbb"},
      {FragmentPolicy::kLast, "dddddddddddddddddddddddddddddddd"},
      {FragmentPolicy::kBsd, "ccccccccccccccccdddddddddddddddd"},
      {FragmentPolicy::kBsdRight, "ddddddddaaaaaaaabbbbbbbbbbbbbbbb"},
      {FragmentPolicy::kLinux, "dddddddddddddddddddddddddddddddd"},
      {FragmentPolicy::kWindows, "ccccccccddddddddddddddddbbbbbbbb"},
      {FragmentPolicy::kSolaris, "ccccccccdddddddddddddddddddddddd"},
  };
  for (const auto& [policy, expected] : cases) {
    EXPECT_EQ(put_together(sent, policy), expected) << static_cast<int>(policy);
  }
}

TEST(FragmentMap, SaysWhatOverlapsAndWhatIsTooLarge) {
  FragmentMap map;
  EXPECT_EQ(map.add(as_bytes("aaaaaaaa"), 0, false, FragmentPolicy::kBsd),
            FragmentMap::Outcome::kAdded);
  EXPECT_EQ(map.add(as_bytes("b"), 7, false, FragmentPolicy::kBsd),
            FragmentMap::Outcome::kOverlap);
  EXPECT_EQ(map.add(as_bytes("b"), 65535, true, FragmentPolicy::kBsd),
            FragmentMap::Outcome::kTooLarge);
}

TEST(FragmentMap, AgreesWithItsTwin) {
  std::mt19937 random(4);
  for (int round = 0; round < 2000; ++round) {
    const auto policy = static_cast<FragmentPolicy>(random() % 7);
    FragmentMap map;
    FragmentTwin twin;
    for (unsigned i = 0; i < 1 + random() % 12; ++i) {
      const std::string data(random() % 40, static_cast<char>('a' + i));
      const std::uint32_t offset = 8 * (random() % 8);
      const bool last = random() % 4 == 0;
      ASSERT_NE(map.add(as_bytes(data), offset, last, policy), FragmentMap::Outcome::kTooLarge);
      twin.add(as_bytes(data), offset, last, policy);
    }
    ASSERT_EQ(map.is_complete(), twin.is_complete()) << round;
    if (!map.is_complete()) continue;
    std::vector<std::byte> out;
    map.append_to(out);
    ASSERT_EQ(as_text(out), twin.text()) << round;
  }
}

}  // namespace
}  // namespace culvert
