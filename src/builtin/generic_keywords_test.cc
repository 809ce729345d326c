// Keywords with state, and those that look into payloads in their own way. Expected answers are the
// reference's, for the same packets and rules.
#include <gtest/gtest.h>

#include "builtin/rule_testing.h"
#include "stream/tcp_session.h"
#include "testing/hex.h"

namespace culvert {
namespace {

std::string_view view(const std::vector<std::byte>& bytes) { return as_text(bytes); }

TEST(SharedBits, OfHostsAndPairsExpireAndAreTheTenantsOwn) {
  const std::string set =
      "alert udp any any -> any any (content:\"SET\"; xbits:set,a,track ip_src; sid:1;)\n"
      "alert udp any any -> any any (content:\"SET\"; xbits:set,c,track ip_pair; sid:2;)\n"
      "alert udp any any -> any any (content:\"SET\"; xbits:set,d,track ip_src,expire 5; sid:3;)\n"
      "alert udp any any -> any any (content:\"SET\"; hostbits:set,e; sid:4;)\n"
      "alert udp any any -> any any (content:\"SET\"; hostbits:set,f,dst; sid:5;)\n";
  RuleRun run(set +
              "alert udp any any -> any any (content:\"ASK\"; xbits:isset,a,track ip_src; sid:11;)\n"
              "alert udp any any -> any any (content:\"ASK\"; xbits:isset,c,track ip_pair; sid:12;)\n"
              "alert udp any any -> any any (content:\"ASK\"; xbits:isset,d,track ip_src; sid:13;)\n"
              "alert udp any any -> any any (content:\"ASK\"; hostbits:isset,e; sid:14;)\n"
              "alert udp any any -> any any (content:\"ASK\"; hostbits:isset,f,dst; sid:15;)\n"
              "alert udp any any -> any any (content:\"ASK\"; hostbits:isset,a; sid:16;)\n"
              "alert udp any any -> any any (content:\"ASK\"; xbits:isnotset,a,track ip_src; sid:17;)\n");
  EXPECT_EQ(run(udp_packet("SET"), 100), "4 5 1 2 3");
  EXPECT_EQ(run(udp_packet("ASK"), 101), "11 13 12 14 15 16");
  EXPECT_EQ(run(udp_packet("ASK", "10.0.0.2", "10.0.0.1"), 102), "17 12");
  EXPECT_EQ(run(udp_packet("ASK"), 130), "11 12 14 15 16");  // expire, 30 s unless given
  EXPECT_EQ(run(udp_packet("ASK"), 131), "17 14 15");
  EXPECT_EQ(run(udp_packet("ASK"), 400), "17 14 15");        // hostbits: 300 s
  EXPECT_EQ(run(udp_packet("ASK"), 401), "17");
  EXPECT_EQ(run(udp_packet("ASK"), 101, nullptr, 7), "17");  // another tenant
}

TEST(SharedBits, UnsetToggleAndOtherWorkers) {
  const std::string rules =
      "alert udp any any -> any any (content:\"set\"; hostbits:set,a; sid:1;)\n"
      "alert udp any any -> any any (content:\"unset\"; hostbits:unset,a; sid:2;)\n"
      "alert udp any any -> any any (content:\"toggle\"; hostbits:toggle,a; sid:3;)\n"
      "alert udp any any -> any any (content:\"ask\"; hostbits:isset,a; sid:4;)\n";
  const auto shared = std::make_shared<DetectShared>();
  RuleRun one(rules, shared), other(rules, shared);
  one(udp_packet("xset"));
  EXPECT_EQ(other(udp_packet("ask")), "4");
  other(udp_packet("toggle"));
  EXPECT_EQ(one(udp_packet("ask")), "");
  one(udp_packet("toggle"));
  EXPECT_EQ(one(udp_packet("ask")), "4");
}

TEST(Tag, CountsFromThePacketThatMatched) {
  RuleRun run("alert udp any any -> any any (content:\"TAG\"; tag:host,3,packets,dst; sid:1;)");
  run(udp_packet("TAG"));
  for (const bool expected : {true, true, false}) {
    run(udp_packet("more", "10.0.0.2", "10.0.0.9"));
    EXPECT_EQ(run.tagged, expected);
  }
  RuleRun session("alert udp any any -> any any (content:\"TAG\"; tag:session,3,seconds; sid:1;)");
  Flow flow;
  session(udp_packet("TAG"), 100, &flow);
  session(udp_packet("x"), 103, &flow);
  EXPECT_TRUE(session.tagged);
  session(udp_packet("x"), 104, &flow);
  EXPECT_FALSE(session.tagged);
  session.release(flow);
}

struct Case {
  const char* options;
  std::vector<std::byte> payload;
  bool expected;
};

TEST(GenericKeywords, OnPayloads) {
  const auto text = [](std::string_view s) { return std::vector<std::byte>(as_bytes(s).begin(), as_bytes(s).end()); };
  const auto call = hex("0000004d 00000000 00000002 000186a0 00000002 00000003");
  const auto octets = hex("0414 6161616161 6161616161 6161616161 6161616161");
  const Case cases[] = {
      {"base64_decode; base64_data; content:\"hello world\";", text("aGVsbG8gd29ybGQ="), true},
      {"base64_decode; base64_data; content:\"hello\"; content:\"world\"; distance:1; within:5;",
       text("aGVsbG8gd29ybGQ="), true},
      {"base64_decode; base64_data; bsize:11;", text("aGVsbG8gd29ybGQ="), true},
      {"base64_decode:bytes 3; base64_data; content:\"he\";", text("aGVsbG8gd29ybGQ="), true},
      {"base64_decode; base64_data; content:\"world\";", text("aGVsbG8g\r\nd29ybGQ="), false},
      {"base64_decode; base64_data; content:\"hello\";", text("aGVsbG8g!d29ybGQ="), true},
      {"base64_decode;", text("aGVsbG8gd29ybGQ="), false},
      {"base64_decode; base64_data; content:!\"hello\";", text("ab"), true},
      {"base64_decode; base64_data; content:!\"hello\";", text("!!!!"), false},
      {"content:\"ab:\"; base64_decode:relative; base64_data; content:\"hello\"; pkt_data; "
       "content:\"tail\";",
       text("ab:aGVsbG8gd29ybGQ= tail"), true},
      {"base64_decode:offset 3; base64_data; content:\"hello\";", text("ab:aGVsbG8gd29ybGQ="),
       true},
      {"rpc:100000,2,3;", call, true},
      {"rpc:100000,*,3;", call, true},
      {"rpc:100000;", call, true},
      {"rpc:100000,2,4;", call, false},
      {"rpc:100001,*,*;", call, false},
      {"rpc:100000;", text("short"), false},
      {"entropy: value 0;", text("aaaa"), true},
      {"entropy: value = 1;", text("abab"), true},
      {"entropy: value > 1.9;", text("abcd"), true},
      {"entropy: value 1-3;", text("abcd"), true},
      {"entropy: value !1-3;", text("abcd"), false},
      {"entropy: bytes 2, offset 1, value 1;", text("aabbbbb"), true},
      {"asn1:oversize_length 15;", octets, true},
      {"asn1:oversize_length 20;", octets, false},
      {"asn1:oversize_length 15;", hex("0414 6161"), false},
      {"asn1:bitstring_overflow;", hex("0302 ffff"), true},
      {"asn1:bitstring_overflow;", hex("0302 07ff"), false},
      {"asn1:double_overflow;", hex("0904 03313233"), false},
      {"ip.src; content:\"|0a 00 00 01|\"; bsize:4;", text("x"), true},
      {"ip.dst; content:\"|0a 00 00 01|\";", text("x"), false},
      {"ip.src; xor:\"01\"; content:\"|0b 01 01 00|\";", text("x"), true},
      {"ip.src; xor:\"01\"; to_md5; bsize:16;", text("x"), true},
      {"ip.src; xor:\"01\"; content:\"|0a 00 00 01|\";", text("x"), false},
      {"l3_proto:ipv4;", text("x"), true},
      {"l3_proto:ipv6;", text("x"), false},
      {"udpv4-csum:valid;", text("x"), true},
      {"udpv4-csum:invalid;", text("x"), false},
      {"ipv4-csum:valid;", text("x"), true},
      {"tcpv4-csum:valid;", text("x"), false},
      {"noalert; alert; content:\"x\";", text("x"), true},
  };
  for (const Case& each : cases) {
    RuleRun run(std::string("alert udp any any -> any any (") + each.options + " sid:1;)");
    EXPECT_EQ(run(udp_packet(view(each.payload))), each.expected ? "1" : "")
        << each.options << " on " << std::string(view(each.payload));
  }
}

TEST(TcpSessionKeyword, MatchesThePhaseOfTheConnection) {
  RuleRun run(
      "alert tcp any any -> any any (tcp.session:setup; sid:1;)\n"
      "alert tcp any any -> any any (tcp.session:established; sid:2;)\n"
      "alert tcp any any -> any any (tcp.session:closing; sid:3;)\n"
      "alert ip any any -> any any (tcp.session:setup,established; sid:4;)\n");
  const auto packet =
      PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80).payload("x").build();
  TcpSession session;
  Flow flow;
  flow.key.ip_proto = 6;
  const struct {
    TcpState state;
    bool established;
    const char* sids;
  } rows[] = {{TcpState::kSynSent, false, "1 4"},    {TcpState::kSynRecv, false, "1 4"},
              {TcpState::kFinWait1, false, "1 3 4"},  // a FIN instead of the handshake's end
              {TcpState::kEstablished, true, "2 4"}, {TcpState::kFinWait1, true, "2 3 4"},
              {TcpState::kTimeWait, true, "2 3 4"},  {TcpState::kClosing, true, "2 3 4"},
              {TcpState::kClosed, true, "2 4"}};
  for (const auto& row : rows) {
    session.state = row.state;
    flow.tcp = &session;
    run.established = row.established;
    EXPECT_EQ(run(packet, 100, &flow), row.sids) << name_of(row.state);
  }
  EXPECT_EQ(run(packet), "");  // without a flow
  EXPECT_EQ(run(udp_packet("x"), 100, &flow), "");
  run.release(flow);
}

TEST(Rules, AreTakenOrRefusedAsInTheReference) {
  const struct {
    const char* header;
    const char* options;
    const char* complaint;  ///< empty: it is taken
  } rows[] = {
      {"tcp", "tcp.session:setup,closing;", ""},
      {"http", "tcp.session:established;", ""},
      {"tcp", "tcp.session:setup, closing;", "not ' closing'"},
      {"tcp", "tcp.session:setup,setup;", "twice"},
      {"tcp", "tcp.session:setup,;", "not ''"},
      {"udp", "tcp.session:setup;", "requires a TCP rule"},
      {"ntp", "tcp.session:setup;", "requires a TCP rule"},
      {"tcp", "ttl:1; prefilter;", ""},
      {"tcp", "ttl:1; msg:\"a\"; prefilter;", ""},
      {"tcp", "content:\"a\"; nocase; prefilter;", ""},
      {"tcp", "http.uri; content:\"a\"; prefilter;", ""},
      {"tcp", "tos:1; prefilter;", "not supported for tos"},
      {"tcp", "content:\"a\"; pcre:\"/a/\"; prefilter;", "not supported for pcre"},
      {"tcp", "prefilter;", "needs preceding match"},
      {"http1:request_line", "http.uri; content:\"a\";", ""},
      {"http:request_started", "", ""},
      {"http:request_line", "", "does not support hook"},
      {"http2:request_complete", "", ""},
      {"http2:request_headers", "", "does not support hook"},
      {"nfs", "frame:nfs4.ops; content:\"a\";", ""},
      {"doh2", "frame:doh2.pdu; content:\"a\";", ""},
  };
  for (const auto& row : rows) {
    const std::string rule =
        std::string("alert ") + row.header + " any any -> any any (" + row.options + " sid:1;)";
    std::string complaint;
    compile_rules_for_test(rule, complaint);
    EXPECT_EQ(complaint.empty(), *row.complaint == '\0') << rule << ": " << complaint;
    EXPECT_NE(complaint.find(row.complaint), std::string::npos) << rule << ": " << complaint;
  }
}

TEST(GenericKeywords, PositionsCountFromWhereAPieceOfTheStreamBegins) {
  struct Row {
    const char* options;
    bool expected;
  };
  const Row rows[] = {
      {"content:\"abc\"; depth:3;", true},      {"content:\"abc\"; startswith;", true},
      {"content:\"def\"; depth:3;", false},     {"content:\"def\"; offset:3; depth:3;", true},
      {"content:!\"def\"; depth:3;", true},     {"content:\"def\"; startswith;", false},
      {"content:\"abc\"; offset:1;", false},
  };
  for (const Row& row : rows) {
    RuleRun run("alert tcp-stream any any -> any any (" + std::string(row.options) + " sid:1;)");
    const auto packet = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 80).build();
    EXPECT_EQ(run(packet, 100, nullptr, 0, {as_bytes("abcdef"), 5000, true}),
              row.expected ? "1" : "")
        << row.options;
  }
}

