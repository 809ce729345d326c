#include "io/busy_wait.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

using namespace std::chrono_literals;

/// Looks for a packet that comes at the `after`th look; whether it looked at all, and found it.
struct Look {
  bool looked = false, found = false;
};
Look look(BusyWait& wait, int after) {
  Look result;
  result.found = wait.look([&] {
    result.looked = true;
    return after-- == 0;
  });
  return result;
}
constexpr int kNever = -1;

TEST(BusyWait, SleepsUntilPacketsComeInQuickSuccession) {
  BusyWait wait(50us);
  EXPECT_FALSE(look(wait, 0).looked);
  wait.learn(30us);
  EXPECT_FALSE(look(wait, 0).looked) << "once may be chance";
  wait.learn(49us);
  EXPECT_TRUE(look(wait, 3).found);
}

TEST(BusyWait, GivesUpWhenTheyDoNot) {
  BusyWait wait(50us);
  for (int i = 0; i < 10; ++i) wait.learn(1us);
  int looks = 0;
  for (; looks < 10; ++looks) {
    const Look result = look(wait, kNever);
    EXPECT_FALSE(result.found);
    if (!result.looked) break;
  }
  EXPECT_EQ(looks, 3) << "a few are forgiven";
  wait.learn(100us);
  wait.learn(100us);
  wait.learn(10us);
  EXPECT_FALSE(look(wait, 0).looked);
  wait.learn(10us);
  EXPECT_TRUE(look(wait, 0).found);
}

TEST(BusyWait, LooksForAsLongAsItMay) {
  BusyWait wait(3ms);
  wait.learn(0us);
  wait.learn(0us);
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_FALSE(look(wait, kNever).found);
  EXPECT_GE(std::chrono::steady_clock::now() - begin, 3ms);
}

TEST(BusyWait, ZeroIsNever) {
  BusyWait wait(0us);
  for (int i = 0; i < 10; ++i) wait.learn(0us);
  EXPECT_FALSE(look(wait, 0).looked);
}

}  // namespace
}  // namespace culvert
