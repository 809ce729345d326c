#include "protocols/dns/dns_message.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/dns/dns_testing.h"
#include "testing/hex.h"

namespace culvert::dns {
namespace {

std::string text_at(const Message& message, std::size_t offset) {
  NameText text;
  message.name(offset, text);
  return std::string(as_text(text.bytes()));
}

TEST(DnsMessage, FindsRecords) {
  MessageBuilder builder(0x8180, {.queries = 1, .answers = 2, .authorities = 1, .additionals = 1});
  builder.query("www.example", 1)
      .record("www.example", 5, MessageBuilder::name("host.example"))
      .record("host.example", 1, hex("0a000001"))
      .record("example", 2, MessageBuilder::name("ns.example"))
      .record("", 41, hex("000a 0002 abcd"));
  Message message;
  ASSERT_EQ(message.parse(builder.bytes()), MessageStatus::kOk);
  EXPECT_TRUE(message.header().is_response());
  EXPECT_EQ(message.header().id, 0x1234);
  ASSERT_EQ(message.records(Section::kQuery).size(), 1u);
  ASSERT_EQ(message.records(Section::kAnswer).size(), 2u);
  ASSERT_EQ(message.records(Section::kAuthority).size(), 1u);
  ASSERT_EQ(message.records(Section::kAdditional).size(), 1u);
  EXPECT_EQ(text_at(message, message.records(Section::kAnswer)[1].name), "host.example");
  EXPECT_EQ(to_hex(message.data(message.records(Section::kAnswer)[1])), "0a000001");
  EXPECT_EQ(message.records(Section::kAnswer)[1].ttl, 60u);

  std::string names;
  for (const std::uint16_t offset : message.host_names()) names += text_at(message, offset) + " ";
  EXPECT_EQ(names, "www.example www.example host.example host.example example ns.example  ");
}

TEST(DnsMessage, RejectsUnsoundQuestionsAndAnswers) {
  const auto answer = [](std::uint16_t type, const char* data) {
    MessageBuilder builder(0x8180, {.queries = 1, .answers = 1});
    return builder.query("a").record("a", type, hex(data)).bytes();
  };
  const std::pair<const char*, std::vector<std::byte>> cases[] = {
      {"empty", {}},
      {"short header", hex("1234 0100 0001 0000 0000 00")},
      {"question missing", MessageBuilder().bytes()},
      {"question without class", hex("1234 0100 0001 0000 0000 0000 00 0001")},
      {"answer missing", MessageBuilder(0x8180, {.answers = 1}).query("a").bytes()},
      {"data past the end", MessageBuilder(0x8180, {.answers = 1})
                                .query("a")
                                .append(hex("00 0001 0001 0000003c 0004 0a"))
                                .bytes()},
      {"name in data past the end", answer(5, "09 61")},
      {"mx without name", answer(15, "0001")},
      {"srv without name", answer(33, "0001 0002 0003")},
      {"soa without numbers", answer(6, "00 00 0000")},
      {"text past the end", answer(16, "05 6161")},
      {"sshfp too short", answer(44, "01")},
  };
  for (const auto& [name, bytes] : cases) {
    Message message;
    EXPECT_EQ(message.parse(bytes), MessageStatus::kMalformed) << name;
  }
}

TEST(DnsMessage, LeavesOutUnsoundRest) {
  Message message;
  MessageBuilder authorities(0x8180, {.queries = 1, .authorities = 2, .additionals = 1});
  authorities.query("a").record("a", 2, hex("01 62 00")).append(hex("c0"));
  ASSERT_EQ(message.parse(authorities.bytes()), MessageStatus::kOk);
  EXPECT_TRUE(message.authorities_invalid());
  EXPECT_FALSE(message.additionals_invalid());
  EXPECT_TRUE(message.records(Section::kAuthority).empty());
  EXPECT_TRUE(message.records(Section::kAdditional).empty());
  EXPECT_EQ(message.host_names().size(), 1u);

  MessageBuilder additionals(0x8180, {.queries = 1, .authorities = 1, .additionals = 1});
  additionals.query("a").record("a", 2, hex("01 62 00")).append(hex("c0"));
  ASSERT_EQ(message.parse(additionals.bytes()), MessageStatus::kOk);
  EXPECT_FALSE(message.authorities_invalid());
  EXPECT_TRUE(message.additionals_invalid());
  EXPECT_EQ(message.records(Section::kAuthority).size(), 1u);
}

TEST(DnsMessage, IsRecognised) {
  EXPECT_TRUE(is_message(MessageBuilder().query("a").bytes()));
  EXPECT_TRUE(is_message(MessageBuilder(0x4900).query("a").bytes())) << "opcode 9";
  EXPECT_TRUE(is_message(MessageBuilder(0x0100, {.additionals = 1}).query("a").bytes()))
      << "additional record missing";
  EXPECT_FALSE(is_message(MessageBuilder(0x0100, {.queries = 0}).bytes())) << "no records";
  EXPECT_FALSE(is_message(MessageBuilder(0x0100, {.additionals = 100}).query("a").bytes()));
  EXPECT_FALSE(is_message(text_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")));
}

/// Recognising keeps nothing, so it has its own way through the records.
TEST(DnsMessage, IsRecognisedWhenItParses) {
  MessageBuilder builder(0x8180, {.queries = 1, .answers = 3, .authorities = 1});
  builder.query("www.example", 1)
      .record("www.example", 5, MessageBuilder::name("host.example"))
      .record("host.example", 15, hex("000a 01 62 00"))
      .record("host.example", 16, hex("02 6161 01 62"))
      .record("example", 2, MessageBuilder::name("ns.example"));
  const std::vector<std::byte> sound = builder.bytes();
  Message message;
  unsigned good = 0;
  const auto check = [&](const std::vector<std::byte>& bytes) {
    const bool parses = message.parse(bytes) == MessageStatus::kOk;
    EXPECT_EQ(is_message(bytes), parses) << to_hex(bytes);
    good += parses ? 1 : 0;
  };
  for (std::size_t size = kHeaderSize; size <= sound.size(); ++size) {
    check({sound.begin(), sound.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  for (std::size_t at = kHeaderSize; at < sound.size(); ++at) {
    for (const unsigned value : {0x00u, 0x05u, 0x3fu, 0x80u, 0xc0u, 0xffu}) {
      std::vector<std::byte> changed = sound;
      changed[at] = static_cast<std::byte>(value);
      check(changed);
    }
  }
  EXPECT_GT(good, 100u);
}

}  // namespace
}  // namespace culvert::dns
