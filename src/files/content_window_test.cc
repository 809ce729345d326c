#include "files/content_window.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace culvert {
namespace {

TEST(ContentWindow, KeepsWhatIsNotTrimmed) {
  BlockPool pool(1 << 20);
  ContentWindow window(pool);
  EXPECT_TRUE(window.append(as_bytes("0123456789")));
  window.trim(4);
  EXPECT_TRUE(window.append(as_bytes("abc")));
  EXPECT_EQ(as_text(window.view()), "456789abc");
  EXPECT_EQ(window.begin(), 4u);
  EXPECT_EQ(window.end(), 13u);
  EXPECT_EQ(as_text(window.from(10)), "abc");
  EXPECT_EQ(as_text(window.from(0)), "456789abc");
  window.skip(7);
  EXPECT_EQ(window.begin(), 20u);
  EXPECT_TRUE(window.view().empty());
  window.clear();
  EXPECT_EQ(pool.used_bytes(), 0u);
}

TEST(ContentWindow, ItsTwinIsAString) {
  BlockPool pool(1 << 22);
  ContentWindow window(pool);
  std::string all;
  std::mt19937 random(7);
  for (int turn = 0; turn < 3000; ++turn) {
    const std::string piece(random() % 700, static_cast<char>('a' + turn % 26));
    ASSERT_TRUE(window.append(as_bytes(piece)));
    all += piece;
    if (random() % 3 == 0) window.trim(all.size() - std::min<std::size_t>(all.size(), random() % 4000));
    ASSERT_EQ(window.end(), all.size());
    ASSERT_EQ(as_text(window.view()), std::string_view(all).substr(window.begin()));
  }
}

TEST(ContentWindow, WithoutMemoryItBeginsAgain) {
  BlockPool pool(4096);
  ContentWindow window(pool);
  EXPECT_TRUE(window.append(as_bytes(std::string(2048, 'a'))));
  EXPECT_FALSE(window.append(as_bytes(std::string(8192, 'b'))));
  EXPECT_EQ(window.begin(), 10240u);
  EXPECT_TRUE(window.append(as_bytes("c")));
  EXPECT_EQ(as_text(window.view()), "c");
}

}  // namespace
}  // namespace culvert
