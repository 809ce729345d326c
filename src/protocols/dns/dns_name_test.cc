#include "protocols/dns/dns_name.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/hex.h"

namespace culvert::dns {
namespace {

TEST(DnsName, ReadsLabelsAndPointers) {
  const struct {
    const char* name;
    std::vector<std::byte> message;
    std::size_t offset;
    const char* text;
    std::size_t end;
  } cases[] = {
      {"root", hex("00"), 0, "", 1},
      {"two labels", hex("01 61 02 62 63 00 ff"), 0, "a.bc", 6},
      {"not at the start", hex("ff 01 61 00"), 1, "a", 4},
      {"bytes stay as they are", hex("03 ff 2e 00 00"), 0, "\xff.\0", 5},
      {"pointer back", hex("01 61 00 01 62 c000"), 3, "b.a", 7},
      {"pointer only", hex("01 61 00 c000"), 3, "a", 5},
      {"pointer forward", hex("c002 01 61 00"), 0, "a", 2},
      {"pointer to a pointer", hex("01 61 00 c000 c003"), 5, "a", 7},
  };
  for (const auto& c : cases) {
    NameText text;
    const NameResult result = read_name(c.message, c.offset, &text);
    EXPECT_TRUE(result.ok) << c.name;
    EXPECT_EQ(result.end, c.end) << c.name;
    if (std::string_view(c.name) != "bytes stay as they are") {
      EXPECT_EQ(as_text(text.bytes()), c.text) << c.name;
    } else {
      EXPECT_EQ(text.size(), 3u);
    }
    EXPECT_FALSE(result.cut || result.too_long || result.too_many_labels) << c.name;
  }
}

TEST(DnsName, RejectsMalformedNames) {
  const std::pair<const char*, std::vector<std::byte>> cases[] = {
      {"nothing", {}},
      {"no end", hex("01 61")},
      {"label past the end", hex("05 61 00")},
      {"half a pointer", hex("01 61 c0")},
      {"pointer past the end", hex("c009")},
      {"pointer to itself", hex("c000")},
      {"label type 01", hex("41 61 00")},
      {"label type 10", hex("81 61 00")},
  };
  for (const auto& [name, message] : cases) {
    EXPECT_FALSE(read_name(message, 0, nullptr).ok) << name;
  }
}

TEST(DnsName, CutsWhatIsTooLong) {
  std::vector<std::byte> message;
  for (int i = 0; i < 16; ++i) {
    message.push_back(std::byte{63});
    message.insert(message.end(), 63, std::byte{'a'});
  }
  std::vector<std::byte> fits = message;
  for (const auto b : hex("01 7a 00")) fits.push_back(b);
  NameText text;
  NameResult result = read_name(fits, 0, &text);
  EXPECT_TRUE(result.ok);
  EXPECT_FALSE(result.cut);
  EXPECT_EQ(text.size(), kMaxNameText);

  for (const auto b : hex("02 7a7a 00")) message.push_back(b);
  result = read_name(message, 0, &text);
  EXPECT_TRUE(result.ok && result.cut && result.too_long);
  EXPECT_FALSE(result.too_many_labels);
  EXPECT_EQ(text.size(), kMaxNameText);
  EXPECT_EQ(result.end, message.size());
}

TEST(DnsName, EndsLoops) {
  NameText text;
  const NameResult result = read_name(hex("01 62 c000 ff"), 0, &text);
  EXPECT_TRUE(result.ok && result.cut && result.too_long && result.too_many_labels);
  EXPECT_EQ(text.size(), 255u);  // 128 labels of one letter, 127 pointers
  EXPECT_EQ(result.end, 4u);

  std::vector<std::byte> many;
  for (int i = 0; i < 255; ++i) {
    many.push_back(std::byte{1});
    many.push_back(std::byte{'a'});
  }
  std::vector<std::byte> most = many;
  most.push_back(std::byte{0});
  EXPECT_TRUE(read_name(most, 0, nullptr).ok);
  many.insert(many.end(), {std::byte{1}, std::byte{'a'}, std::byte{0}});
  EXPECT_FALSE(read_name(many, 0, nullptr).ok);
}

}  // namespace
}  // namespace culvert::dns
