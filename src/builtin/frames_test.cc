// Frames of each protocol: which stretches of what is said get which names. Expected stretches are the
// reference's (`frame` records), for the same bytes.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "app/protocol_spec.h"
#include "builtin/protocols.h"
#include "builtin/rule_testing.h"
#include "testing/hex.h"

namespace culvert {
namespace {

using Talk = std::vector<std::pair<Direction, std::string>>;
constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;

const ProtocolSpec& spec_of(AppProto proto) {
  for (const ProtocolSpec* spec : builtin_protocols()) {
    if (spec->proto == proto) return *spec;
  }
  throw proto;
}

std::string bytes(std::string_view digits) { return std::string(as_text(hex(digits))); }

/// "pdu 0+3 data 3+?": by place, those that hold others first. Each piece comes in bits of `step`
/// bytes; with `ip_proto` 17 each is a datagram.
std::string frames_of(AppProto proto, std::uint8_t ip_proto, const Talk& talk, Direction of,
                      std::size_t step = 100000) {
  const ProtocolSpec& spec = spec_of(proto);
  static const ConfigNode kNoConfig;
  Complaints complaints;
  const auto context = spec.make_context == nullptr ? std::make_unique<ProtocolContext>()
                                                    : spec.make_context(kNoConfig, complaints);
  Flow flow;
  flow.key.ip_proto = ip_proto;
  const auto parser = spec.make_parser(*context, flow);
  parser->use({}, flow);
  FrameList lists[2];
  std::uint64_t offsets[2] = {0, 0};
  for (const auto& [direction, text] : talk) {
    const std::size_t d = index_of(direction);
    for (std::size_t at = 0; at < text.size(); at += step) {
      const std::string piece = text.substr(at, step);
      EXPECT_NE(parser->feed({.flow = flow,
                              .direction = direction,
                              .bytes = as_bytes(piece),
                              .time = {},
                              .stream_offset = offsets[d],
                              .frames = &lists[d]}),
                ParseStatus::kMalformed);
      if (ip_proto == 6) offsets[d] += piece.size();
    }
  }
  std::vector<Frame> frames = lists[index_of(of)].frames();
  std::ranges::stable_sort(frames, [](const Frame& a, const Frame& b) {
    return std::pair(a.begin, ~a.length) < std::pair(b.begin, ~b.length);
  });
  std::string out;
  for (const Frame& frame : frames) {
    if (!out.empty()) out += ' ';
    out += std::string(spec.frames[frame.type]) + ' ' + std::to_string(frame.begin) + '+';
    out += frame.is_open() ? "?" : std::to_string(frame.length);
  }
  return out;
}

struct Case {
  const char* name;
  AppProto proto;
  std::uint8_t ip_proto;
  Talk talk;
  Direction of;
  const char* frames;
};

const std::string kDnsQuery = bytes("0001 0100 0001 0000 0000 0000 0161 00 0001 0001");
const std::string kSipRequest =
    "INVITE sip:a@b SIP/2.0\r\nVia: x\r\nContent-Length: 3\r\n\r\nabc";
const std::string kClientHello =
    bytes("160301002f 0100002b 0303") + std::string(32, 'r') + bytes("00 0002 c02f 01 00 0000");

const Case kCases[] = {
    {"a datagram of DNS", AppProto::kDns, 17, {{kClient, kDnsQuery}}, kClient, "pdu 0+19"},
    {"two messages of DNS over TCP", AppProto::kDns, 6,
     {{kClient, bytes("0013") + kDnsQuery + bytes("0013") + kDnsQuery}}, kClient,
     "pdu 2+19 pdu 23+19"},
    {"MQTT", AppProto::kMqtt, 6, {{kClient, bytes("100c 00044d515454 04 02 003c 0000 c000")}}, kClient,
     "pdu 0+14 header 0+2 data 2+12 pdu 14+2 header 14+2 data 16+0"},
    {"SIP over UDP", AppProto::kSip, 17, {{kClient, kSipRequest}}, kClient,
     "pdu 0+56 request.line 0+24 request.headers 24+27 request.body 53+3"},
    {"SIP over TCP", AppProto::kSip, 6, {{kClient, kSipRequest + kSipRequest}}, kClient,
     "pdu 0+56 request.line 0+24 request.headers 24+27 request.body 53+3 "
     "pdu 56+56 request.line 56+24 request.headers 80+27 request.body 109+3"},
    {"an answer of SIP", AppProto::kSip, 6, {{kServer, "SIP/2.0 200 OK\r\nVia: x\r\n\r\n"}}, kServer,
     "pdu 0+26 response.line 0+16 response.headers 16+8"},
    {"WebSocket", AppProto::kWebsocket, 6, {{kClient, bytes("8183 01020304 606060 8900")}}, kClient,
     "pdu 0+9 header 0+6 data 6+3 header 9+2 pdu 9+2 data 11+0"},
    {"SMTP, the client", AppProto::kSmtp, 6,
     {{kServer, "220 hi\r\n"}, {kClient, "EHLO a\r\n"}, {kServer, "250 ok\r\n"},
      {kClient, "MAIL FROM:<a@b>\r\n"}, {kServer, "250 ok\r\n"}, {kClient, "DATA\r\n"},
      {kServer, "354 go\r\n"}, {kClient, "Subject: x\r\n\r\nhi\r\n.\r\n"}, {kServer, "250 ok\r\n"},
      {kClient, "QUIT\r\n"}}, kClient,
     "command_line 0+8 command_line 0+6 command_line 8+17 command_line 8+15 command_line 25+6 "
     "command_line 25+4 data 31+21 command_line 52+6 command_line 52+4"},
    {"SMTP, the server", AppProto::kSmtp, 6,
     {{kServer, "220 hi\r\n"}, {kClient, "EHLO a\r\n"}, {kServer, "250-x\r\n250 ok\r\n"}}, kServer,
     "response_line 0+8 response_line 8+7 response_line 15+8"},
    {"HTTP requests", AppProto::kHttp1, 6,
     {{kClient, "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc"},
      {kClient, "GET /b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {kClient, "GET /c HT"}}, kClient, "request 0+42 request 42+28 request 70+?"},
    {"a response that ends with the stream", AppProto::kHttp1, 6,
     {{kClient, "GET / HTTP/1.0\r\n\r\n"}, {kServer, "HTTP/1.0 200 OK\r\n\r\nabc"}}, kServer,
     "response 0+?"},
    {"TLS", AppProto::kTls, 6, {{kClient, kClientHello + bytes("1503010002 0100")}}, kClient,
     "pdu 0+52 hdr 0+5 data 5+47 pdu 52+7 hdr 52+5 data 57+2 alert 57+2"},
    {"SSH", AppProto::kSsh, 6, {{kClient, "SSH-2.0-x\r\n" + bytes("0000000c 0a 15") + std::string(10, 'k')}},
     kClient, "record.pdu 11+16 record.hdr 11+6 record.data 17+10"},
    {"HTTP/2", AppProto::kHttp2, 6,
     {{kServer, bytes("000006 04 00 00000000 0003 00000064 000000 04 01 00000000")}}, kServer,
     "pdu 0+15 hdr 0+9 data 9+6 hdr 15+9 pdu 15+9 data 24+0"},
};

TEST(Frames, AreWhereTheProtocolSays) {
  for (const Case& c : kCases) {
    EXPECT_EQ(frames_of(c.proto, c.ip_proto, c.talk, c.of), c.frames) << c.name;
  }
}

TEST(Frames, AnySplitGivesTheSame) {
  for (const Case& c : kCases) {
    if (c.ip_proto == 17) continue;
    for (const std::size_t step : {1, 2, 3, 7}) {
      EXPECT_EQ(frames_of(c.proto, c.ip_proto, c.talk, c.of, step), c.frames) << c.name << " by " << step;
    }
  }
}

TEST(FrameKeyword, NamesWhatItDoesNotKnow) {
  const std::pair<const char*, const char*> cases[] = {
      {"tcp any any -> any any (frame:request; content:\"a\";",
       "rule protocol unknown, can't use shorthand notation for frame 'request'"},
      {"http any any -> any any (frame:foo; content:\"a\";", "unknown frame 'foo' for protocol"},
      {"http any any -> any any (frame:tls.pdu; content:\"a\";", "mismatch with rule protocol 'http'"},
      {"udp any any -> any any (frame:tls.pdu; content:\"a\";", "unknown frame 'pdu' for protocol 'tls'"},
      {"udp any any -> any any (frame:dns.stream; content:\"a\";", "unknown frame 'stream'"},
      {"tcp any any -> any any (frame:\"tls.pdu\"; content:\"a\";", "quotes on frame keyword"},
      {"tls any any -> any any (tls.sni; content:\"a\"; frame:pdu; content:\"b\";",
       "can't mix app-layer buffer and frame inspection"},
      {"tls any any -> any any (content:\"a\"; frame:pdu; content:\"b\";",
       "can't mix pure content and frame inspection"},
      {"tls any any -> any any (frame:pdu; content:\"a\"; dsize:10;",
       "Signature combines packet specific matches"},
  };
  for (const auto& [rule, expected] : cases) {
    std::string complaint;
    (void)compile_rules_for_test(std::string("alert ") + rule + " sid:1;)", complaint);
    EXPECT_NE(complaint.find(expected), std::string::npos) << rule << "\n" << complaint;
  }
  for (const char* rule :
       {"tcp any any -> any any (frame:tls.pdu; content:\"a\";", "tls any any -> any any (frame:ssl2.pdu; content:\"a\";",
        "http1 any any -> any any (frame:request; content:\"a\";", "ftp any any -> any any (frame:stream; content:\"a\";",
        "http any any -> any any (frame:http2.pdu; content:\"a\";", "ip any any -> any any (frame:dns.pdu; content:\"a\";"}) {
    std::string complaint;
    (void)compile_rules_for_test(std::string("alert ") + rule + " sid:1;)", complaint);
    EXPECT_EQ(complaint, "") << rule;
  }
}

/// The sids that match, each with the id of its frame: "1:2".
std::string alerts_on(const std::string& rules, Packet& packet, Flow& flow, const ProtocolSpec& spec,
                      FrameList& list) {
  std::string complaint;
  Detector detector{DetectOptions{}};
  detector.use(compile_rules_for_test(rules, complaint));
  EXPECT_EQ(complaint, "");
  DetectInput input;
  input.packet = &packet;
  input.flow = &flow;
  input.app.proto = spec.proto;
  input.app.spec = &spec;
  input.frames.list = &list;
  input.frames.reach = {.limit = packet.payload.size(), .edge = packet.payload.size(), .has_ended = true};
  detector.inspect(input);
  std::string out;
  for (const Alert& alert : detector.alerts()) {
    if (!out.empty()) out += ' ';
    out += std::to_string(alert.rule->sid) + ':';
    out += alert.frame == nullptr ? "-" : std::to_string(alert.frame->id);
  }
  return out;
}

TEST(FrameRules, LookIntoTheirFrameOnly) {
  const auto packet_bytes = udp_packet("abcdef");
  DecodeCounters counters;
  Decoder decoder(DecodeOptions{}, counters);
  PacketStack stack;
  Packet packet;
  packet.data = packet_bytes;
  decoder.decode(packet, stack);
  Flow flow;
  flow.key.ip_proto = 17;
  packet.flow = &flow;
  FrameList list;
  list.add(0, 1, 3);  // pdu "bcd"
  list.add(1, 3, 2);  // request.line "de"
  list.add(0, 4, 2);  // pdu "ef"
  const auto run = [&](const std::string& rules) {
    return alerts_on(rules, packet, flow, spec_of(AppProto::kSip), list);
  };
  const std::string head = "alert sip any any -> any any (frame:";
  EXPECT_EQ(run(head + "pdu; content:\"c\"; sid:1;)"), "1:1");
  EXPECT_EQ(run(head + "pdu; content:\"a\"; sid:1;)"), "");
  EXPECT_EQ(run(head + "pdu; content:\"bcd\"; startswith; endswith; sid:1;)"), "1:1");
  EXPECT_EQ(run(head + "pdu; content:\"b\"; content:\"e\"; distance:0; sid:1;)"), "");
  EXPECT_EQ(run(head + "pdu; content:!\"b\"; sid:1;)"), "1:3");
  EXPECT_EQ(run(head + "pdu; bsize:3; sid:1;)"), "1:1");
  EXPECT_EQ(run(head + "request.line; pcre:\"/^de$/\"; sid:1;)"), "1:2");
  EXPECT_EQ(run(head + "pdu; to_uppercase; content:\"EF\"; sid:1;)"), "1:3");
  EXPECT_EQ(run(head + "pdu; content:\"c\"; frame:request.line; content:\"d\"; sid:1;)"), "1:1");
  EXPECT_EQ(run(head + "pdu; content:\"c\"; frame:request.line; content:\"x\"; sid:1;)"), "");
  EXPECT_EQ(run(head + "pdu; content:\"c\"; sid:1;)\nalert dns any any -> any any (frame:pdu; "
                       "content:\"c\"; sid:2;)"),
            "1:1");
}

}  // namespace
}  // namespace culvert
