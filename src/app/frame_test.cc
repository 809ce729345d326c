#include "app/frame.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert {
namespace {

/// "from..to", with "!" when that is the frame's end; "waits".
std::string window_text(const Frame& frame, const FrameReach& reach) {
  const auto window = window_of(frame, reach);
  if (!window) return "waits";
  return std::to_string(window->from) + ".." + std::to_string(window->to) +
         (window->is_last ? "!" : "");
}

TEST(WindowOf, SaysWhatIsToBeLookedAt) {
  const struct {
    const char* name;
    Frame frame;
    FrameReach reach;
    const char* window;
  } cases[] = {
      {"all of it is there", {.begin = 10, .length = 5}, {.limit = 20}, "10..15!"},
      {"an empty one", {.begin = 10, .length = 0}, {.limit = 10}, "10..10!"},
      {"a piece that is not worth a look", {.begin = 10, .length = 9000}, {.limit = 2509}, "waits"},
      {"a piece that is", {.begin = 10, .length = 9000}, {.limit = 2510}, "10..2510"},
      {"the next piece", {.begin = 10, .length = 9000, .inspected = 2500}, {.limit = 5010}, "2510..5010"},
      {"its last piece, however small", {.begin = 10, .length = 2600, .inspected = 2500}, {.limit = 9000},
       "2510..2610!"},
      {"the stream has ended", {.begin = 10}, {.limit = 15, .has_ended = true}, "10..15!"},
      {"a cut one at the end", {.begin = 10, .length = 9}, {.limit = 15, .has_ended = true}, "10..15"},
      {"nothing new at the end", {.begin = 10, .inspected = 5}, {.limit = 15, .has_ended = true}, "waits"},
      {"inline each byte counts", {.begin = 10}, {.limit = 11, .is_inline = true}, "10..11"},
      {"inline with what came before",
       {.begin = 10, .inspected = 4000, .is_seen = true},
       {.limit = 4020, .is_inline = true},
       "1510..4020"},
      {"inline once more at the end",
       {.begin = 10, .inspected = 5, .is_seen = true},
       {.limit = 15, .is_inline = true, .has_ended = true},
       "10..15!"},
      {"over", {.begin = 10, .length = 5, .is_over = true}, {.limit = 20}, "waits"},
  };
  for (const auto& c : cases) EXPECT_EQ(window_text(c.frame, c.reach), c.window) << c.name;
}

TEST(FrameList, FramesGoWhenTheyHaveBeenShownWhole) {
  FrameList list;
  list.set_boundary(7);
  list.add(1, 0, 5);
  const std::uint32_t open = list.add(2, 0);
  EXPECT_EQ(open, 2u);
  const FrameReach reach{.limit = 7, .edge = 7};
  EXPECT_EQ(list.needs_from(reach), 0u);
  list.settle(reach);
  ASSERT_EQ(list.frames().size(), 1u);
  EXPECT_EQ(list.frames()[0].id, open);
  list.close(open, 7);
  list.settle(reach);
  EXPECT_TRUE(list.frames().empty());
  EXPECT_EQ(list.needs_from(reach), 7u);
  list.close(open, 9);  // it is gone: nothing happens
  EXPECT_EQ(list.add(1, 7, 1), 3u);
}

TEST(FrameList, WhatWasShownOfAnOpenFrameIsNotNeededAgain) {
  FrameList list;
  list.set_boundary(10000);
  list.add(0, 0);
  const FrameReach reach{.limit = 3000, .edge = 3000};
  list.settle(reach);
  EXPECT_EQ(list.frames()[0].inspected, 3000u);
  EXPECT_EQ(list.needs_from(reach), 3000u);
  const FrameReach inline_reach{.limit = 3000, .edge = 3000, .is_inline = true};
  EXPECT_EQ(list.needs_from(inline_reach), 500u);
}

TEST(FrameList, HoldsNoMoreThanItsMost) {
  FrameList list;
  for (std::size_t i = 0; i < FrameList::kMost; ++i) EXPECT_NE(list.add(0, i, 1), 0u);
  EXPECT_EQ(list.add(0, 1, 1), 0u);
  EXPECT_EQ(list.take_dropped(), 1u);
  EXPECT_EQ(list.take_dropped(), 0u);
  list.clear();
  EXPECT_EQ(list.add(0, 1, 1), 1u);
}

}  // namespace
}  // namespace culvert
