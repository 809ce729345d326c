#include "protocols/dns/dns_keywords.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/dns/dns_buffers.h"
#include "protocols/dns/dns_testing.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::dns {
namespace {

/// NXDOMAIN, of a question for A, with an answer of the type CNAME and an authority.
DnsTransaction sample() {
  DnsTransaction transaction;
  MessageBuilder builder(0xa183, {.answers = 1, .authorities = 1});
  builder.query("q.example", 1)
      .record("a.example", 5, MessageBuilder::name("c.example"))
      .record("n.example", 2, MessageBuilder::name("ns.example"));
  EXPECT_EQ(transaction.message.parse(builder.bytes()), MessageStatus::kOk);
  return transaction;
}

TEST(DnsKeywords, CompareNumbers) {
  const struct {
    const char* name;
    const char* argument;
    bool to_server, to_client;
  } cases[] = {
      {"dns.rcode", "3", true, true},           {"dns.rcode", "nxdomain", true, true},
      {"dns.rcode", "!NXDOMAIN", false, false}, {"dns.rcode", "2-4", true, true},
      {"dns.rcode", "0", false, false},         {"dns.opcode", "4", true, true},
      {"dns.opcode", "!0", true, true},         {"dns.opcode", ">4", false, false},
      {"dns.rrtype", "1", true, false},         {"dns.rrtype", "cname", false, true},
      {"dns.rrtype", "!A", false, true},        {"dns.rrtype", "NS", false, false},
  };
  DnsTransaction transaction = sample();
  for (const auto& c : cases) {
    OneKeywordRule rule;
    for (const KeywordSpec* spec : kDnsKeywords) {
      if (spec->name == c.name) {
        EXPECT_TRUE(spec->compile(rule, c.argument)) << c.argument;
      }
    }
    ASSERT_NE(rule.keyword, nullptr) << c.name;
    MatchContext context;
    context.transaction = &transaction;
    context.direction = Direction::kToServer;
    EXPECT_EQ(rule.keyword->match(context), c.to_server) << c.name << c.argument;
    context.direction = Direction::kToClient;
    EXPECT_EQ(rule.keyword->match(context), c.to_client) << c.name << c.argument;
  }
}

TEST(DnsKeywords, RefuseWhatMakesNoSense) {
  const std::pair<const char*, const char*> cases[] = {{"dns.rcode", "nonsense"},
                                                       {"dns.rcode", "65536"},
                                                       {"dns.opcode", "256"},
                                                       {"dns.opcode", "query"},
                                                       {"dns.rrtype", "A,AAAA"}};
  for (const auto& [name, argument] : cases) {
    OneKeywordRule rule;
    for (const KeywordSpec* spec : kDnsKeywords) {
      if (spec->name == name) {
        EXPECT_FALSE(spec->compile(rule, argument)) << argument;
      }
    }
  }
}

TEST(DnsBuffers, GiveNames) {
  const std::pair<std::string_view, const char*> cases[] = {
      {"dns.query", "q.example "},
      {"dns.answers.rrname", "a.example "},
      {"dns.authorities.rrname", "n.example "},
      {"dns.additionals.rrname", ""},
      {"dns.response.rrname", "q.example a.example c.example n.example ns.example "},
  };
  const DnsTransaction transaction = sample();
  const Flow flow;
  BufferScratch scratch;
  for (const auto& [name, expected] : cases) {
    for (const BufferSpec& buffer : kDnsBuffers) {
      if (buffer.name != name) continue;
      std::string names;
      for (std::uint32_t i = 0;; ++i) {
        const auto bytes = buffer.get({.flow = flow,
                                       .transaction = transaction,
                                       .direction = Direction::kToClient,
                                       .instance = i,
                                       .scratch = scratch});
        if (!bytes) break;
        names += std::string(as_text(*bytes)) + " ";
      }
      EXPECT_EQ(names, expected) << name;
    }
  }
}

}  // namespace
}  // namespace culvert::dns
