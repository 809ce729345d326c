#include "detect/stream_notes.h"

#include <gtest/gtest.h>

#include <set>

namespace culvert {
namespace {

const int kMatcher = 0, kOther = 0;
constexpr std::uint64_t kBack = kLongestSearched - 1;
StreamNotes::Source source(const int& matcher = kMatcher, std::uint64_t version = 1) {
  return {&matcher, 7, version};
}

/// Begins a stretch with as many bytes before it as are searched again.
void stretch(StreamNotes& notes, std::uint64_t fresh, std::uint64_t end) {
  notes.begin_stretch(source(), fresh < kBack ? 0 : fresh - kBack, fresh, end);
}
std::set<std::uint32_t> found(const StreamNotes& notes, std::uint64_t begin, std::uint64_t end) {
  std::set<std::uint32_t> patterns;
  notes.each(begin, end, [&](std::uint32_t pattern) { patterns.insert(pattern); });
  return patterns;
}
using Patterns = std::set<std::uint32_t>;

TEST(StreamNotes, StretchesThatGoOnAreOne) {
  StreamNotes notes;
  EXPECT_FALSE(notes.covers(source(), 0, 10));
  stretch(notes, 0, 1000);
  notes.add(1);
  stretch(notes, 1000, 2000);
  notes.add(1);
  notes.add(2);
  stretch(notes, 2000, 3000);
  EXPECT_TRUE(notes.covers(source(), 0, 3000));
  EXPECT_FALSE(notes.covers(source(), 0, 3001));
  EXPECT_EQ(found(notes, 0, 3000), (Patterns{1, 2}));
  EXPECT_EQ(found(notes, 0, 900), (Patterns{1}));
  EXPECT_EQ(found(notes, 980, 990), (Patterns{1, 2})) << "searched again with the second";
  EXPECT_EQ(found(notes, 2000, 3000), (Patterns{}));
}

TEST(StreamNotes, WhatDoesNotGoOnBeginsAnew) {
  const struct {
    const char* name;
    StreamNotes::Source source;
    std::uint64_t begin, fresh;
  } cases[] = {{"hole", source(), 1077, 1100},
               {"seen before", source(), 877, 900},
               {"pattern across might be missed", source(), 1000 - kBack + 1, 1000},
               {"other matcher", source(kOther), 1000 - kBack, 1000},
               {"bytes were changed", source(kMatcher, 2), 1000 - kBack, 1000}};
  for (const auto& each : cases) {
    StreamNotes notes;
    stretch(notes, 100, 1000);
    notes.add(1);
    notes.begin_stretch(each.source, each.begin, each.fresh, 2000);
    notes.add(2);
    EXPECT_FALSE(notes.covers(each.source, 500, 2000)) << each.name;
    EXPECT_FALSE(notes.covers(source(), 500, 900)) << each.name;
    EXPECT_TRUE(notes.covers(each.source, each.fresh, 2000)) << each.name;
    EXPECT_EQ(found(notes, each.begin, 2000), (Patterns{2})) << each.name;
  }
}

TEST(StreamNotes, NothingIsKnownOfUnknownVersions) {
  StreamNotes notes;
  notes.begin_stretch(source(kMatcher, 0), 0, 0, 100);
  EXPECT_FALSE(notes.covers(source(kMatcher, 0), 0, 100));
}

TEST(StreamNotes, TooManyPatternsLeaveTheLastStretch) {
  StreamNotes notes;
  stretch(notes, 0, 1000);
  for (std::uint32_t i = 0; i < StreamNotes::kMost; ++i) notes.add(i);
  EXPECT_TRUE(notes.covers(source(), 0, 1000));
  stretch(notes, 1000, 2000);
  notes.add(3);
  notes.add(500);
  EXPECT_FALSE(notes.covers(source(), 0, 2000));
  EXPECT_TRUE(notes.covers(source(), 1000, 2000));
  EXPECT_EQ(found(notes, 1000, 2000), (Patterns{3, 500}));
}

TEST(StreamNotes, TooManyPatternsInOneStretchLeaveNothing) {
  StreamNotes notes;
  stretch(notes, 0, 1000);
  for (std::uint32_t i = 0; i <= StreamNotes::kMost; ++i) notes.add(i);
  EXPECT_FALSE(notes.covers(source(), 0, 1000));
  EXPECT_FALSE(notes.covers(source(), 900, 1000));
  stretch(notes, 1000, 2000);
  EXPECT_TRUE(notes.covers(source(), 1000, 2000));
  EXPECT_FALSE(notes.covers(source(), 0, 2000));
}

}  // namespace
}  // namespace culvert
