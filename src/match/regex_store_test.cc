#include "match/regex_store.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

TEST(RegexStore, SharesWhatIsWrittenTheSame) {
  RegexStore store;
  RegexFlags caseless;
  caseless.caseless = true;
  const auto a = store.compile("a+b", {}), again = store.compile("a+b", {});
  const auto other_flags = store.compile("a+b", caseless), other = store.compile("a+c", {});
  ASSERT_TRUE(a && again && other_flags && other);
  EXPECT_EQ(*a, *again);
  EXPECT_NE(*a, *other_flags);
  EXPECT_NE(*a, *other);
  RegexScratch scratch(1000, 1000);
  const Bytes subject = as_bytes(std::string_view("xAAB"));
  EXPECT_EQ((*a)->match(subject, 0, scratch), RegexOutcome::kNoMatch);
  EXPECT_EQ((*other_flags)->match(subject, 0, scratch), RegexOutcome::kMatch);
}

TEST(RegexStore, TellsOfWrongOnesEachTime) {
  RegexStore store;
  EXPECT_FALSE(store.compile("a(", {}));
  EXPECT_FALSE(store.compile("a(", {}));
}

}  // namespace
}  // namespace culvert
