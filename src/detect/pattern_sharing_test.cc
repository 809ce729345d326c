#include "detect/pattern_sharing.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert {
namespace {

/// A prefilter of the words begin..end-1, each of which has the rule of its number.
struct Words {
  Words(std::uint32_t begin, std::uint32_t end, bool nocase = false) {
    prefilter.first.push_back(0);
    for (std::uint32_t word = begin; word < end; ++word) {
      set.add("word " + std::to_string(word), nocase);
      prefilter.rules.push_back(word);
      prefilter.first.push_back(static_cast<std::uint32_t>(prefilter.rules.size()));
    }
  }
  PatternSet set;
  Prefilter prefilter;
};

/// Whether the prefilter finds the rules begin..end-1 by their words in `set`, and no others.
void expect_rules(const Prefilter& prefilter, const PatternSet& set, std::uint32_t begin,
                  std::uint32_t end) {
  ASSERT_EQ(prefilter.first.size(), set.size() + 1);
  EXPECT_EQ(prefilter.rules.size(), end - begin);
  for (const BytePattern& pattern : set.patterns()) {
    const auto word = static_cast<std::uint32_t>(std::stoul(pattern.bytes.substr(5)));
    const auto rules = prefilter.rules_of(pattern.id);
    const bool is_its_own = word >= begin && word < end;
    ASSERT_EQ(rules.size(), is_its_own ? 1u : 0u) << word;
    if (is_its_own) {
      EXPECT_EQ(rules[0], word);
    }
  }
}

TEST(PatternSharing, SetsThatAreCloseUseTheirUnion) {
  Words a(0, 100), b(3, 104), far(50, 150), other_case(0, 100, true), small(0, 10), small_too(0, 10);
  std::vector<PendingPrefilter> pending;
  for (Words* each : {&a, &b, &far, &other_case, &small, &small_too}) {
    pending.push_back({&each->set, &each->prefilter});
  }
  PatternSharing sharing;
  sharing.share(pending);
  EXPECT_EQ(pending[0].patterns, pending[1].patterns);
  EXPECT_EQ(pending[0].patterns->size(), 104u);
  expect_rules(a.prefilter, *pending[0].patterns, 0, 100);
  expect_rules(b.prefilter, *pending[1].patterns, 3, 104);
  for (const auto& [index, words] : {std::pair{2u, &far}, {3u, &other_case}, {4u, &small}}) {
    EXPECT_EQ(pending[index].patterns, &words->set) << index;
  }
  expect_rules(far.prefilter, far.set, 50, 150);
}

TEST(PatternSharing, UnionsDoNotGrowFromSetToSet) {
  std::vector<Words> words;
  for (std::uint32_t i = 0; i < 10; ++i) words.emplace_back(4 * i, 100 + 4 * i);
  std::vector<PendingPrefilter> pending;
  for (Words& each : words) pending.push_back({&each.set, &each.prefilter});
  PatternSharing sharing;
  sharing.share(pending);
  for (std::uint32_t i = 0; i < 10; ++i) {
    EXPECT_LE(pending[i].patterns->size(), 110u);
    expect_rules(words[i].prefilter, *pending[i].patterns, 4 * i, 100 + 4 * i);
  }
  EXPECT_EQ(pending[0].patterns, pending[1].patterns);
  EXPECT_NE(pending[0].patterns, pending[9].patterns);
}

}  // namespace
}  // namespace culvert
