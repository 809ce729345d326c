#include "protocols/dns/dns_eve.h"

#include <gtest/gtest.h>

#include <string>

#include "config/config_file.h"
#include "event/json_writer.h"
#include "protocols/dns/dns_testing.h"
#include "protocols/dns/dns_transaction.h"
#include "testing/hex.h"

namespace culvert::dns {
namespace {

/// The records that a logger writes with the given options, each on a line.
std::string logged(const EveLogger& logger, Bytes bytes, const std::string& options = "") {
  Complaints complaints;
  const ConfigNode root = parse_config("%YAML 1.1\n---\ndns:\n  x: 1\n" + options, "t", complaints);
  std::unique_ptr<EveOptionsBase> parsed;
  if (logger.parse_options != nullptr) {
    parsed = logger.parse_options(root.find("dns"), complaints);
  }
  EXPECT_TRUE(complaints.ok());
  DnsTransaction transaction;
  EXPECT_EQ(transaction.message.parse(bytes), MessageStatus::kOk);
  const Flow flow;
  std::string text;
  for (unsigned n = 0; n < 5; ++n) {
    JsonWriter json;
    json.begin_object();
    const bool wrote =
        logger.write_nth != nullptr
            ? logger.write_nth(flow, transaction, Direction::kToServer, parsed.get(), n, json)
            : n == 0 && logger.write(flow, transaction, Direction::kToServer, parsed.get(), json);
    json.end_object();
    if (!wrote) break;
    text += std::string(json.text()) + "\n";
  }
  return text;
}

std::vector<std::byte> answer(std::uint16_t type, Bytes data) {
  return MessageBuilder(0x8180, {.answers = 1}).query("q", type).record("a", type, data).bytes();
}

// Expected texts are what the reference writes for the same messages.
constexpr const char* kHead =
    R"({"dns":{"version":3,"type":"response","tx_id":0,"id":4660,"flags":"8180","qr":true,"rd":true,)"
    R"("ra":true,"opcode":0,"rcode":"NOERROR",)";

TEST(DnsEve, WritesRequests) {
  EXPECT_EQ(
      logged(kDnsLoggers[0], MessageBuilder(0x0140).query("a.b", 28).bytes()),
      R"({"dns":{"version":3,"type":"request","tx_id":0,"id":4660,"flags":"140","rd":true,)"
      R"("z":true,"opcode":0,"rcode":"NOERROR","queries":[{"rrname":"a.b","rrtype":"AAAA"}]}})"
      "\n");
}

TEST(DnsEve, WritesEachKindOfData) {
  const struct {
    std::uint16_t type;
    std::vector<std::byte> data;
    const char* type_name;
    const char* detailed;
    const char* grouped;
  } cases[] = {
      {1, hex("0a000001"), "A", R"("ttl":60,"rdata":"10.0.0.1"})", R"("A":["10.0.0.1"])"},
      {1, hex("0a00"), "A", R"("ttl":60,"rdata":""})", R"("A":[""])"},
      {28, hex("00000000000000000000000000000001"), "AAAA",
       R"("ttl":60,"rdata":"0000:0000:0000:0000:0000:0000:0000:0001"})",
       R"("AAAA":["0000:0000:0000:0000:0000:0000:0000:0001"])"},
      {5, MessageBuilder::name("x.y"), "CNAME", R"("ttl":60,"rdata":"x.y"})", R"("CNAME":["x.y"])"},
      {15, hex("000a 01 6d 00"), "MX", R"("ttl":60,"rdata":"m"})", R"("MX":["m"])"},
      {10, hex("61 22 5c 01 ff"), "NULL", R"("ttl":60,"rdata":"a\"\\\u0001\\xff"})",
       R"("NULL":["a\"\\\u0001\\xff"])"},
      {6, hex("01 6d 00 01 72 00 00000001 00000002 00000003 00000004 00000005"), "SOA",
       R"("ttl":60,"soa":{"mname":"m","rname":"r","serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5}})",
       R"("SOA":[{"mname":"m","rname":"r","serial":1,"refresh":2,"retry":3,"expire":4,"minimum":5}])"},
      {33, hex("0001 0002 0003 01 73 00"), "SRV",
       R"("ttl":60,"srv":{"priority":1,"weight":2,"port":3,"name":"s"}})",
       R"("SRV":[{"priority":1,"weight":2,"port":3,"name":"s"}])"},
      {44, hex("01 02 00ff"), "SSHFP",
       R"("ttl":60,"sshfp":{"fingerprint":"00:ff","algo":1,"type":2}})",
       R"("SSHFP":[{"fingerprint":"00:ff","algo":1,"type":2}])"},
      {65, hex("0001"), "HTTPS", R"("ttl":60})", ""},
      {257, hex("0001"), "257", R"("ttl":60})", ""},
  };
  for (const auto& c : cases) {
    const std::string type = c.type_name;
    EXPECT_EQ(logged(kDnsLoggers[0], answer(c.type, c.data)),
              kHead + (R"("queries":[{"rrname":"q","rrtype":")" + type) +
                  R"("}],"answers":[{"rrname":"a","rrtype":")" + type + R"(",)" + c.detailed +
                  R"(],"grouped":{)" + c.grouped + "}}}\n");
  }
}