TEST(GenericKeywords, MarkForTheKernel) {
  RuleRun run("alert udp any any -> any any (content:\"x\"; nfq_set_mark:0x8/0xff; sid:1;)");
  run(udp_packet("x"));
  EXPECT_EQ(run.verdict.mark, 8u);
  EXPECT_EQ(run.verdict.mark_mask, 0xffu);
}

TEST(GenericKeywords, RefuseWhatMakesNoSense) {
  const char* const cases[] = {
      "hostbits:isset,a,both;", "hostbits:frob,a;", "hostbits:set;", "xbits:set,a;",
      "xbits:set,a,track nobody;", "xbits:set,a,track ip_src,expire 0;", "tag:session,2;",
      "tag:flow;", "tag:session,2,lines;", "base64_data; content:\"a\";", "base64_decode:byte 3;",
      "udpv4-csum:maybe;", "entropy: bytes 3;", "entropy: value > x;", "rpc:1,2,3,4;", "rpc:x;",
      "asn1:nothing;", "asn1:oversize_length;", "l3_proto:ipv5;", "absent;",
      "config: logging enable, type tx, scope tx;", "nfq_set_mark:x;", "flowvar:a;",
  };
  for (const char* const options : cases) {
    std::string complaint;
    compile_rules_for_test(
        std::string("alert udp any any -> any any (") + options + " sid:1;)", complaint);
    EXPECT_NE(complaint, "") << options;
  }
}

}  // namespace
}  // namespace culvert
