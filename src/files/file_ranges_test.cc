#include "files/file_ranges.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

using std::chrono::seconds;

constexpr std::string_view kText = "0123456789abcdef";

Timestamp at(int second) { return Timestamp{} + seconds(second); }

/// Brings the bytes first..last; the whole as text, or "".
std::string bring(FileRanges& ranges, std::uint64_t first, std::uint64_t last,
                  Timestamp now = at(1), std::uint64_t tenant = 0) {
  auto part = ranges.begin({tenant, {}}, "a", {first, last}, kText.size(), now);
  if (part == nullptr) return "no part";
  for (std::uint64_t i = first; i <= last; ++i) ranges.append(*part, as_bytes(kText.substr(i, 1)));
  const auto whole = ranges.end(std::move(part), now);
  return whole ? std::string(as_text(Bytes(*whole))) : "";
}

TEST(FileRanges, PartsInAnyOrderMakeTheWhole) {
  const struct {
    const char* name;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> parts;
  } cases[] = {
      {"in order", {{0, 4}, {5, 9}, {10, 15}}},
      {"backwards", {{10, 15}, {5, 9}, {0, 4}}},
      {"overlapping", {{0, 6}, {8, 15}, {5, 9}}},
      {"one within another", {{4, 15}, {6, 8}, {0, 3}}},
      {"the same place, shorter", {{4, 15}, {4, 8}, {0, 3}}},
      {"the same place, longer", {{4, 8}, {4, 15}, {0, 3}}},
  };
  for (const auto& [name, parts] : cases) {
    FileRanges ranges({});
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const std::string whole = bring(ranges, parts[i].first, parts[i].second);
      EXPECT_EQ(whole, i + 1 == parts.size() ? kText : "") << name << i;
    }
    EXPECT_EQ(ranges.used_bytes(), 0u) << name;
    EXPECT_EQ(ranges.counters().wholes.value(), 1u) << name;
  }
}

TEST(FileRanges, NoPartOfAFile) {
  FileRanges ranges({});
  EXPECT_EQ(bring(ranges, 0, 15), "no part");  // all of it
  EXPECT_EQ(ranges.begin({}, "a", {5, 4}, 16, at(1)), nullptr);
  EXPECT_EQ(ranges.begin({}, "a", {5, 16}, 16, at(1)), nullptr);
  EXPECT_EQ(ranges.begin({}, "a", {0, ~std::uint64_t{0}}, 0, at(1)), nullptr);
  EXPECT_EQ(ranges.used_bytes(), 0u);
}

TEST(FileRanges, APartThatBreaksOffDoesNotCount) {
  FileRanges ranges({});
  auto part = ranges.begin({}, "a", {0, 7}, kText.size(), at(1));
  ranges.append(*part, as_bytes("0123"));
  EXPECT_FALSE(ranges.end(std::move(part), at(1)));
  EXPECT_EQ(bring(ranges, 8, 15), "");
  EXPECT_EQ(bring(ranges, 0, 7), kText);
}

TEST(FileRanges, TenantsDoNotMeet) {
  FileRanges ranges({});
  EXPECT_EQ(bring(ranges, 0, 7, at(1), 1), "");
  EXPECT_EQ(bring(ranges, 8, 15, at(1), 2), "");
  EXPECT_EQ(bring(ranges, 8, 15, at(1), 1), kText);
}

TEST(FileRanges, AWholeIsForgottenWhenNoPartComes) {
  FileRanges ranges({.timeout = seconds(60)});
  EXPECT_EQ(bring(ranges, 0, 7, at(1)), "");
  EXPECT_EQ(bring(ranges, 8, 15, at(62)), "");
  EXPECT_EQ(ranges.counters().timeouts.value(), 1u);
  EXPECT_EQ(bring(ranges, 0, 7, at(63)), kText);
}

TEST(FileRanges, MemoryIsLimited) {
  FileRanges ranges({.memory = 12});
  EXPECT_EQ(bring(ranges, 0, 7), "");
  EXPECT_EQ(bring(ranges, 8, 15), "no part");
  EXPECT_EQ(ranges.counters().memory_full.value(), 1u);
  EXPECT_EQ(ranges.used_bytes(), 8u);
}

}  // namespace
}  // namespace culvert