TEST(DnsEve, WritesEachStringOfTextsAndOptions) {
  MessageBuilder builder(0x8180, {.answers = 1, .additionals = 2});
  builder.query("q", 16)
      .record("a", 16, hex("01 61 00"))
      .record("", 41, hex("000a 0002 abcd"))
      .record("", 41, {});
  EXPECT_EQ(logged(kDnsLoggers[0], builder.bytes()),
            std::string(kHead) +
                R"("queries":[{"rrname":"q","rrtype":"TXT"}],)"
                R"("answers":[{"rrname":"a","rrtype":"TXT","ttl":60,"rdata":"a"},)"
                R"({"rrname":"a","rrtype":"TXT","ttl":60,"rdata":""}],"grouped":{"TXT":["a",""]},)"
                R"("additionals":[{"rrname":"","rrtype":"OPT","ttl":60,)"
                R"("opt":[{"code":10,"data":"abcd"}]}]}})"
                "\n");
}

TEST(DnsEve, FiltersAsConfigured) {
  const auto request = MessageBuilder(0x0100, {.queries = 2}).query("a", 1).query("b", 28).bytes();
  const auto response = answer(1, hex("0a000001"));
  const EveLogger& logger = kDnsLoggers[0];
  EXPECT_EQ(logged(logger, request, "  requests: no\n"), "");
  EXPECT_NE(logged(logger, request, "  responses: no\n"), "");
  EXPECT_EQ(logged(logger, response, "  responses: no\n"), "");
  EXPECT_EQ(logged(logger, request, "  types: [mx]\n"), "");
  EXPECT_NE(logged(logger, request, "  types: [aaaa]\n").find(R"([{"rrname":"b")"),
            std::string::npos);
  EXPECT_EQ(logged(logger, response, "  formats: [grouped]\n").find("answers"), std::string::npos);
  EXPECT_EQ(logged(logger, response, "  formats: [detailed]\n").find("grouped"), std::string::npos);
  EXPECT_EQ(logged(logger, MessageBuilder(0x8180, {.queries = 0}).bytes()), "");
}

TEST(DnsEve, WritesVersion2) {
  const auto request = MessageBuilder(0x0100, {.queries = 2}).query("a", 1).query("b", 28).bytes();
  EXPECT_EQ(
      logged(kDnsLoggers[0], request, "  version: 2\n"),
      R"({"dns":{"version":2,"type":"query","id":4660,"rrname":"a","rrtype":"A","tx_id":0,"opcode":0}})"
      "\n"
      R"({"dns":{"version":2,"type":"query","id":4660,"rrname":"b","rrtype":"AAAA","tx_id":0,"opcode":0}})"
      "\n");
  EXPECT_EQ(logged(kDnsLoggers[0], answer(1, hex("0a000001")), "  version: 2\n"),
            R"({"dns":{"version":2,"type":"answer","id":4660,"flags":"8180","qr":true,"rd":true,)"
            R"("ra":true,"opcode":0,"rrname":"q","rrtype":"A","rcode":"NOERROR",)"
            R"("answers":[{"rrname":"a","rrtype":"A","ttl":60,"rdata":"10.0.0.1"}],)"
            R"("grouped":{"A":["10.0.0.1"]}}})"
            "\n");
}

TEST(MdnsEve, WritesMessages) {
  MessageBuilder response(0x8400, {.queries = 0, .answers = 3});
  response.record("a", 16, hex("01 61 01 62"))
      .record("a", 12, hex("01 70 00"))
      .record("a", 999, hex("78"));
  EXPECT_EQ(
      logged(kMdnsLoggers[0], response.bytes()),
      R"({"mdns":{"type":"response","id":4660,"flags":["aa"],"opcode":0,"rcode":0,)"
      R"("answers":[{"rrname":"a","txt":["a","b"]},{"rrname":"a","ptr":"p"},{"rrname":"a","999":"x"}]}})"
      "\n");
  EXPECT_EQ(logged(kMdnsLoggers[0], MessageBuilder(0).query("a", 12).bytes()),
            R"({"mdns":{"type":"request","id":4660,"opcode":0,"rcode":0,)"
            R"("queries":[{"rrname":"a","rrtype":"ptr"}]}})"
            "\n");
}

}  // namespace
}  // namespace culvert::dns
