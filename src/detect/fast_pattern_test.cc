#include "detect/fast_pattern.h"

#include <gtest/gtest.h>

#include <string_view>

#include "detect/inspect_size.h"

namespace culvert {
namespace {

TEST(SearchedWindow, EndsWhereBytesAreRare) {
  const struct {
    const char* name;
    std::string_view pattern, window;
  } cases[] = {
      {"short ones stay whole", "ion of", "ion of"},
      {"eight bytes stay whole", "notation", "notation"},
      {"rare bytes inside end it", "<<%zq#!~ information", "<<%zq#!~"},
      {"rare bytes at the end keep what is before", "information of {[(#", "information of {[(#"},
      {"what all traffic has is not enough", "User-Agent:  Nmap is the", "User-Agent:  Nmap "},
      {"nor with a byte or two more", "<title>PANEL ANTIBOT of the", "<title>PANEL ANTIBOT"},
      {"at most 24 bytes", "the information is not in the {[(# nation", "ation is not in the {[(#"},
  };
  for (const auto& each : cases) {
    EXPECT_EQ(as_text(searched_window(as_bytes(each.pattern))), each.window) << each.name;
  }
}

TEST(IsAtEnd, OfABufferThatEndsInItOrHasItsSize) {
  const struct {
    const char* name;
    bool ends_with;
    std::uint64_t size;  ///< `bsize`, for a content of four bytes; 0: none
    BsizeItem::Operator op;
    bool negated, is_at_end;
  } cases[] = {
      {"neither", false, 0, {}, false, false},
      {"endswith", true, 0, {}, false, true},
      {"its size", false, 4, {}, false, true},
      {"another size", false, 5, {}, false, false},
      {"not its size", false, 4, {}, true, false},
      {"at most its size", false, 4, BsizeItem::Operator::kLessEqual, false, false},
  };
  for (const auto& each : cases) {
    InspectChain chain;
    auto content = std::make_unique<ContentItem>();
    content->bytes.resize(4);
    content->ends_with = each.ends_with;
    chain.push_back(std::move(content));
    if (each.size != 0) {
      auto bsize = std::make_unique<BsizeItem>();
      bsize->a = each.size;
      bsize->op = each.op;
      bsize->negated = each.negated;
      chain.push_back(std::move(bsize));
    }
    EXPECT_EQ(is_at_end(static_cast<const ContentItem&>(*chain[0]), chain), each.is_at_end)
        << each.name;
  }
}

}  // namespace
}  // namespace culvert
