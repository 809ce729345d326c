#include "detect/recent_scans.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace culvert {
namespace {

/// Finds the digits of a text, and counts how often it had to look.
class Searcher {
 public:
  Searcher() { recent_.reset(3); }

  std::string scan(std::uint16_t source, std::string_view text) {
    std::string found;
    recent_.scan(
        source, as_bytes(text),
        [&](auto&& note) {
          ++searches;
          for (const char c : text) {
            if (c >= '0' && c <= '9') note(static_cast<std::uint32_t>(c + source));
          }
        },
        [&](std::uint32_t number, auto&& keep) {
          if (static_cast<char>(number - std::uint32_t{source}) != useless) keep(number);
        },
        [&](std::uint32_t number) { found += static_cast<char>(number - std::uint32_t{source}); });
    return found;
  }
  RecentScans& recent() { return recent_; }

  int searches = 0;
  char useless = 0;  ///< a digit that need not be remembered

 private:
  RecentScans recent_{1};
};

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

TEST(RecentScans, SearchesTheSameBytesTwice) {
  const std::string longest = std::string(RecentScans::kLongest - 1, 'x') + "7";
  for (const std::string& text : {std::string("Mozilla/5.0"), std::string("no digits"), longest,
                                  std::string("01234567", RecentScans::kShortest),
                                  std::string("\0\0\0 4\0\0\0", 8), std::string("1234567....")}) {
    const bool is_too_much = digits_of(text).size() > RecentScans::kMostFound;
    Searcher searcher;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(searcher.scan(1, text), digits_of(text)) << text;
    EXPECT_EQ(searcher.searches, is_too_much ? 5 : 2) << text;
  }
}

TEST(RecentScans, SearchesEachTimeWhatIsNotRemembered) {
  for (const std::string& text :
       {std::string(), std::string(RecentScans::kShortest - 1, '7'),
        std::string(RecentScans::kLongest, 'x') + "7", std::string("12345678")}) {
    Searcher searcher;
    for (int i = 0; i < 3; ++i) EXPECT_EQ(searcher.scan(0, text), digits_of(text)) << text;
    EXPECT_EQ(searcher.searches, 3) << text;
  }
}

TEST(RecentScans, RemembersWhatIsOfUse) {
  Searcher searcher;
  searcher.useless = '2';
  EXPECT_EQ(searcher.scan(0, "some text 12"), "12");
  EXPECT_EQ(searcher.scan(0, "some text 12"), "12");
  EXPECT_EQ(searcher.scan(0, "some text 12"), "1");
}

TEST(RecentScans, TellsSourcesApart) {
  Searcher searcher;
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(searcher.scan(0, "some text 1"), "1");
    EXPECT_EQ(searcher.scan(2, "some text 1"), "1");  // by another number
  }
  EXPECT_EQ(searcher.searches, 4);
}

TEST(RecentScans, TellsBytesApart) {
  // Each differs in one byte from all others.
  Searcher searcher;
  for (int round = 0; round < 4; ++round) {
    for (std::size_t i = 0; i < 20; ++i) {
      std::string text(20, 'x');
      text[i] = static_cast<char>('0' + i % 10);
      EXPECT_EQ(searcher.scan(0, text), digits_of(text));
    }
  }
  EXPECT_LT(searcher.searches, 3 * 20);
}

TEST(RecentScans, ForgetsAll) {
  Searcher searcher;
  for (int i = 0; i < 3; ++i) searcher.scan(0, "some text 1");
  searcher.recent().reset(3);
  searcher.scan(0, "some text 1");
  EXPECT_EQ(searcher.searches, 3);
}

TEST(RecentScans, SaysTheSameAsASearchWhateverComes) {
  // Some values again and again, and a source that is never lucky.
  Searcher searcher;
  for (int i = 0; i < 50'000; ++i) {
    const std::string often = "user agent " + std::to_string(i % 7) + std::string(i % 3 == 0, '1');
    const std::string seldom = "session=" + std::to_string(i * 7919LL % 100'000);
    ASSERT_EQ(searcher.scan(0, often), digits_of(often)) << i;
    ASSERT_EQ(searcher.scan(1, seldom), digits_of(seldom)) << i;
  }
  EXPECT_LT(searcher.searches, 51'000);
}

TEST(RecentScans, MakesRoomForWhatComesMoreOften) {
  // Ten times as many values as there is room for, once; then some of others again and again.
  Searcher searcher;
  for (std::size_t i = 0; i < 10 * RecentScans::kValues; ++i) {
    for (int twice = 0; twice < 2; ++twice)
      searcher.scan(0, "once in a while " + std::to_string(i));
  }
  searcher.searches = 0;
  for (int i = 0; i < 1000; ++i) searcher.scan(2, "all the time " + std::to_string(i % 10));
  EXPECT_LT(searcher.searches, 200);
}

TEST(RecentScans, LetsASourceAloneForAWhileThatIsNeverLucky) {
  Searcher searcher;
  for (int i = 0; i < 100; ++i) searcher.scan(0, "request " + std::to_string(i * 1000));
  searcher.searches = 0;
  for (int i = 0; i < 3; ++i) searcher.scan(0, "some text");
  EXPECT_EQ(searcher.searches, 3);  // not looked up
  for (int i = 0; i < 2000; ++i) searcher.scan(0, "some text");
  searcher.searches = 0;
  searcher.scan(0, "some text");
  EXPECT_EQ(searcher.searches, 0);
}

}  // namespace
}  // namespace culvert
