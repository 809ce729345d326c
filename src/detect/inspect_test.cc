#include "detect/inspect.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "detect/keyword.h"

namespace culvert {
namespace {

struct Row {
  std::string_view name;
  std::uint64_t window_begins;
  std::int64_t offset, depth;  ///< -1: not given
  bool negated;
  bool matches;
};

// "needle" begins at byte 100 of the whole, the window ends at 200. As the reference was seen to
// judge (8.0.8, `file.data` and frames).
constexpr Row kRows[] = {
    {"all in sight", 0, -1, -1, false, true},
    {"depth fits", 0, -1, 106, false, true},
    {"depth is short by one", 0, -1, 105, false, false},
    {"offset fits", 0, 100, -1, false, true},
    {"offset is behind it", 0, 101, -1, false, false},
    {"a later window", 50, -1, -1, false, true},
    {"a later window, depth counts from the start of all", 50, -1, 106, false, true},
    {"a later window, depth is short by one", 50, -1, 105, false, false},
    {"a later window, depth ended before it", 50, -1, 40, false, false},
    {"a later window, depth ended before it, negated", 50, -1, 40, true, false},
    {"a later window, depth ends in it, negated", 50, -1, 105, true, true},
    {"a later window, offset counts from the window", 50, 50, -1, false, true},
    {"a later window, offset is behind it", 50, 51, -1, false, false},
    {"a later window, offset and depth", 50, 10, 96, false, true},
    {"a later window, offset and depth, short by one", 50, 10, 95, false, false},
    {"startswith in a later window", 100, -1, 6, false, false},
};

TEST(Inspect, OffsetAndDepthInWindows) {
  const std::string all = std::string(100, '.') + "needle" + std::string(94, '.');
  for (const Row& row : kRows) {
    auto item = std::make_unique<ContentItem>();
    const Bytes pattern = as_bytes("needle");
    item->bytes.assign(pattern.begin(), pattern.end());
    item->matcher.emplace("needle", false);
    item->negated = row.negated;
    if (row.offset >= 0) {
      item->has_offset = true;
      item->offset.number = row.offset;
    }
    if (row.depth >= 0) {
      item->has_depth = true;
      item->depth.number = row.depth;
    }
    InspectChain chain;
    chain.push_back(std::move(item));
    InspectState state;
    state.recursions_left = 100;
    InspectBuffer buffer;
    buffer.bytes = as_bytes(std::string_view(all).substr(row.window_begins));
    buffer.offset = row.window_begins;
    EXPECT_EQ(inspect_buffer(chain, buffer, MatchContext{}, state), row.matches) << row.name;
  }
}

}  // namespace
}  // namespace culvert
