// What --engine-analysis says of rules. Expected types and fields are the reference's.
#include "detect/rule_analysis.h"

#include <gtest/gtest.h>

#include "builtin/rule_testing.h"
#include "detect/rule_failures.h"

namespace culvert {
namespace {

std::string analyse(const std::string& rule) {
  std::string complaint;
  const auto rules = compile_rules_for_test(rule, complaint);
  EXPECT_EQ(complaint, "") << rule;
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  return rules->empty() ? std::string() : analyse_rule(environment, *rules, 0);
}

TEST(RuleAnalysis, TypesOfRules) {
  const std::pair<const char*, const char*> rows[] = {
      {"alert ip any any -> any any (sid:1;)", "ip_only"},
      {"alert tcp !192.168.0.1 any -> any any (sid:1;)", "like_ip_only"},
      {"alert ip any any -> any any (flowbits:set,y; sid:1;)", "ip_only"},
      {"alert tcp any any -> any any (flow:only_stream; sid:1;)", "ip_only"},
      {"alert udp any any -> any any (flow:no_stream; sid:1;)", "ip_only"},
      {"alert tcp any any -> any any (flow:no_frag; sid:1;)", "pkt"},
      {"alert tcp any any -> any any (flow:only_stream,to_server; sid:1;)", "pkt"},
      {"alert http any any -> any any (flow:only_stream; sid:1;)", "app_layer"},
      {"alert ip any any -> any any (hostbits:isset,y; sid:1;)", "ip_only"},
      {"alert ip any any -> any any (flowint:abc,+,1; sid:1;)", "pkt"},
      {"alert tcp any any -> any any (app-layer-protocol:dns; sid:1;)", "pd_only"},
      {"alert tcp any any -> any any (app-layer-protocol:dns; flow:to_server; sid:1;)", "pd_only"},
      {"alert tcp any any -> any any (app-layer-protocol:dns; flow:established; sid:1;)", "pkt"},
      {"alert dns any any -> any any (sid:1;)", "app_layer"},
      {"alert dns any any -> any any (flow:to_server; sid:1;)", "app_layer"},
      {"alert dns any any -> any any (xbits:isset,a,track ip_src; sid:1;)", "pkt"},
      {"alert dns any any -> any any (dns.query; content:\"a\"; sid:1;)", "app_tx"},
      {"alert tcp any any -> any any (content:\"abc\"; sid:1;)", "stream"},
      {"alert tcp any any -> any any (content:\"abc\"; depth:5; sid:1;)", "pkt_stream"},
      {"alert tcp any any -> any any (content:\"abc\"; flow.age:>3; sid:1;)", "pkt"},
      {"alert tcp any any -> any any (content:\"abc\"; stream_size:server,>,3; sid:1;)",
       "pkt_stream"},
      {"alert tcp-pkt any any -> any any (content:\"abc\"; sid:1;)", "pkt"},
      {"alert udp any any -> any any (content:\"abc\"; sid:1;)", "pkt_stream"},
      {"alert udp any any -> any any (content:\"abc\"; ttl:3; sid:1;)", "pkt"},
      {"alert pkthdr any any -> any any (decode-event:ipv4.pkt_too_small; sid:1;)", "de_only"},
  };
  for (const auto& [rule, type] : rows) {
    EXPECT_NE(analyse(rule).find("\"type\":\"" + std::string(type) + "\""), std::string::npos)
        << rule << "\n"
        << analyse(rule);
  }
}

TEST(RuleAnalysis, Fields) {
  const std::pair<const char*, const char*> rows[] = {
      {"dsize:0<>159;", R"("dsize":{"range":{"min":0,"max":159}})"},
      {"dsize:0;", R"("requirements":["no_payload","real_pkt"])"},
      {"content:\"one\"; distance:8; within:3;", R"("offset":8,"depth":11)"},
      {"content:\"one\"; within:8;", "converted to 'depth'"},
      {"content:\"a b|00 01|\"; sid:2;", R"("pattern":"a|20|b|00 01|")"},
      {"content:\"a\"; byte_jump:2,1,relative,little,align;",
       R"("flags":["little_endian","relative","align"])"},
      {"content:\"a\"; pcre:\"/b/Ri\";",
       R"("pcre":{"relative":true,"relative_next":false,"nocase":true,"negated":false})"},
      {"flowbits:isset,a|b;", R"("flowbits":{"cmd":"isset","names":["a","b"],"operator":"or"})"},
      {"target:src_ip;", R"("src_is_target")"},
      {"ttl:3; prefilter;", R"("prefilter":{"buffer":"packet","name":"ttl"})"},
      {"base64_decode; base64_data; content:\"q\";",
       R"("base64_data":{"matches":[{"name":"content")"},
      {"tag:session;", R"("tag":{"matches":[{"name":"tag"}]})"},
  };
  for (const auto& [options, part] : rows) {
    std::string text(options);
    if (text.find("sid:") == text.npos) text += " sid:1;";
    const std::string json = analyse("alert udp any any -> any any (" + text + ")");
    EXPECT_NE(json.find(part), std::string::npos) << options << "\n" << json;
  }
}

TEST(RuleAnalysis, FastPatternOfRulesAboutBothDirections) {
  const std::pair<const char*, const char*> rows[] = {
      {"http.uri; content:\"ab\"; http.stat_msg; content:\"a long pattern\";", "http_uri"},
      {"http.stat_msg; content:\"a long pattern\"; http.uri; content:\"ab\";", "http_uri"},
      {"http.stat_msg; content:\"long\"; fast_pattern; http.uri; content:\"ab\";", "http_stat_msg"},
      {"http.stat_msg; content:\"long\"; http.uri; content:!\"ab\";", "http_stat_msg"},
      {"http.stat_msg; content:\"long\"; http.uri; pcre:\"/a/\";", "http_stat_msg"},
  };
  for (const auto& [options, buffer] : rows) {
    const std::string json =
        analyse("alert http any any => any any (" + std::string(options) + " sid:1;)");
    EXPECT_NE(json.find("\"mpm\":{\"buffer\":\"" + std::string(buffer) + "\""), std::string::npos)
        << options << "\n"
        << json;
  }
}

TEST(RuleAnalysis, Base64FollowsTheContentBeforeIt) {
  const std::string json = analyse(
      "alert tcp any any -> any any (flow:to_server; content:\"1\"; http_header; base64_decode; "
      "base64_data; content:\"two\"; sid:1;)");
  EXPECT_NE(json.find("{\"name\":\"base64_decode\"}"), std::string::npos) << json;
}

TEST(RuleFailures, SayWhatSuricataSays) {
  const std::pair<const char*, const char*> rows[] = {
      {"content:\"a\"; within:1048577;", "invalid value for within: 1048577"},
      {"content:\"a\"; distance:-1048577;", "invalid value for distance: -1048577"},
      {"content:\"ab\"; depth:1;", "depth:1 smaller than content of len 2."},
      {"content:\"a\"; depth:50; within:5;",
       "can't use a relative keyword like within/distance with a absolute relative keyword like "
       "depth/offset for the same content."},
      {"content:\"a\"; depth:5; depth:6;", "can't use multiple depths for the same content."},
      {"content:\"a\"; nocase; nocase;",
       "can't use multiple nocase modifiers with the same content"},
      {"dsize:10; content:\"boom\"; content:\"loom\"; distance:10;",
       "signature can't match as required content length 18 exceeds dsize value 10"},
      {"dsize:<10; content:\"abcdefghijkl\";",
       "signature can't match as required content length 12 exceeds dsize value 10"},
      {"content:!\"AA\"; fast_pattern; depth:3;",
       "can't have a relative negated keyword set along with 'fast_pattern'."},
      {"nosuch;", "unknown rule keyword 'nosuch'."},
      {"byte_math:bytes x, offset 1, oper +, rvalue 1, result r;",
       "unknown byte_ keyword var seen in byte_math - x"},
      {"udp.hdr; byte_math:bytes 1, offset 1, oper +, rvalue 1, result r, relative;",
       "relative specified without previous pattern match"},
      {"udp.hdr; strip_whitespace; content:\"a b\";",
       "content string \"a b\" incompatible with strip_whitespace transform"},
      {"udp.hdr; pcrexform; content:\"a\";",
       "invalid formatting or malformed option to pcrexform keyword: 'pcrexform'"},
      {"udp.hdr; pcrexform:abc; content:\"a\";",
       "invalid formatting to pcrexform keyword: value must be double quoted 'abc'"},
  };
  for (const auto& [options, message] : rows) {
    std::string complaint;
    const auto rules = compile_rules_for_test(
        std::string("alert udp any any -> any any (") + options + " sid:1;)", complaint);
    ASSERT_EQ(rule_failures(*rules).size(), 1u) << options;
    EXPECT_EQ(rule_failures(*rules)[0].message, message);
    EXPECT_EQ(rule_failures(*rules)[0].line, 1u);
  }
}

}  // namespace
}  // namespace culvert
