// Rules against packets: which of them match. One row says a rule, a packet, and the answer; the whole
// of rule language, keywords and evaluation stands behind it.
#include <gtest/gtest.h>

#include <algorithm>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "testing/decode_packet.h"
#include "testing/hex.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

/// Compiles one rule; what was wrong with it goes to `complaint`.
std::shared_ptr<const RuleSet> compile(const std::string& rule, std::string& complaint,
                                       bool ignores_checksums = false) {
  static const ConfigNode kNoConfig;
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.file_buffers = builtin_file_buffers();
  environment.config = &kNoConfig;
  environment.ignores_checksums = ignores_checksums;
  RuleSources sources;
  sources.files.push_back({"test.rules", rule, false});
  Complaints complaints;
  auto rules = compile_rules(environment, sources, complaints);
  if (!complaints.ok()) complaint = complaints.errors.front().text();
  return rules;
}

/// Whether a rule of `options` matches the packet, which has no flow. `encrypted`: its payload is not
/// to be inspected.
bool matches(const std::string& header, const std::string& options,
             const std::vector<std::byte>& bytes, bool encrypted = false,
             bool ignores_checksums = false) {
  std::string complaint;
  const auto rules =
      compile("alert " + header + " (" + options + " sid:1;)", complaint, ignores_checksums);
  EXPECT_EQ(complaint, "") << options;
  PacketStack stack;
  Packet packet;
  packet.time = make_timestamp(100);
  decode_packet(bytes, packet, stack);
  packet.no_payload_inspection = encrypted;
  Detector detector{DetectOptions{}};
  detector.use(rules);
  DetectInput input;
  input.packet = &packet;
  input.time = packet.time;
  detector.inspect(input);
  return !detector.alerts().empty();
}

std::vector<std::byte> udp(std::string_view payload) {
  return PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2", {.tos = 4, .ttl = 63, .id = 77})
      .udp(1000, 53).payload(payload).build();
}

struct Row {
  const char* options;
  bool expected;
};

TEST(Rules, LookIntoPayloads) {
  const Row rows[] = {
      {"content:\"abc\";", true},
      {"content:\"ABC\";", false},
      {"content:\"ABC\"; nocase;", true},
      {"content:!\"abc\";", false},
      {"content:!\"xyz\";", true},
      {"content:\"|61 62|c\";", true},
      {"content:\"abc\"; offset:1;", false},
      {"content:\"abc\"; depth:3;", true},
      {"content:\"def\"; depth:3;", false},
      {"content:\"abc\"; content:\"def\"; distance:0; within:3;", true},
      {"content:\"abc\"; content:\"ghi\"; distance:0; within:3;", false},
      {"content:\"abc\"; content:\"ghi\"; distance:3; within:3;", true},
      {"content:\"abc\"; startswith;", true},
      {"content:\"789\"; endswith;", true},
      {"content:\"abc\"; endswith;", false},
      {"content:\"abc\"; isdataat:5,relative;", true},
      {"content:\"789\"; isdataat:!1,relative;", true},
      {"content:\"a\"; content:\"e\"; within:1; distance:3;", true},
      {"pcre:\"/d.f/\";", true},
      {"pcre:\"/D.F/i\";", true},
      {"pcre:\"/D.F/\";", false},
      {"content:\"abc\"; pcre:\"/^def/R\";", true},
      {"content:\"abc\"; pcre:\"/^ghi/R\";", false},
      {"byte_test:1,=,0x61,0;", true},
      {"byte_test:1,>,0x61,0;", false},
      {"byte_extract:1,9,digit,string,dec; content:\"8\"; offset:digit; depth:2;", false},
      {"content:\"123\"; byte_test:1,=,4,0,relative,string,dec;", true},
      {"byte_jump:1,9,string,dec; content:\"c\";", true},
      {"dsize:18;", true},
      {"dsize:>18;", false},
      {"dsize:10<>20;", true},
      {"dsize:!5; content:\"e\";", true},  // as if it were depth:5
      {"dsize:!5; content:\"f\";", false},
      {"dsize:!5; content:\"b\"; content:\"g\"; distance:0;", true},  // within:5
      {"dsize:!5; content:\"b\"; content:\"h\"; distance:0; within:9;", false},
      {"dsize:18; content:\"9\";", true},
      {"byte_extract:1,9,v,string,dec; content:\"a\"; depth:v;", true},
      {"dsize:18; byte_extract:1,9,v,string,dec; content:\"a\"; depth:v;", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches("udp any any -> any any", row.options, udp("abcdefghi123456789")),
              row.expected)
        << row.options;
  }
}

TEST(Rules, PayloadThatIsNotInspectedHasNoSizeToAskFor) {
  const Row rows[] = {
      {"dsize:>0;", false},      {"dsize:4;", false}, {"dsize:!9;", false}, {"dsize:1<>9;", false},
      {"content:\"a\";", false}, {"dsize:<9;", true}, {"dsize:!5<>9;", true}, {"ttl:63;", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches("udp any any -> any any", row.options, udp("abcd"), true), row.expected)
        << row.options;
  }
}

TEST(Rules, LookAtHeaders) {
  const Row rows[] = {
      {"ttl:63;", true},
      {"ttl:<63;", false},
      {"tos:4;", true},
      {"id:77;", true},
      {"id:78;", false},
      {"fragoffset:0;", true},
      {"sameip;", false},
      {"ip_proto:17;", true},
      {"ip_proto:!17;", false},
      {"ipopts:any;", false},
      {"fragbits:!D;", true},
      {"seq:0;", false},
      {"itype:8;", false},
      {"vlan.layers:0;", true},
      {"vlan.id:5;", false},
      {"udp.hdr; content:\"|00 35|\"; offset:2; depth:2;", true},
      {"ipv4.hdr; content:\"|45|\"; startswith;", true},
      {"tcp.hdr; content:\"|00|\";", false},
      {"ipv6.hdr; content:\"|60|\";", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches("ip any any -> any any", row.options, udp("x")), row.expected)
        << row.options;
  }
}

TEST(Rules, HeadersChooseAddressesAndPorts) {
  const std::pair<const char*, bool> rows[] = {
      {"udp 10.0.0.1 any -> any 53", true},
      {"udp 10.0.0.2 any -> any 53", false},
      {"udp !10.0.0.2 any -> any 53", true},
      {"udp [10.0.0.0/8,!10.0.0.1] any -> any any", false},
      {"udp any any -> any [50:60,!53]", false},
      {"udp any 53 <> any any", true},
      {"tcp any any -> any any", false},
      {"ip any any -> any any", true},
      {"icmp any any -> any any", false},
  };
  for (const auto& [header, expected] : rows) {
    EXPECT_EQ(matches(header, "msg:\"x\";", udp("x")), expected) << header;
  }
}

TEST(Rules, FragmentsOfIpv6HaveTheProtocolOfTheirHeader) {
  const auto first = PacketBuilder().ethernet().ipv6("2001:db8::1", "2001:db8::2")
                         .ipv6_fragment(1, 0, true).udp(1000, 53).payload("0123456789").build();
  const Row rows[] = {
      {"ip_proto:44;", true},    {"ip_proto:17;", false}, {"fragbits:M;", false},
      {"flow:no_frag;", false},  {"flow:only_frag;", false}, {"flow:to_server;", true},
      {"ipv6.hdr; content:\"|60|\"; startswith;", true},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches("ip any any -> any any", row.options, first), row.expected) << row.options;
  }
  EXPECT_FALSE(matches("udp any any -> any any", "msg:\"x\";", first));
}

TEST(Rules, HeaderOfIpv6HasItsExtensionHeaders) {
  const auto plain = PacketBuilder().ethernet().ipv6("2001:db8::1", "2001:db8::2")
                         .udp(1000, 53).payload("x").build();
  const auto extended = PacketBuilder().ethernet().ipv6("2001:db8::1", "2001:db8::2")
                            .ipv6_extension(60, std::vector<std::byte>(6)).udp(1000, 53).payload("x").build();
  EXPECT_TRUE(matches("udp any any -> any any", "ipv6.hdr; bsize:40;", plain));
  EXPECT_TRUE(matches("udp any any -> any any", "ipv6.hdr; bsize:48;", extended));
}

TEST(Rules, TcpFieldsAndFlags) {
  const auto syn = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2")
                       .tcp(1000, 80, {.seq = 5, .ack = 0, .flags = tcp::kSyn}).build();
  const Row rows[] = {
      {"flags:S;", true},   {"flags:A;", false},  {"flags:S+;", true},  {"flags:SA;", false},
      {"flags:*SA;", true}, {"flags:!A;", true},  {"flags:S,12;", true}, {"seq:5;", true},
      {"ack:0;", true},     {"tcp.mss:1460;", false},
      {"flags:!R;", true},  {"flags:!S;", false}, {"flags:!E;", false},  {"flags:!0;", true},
      {"flags:!SA;", true}, {"flags:!SE;", false}, {"flags:*SC;", false},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(matches("tcp any any -> any any", row.options, syn), row.expected) << row.options;
  }
  const auto ack = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2")
                       .tcp(1000, 80, {.seq = 5, .ack = 6, .flags = tcp::kAck}).build();
  const Row of_ack[] = {
      {"flags:!R;", false},  {"flags:!P;", true},   {"flags:!A;", false},
      {"flags:*SA;", false}, {"flags:*PA;", true}, {"flags:A;", true},
  };
  for (const Row& row : of_ack) {
    EXPECT_EQ(matches("tcp any any -> any any", row.options, ack), row.expected) << row.options;
  }
}

TEST(Rules, WhatCannotBeIsRefusedWithItsPlace) {
  const std::pair<const char*, const char*> rows[] = {
      {"alert udp any any -> any any (content:\"\"; sid:1;)", "test.rules:1"},
      {"alert udp any any -> any any (nosuchkeyword; sid:1;)", "nosuchkeyword"},
      {"alert udp any any -> any any (ttl:300; sid:1;)", "300"},
      {"alert udp any any -> any any (nocase; sid:1;)", "test.rules:1"},
      {"alert udp any any -> any any (msg:\"no sid\";)", "sid"},
      {"alert udp any any -> any any (flowint:a; sid:1;)", "flowint"},
      {"alert udp any any -> any any (stream_size:client,~,1; sid:1;)", "test"},
      {"alert udp any any -> any any (ipopts:nonsense; sid:1;)", "nonsense"},
      {"alert udp any any -> any any (pcre:\"/(/\"; sid:1;)", "test.rules:1"},
      {"alert udp $NOSUCH any -> any any (sid:1;)", "NOSUCH"},
      {"alert http any any -> any any (http.uri; sid:1;)", "http.uri"},
      {"alert http any any -> any any (http.host; content:\"ABC\"; sid:1;)", "http.host"},
      {"alert http any any -> any any (http.host; content:\"abc\"; nocase; sid:1;)", "http.host"},
      {"alert http any any -> any any (http.method; content:\" GET\"; sid:1;)", "http.method"},
      {"alert http any any -> any any (http.protocol; content:\"HTTP 1\"; sid:1;)", "http.protocol"},
      {"alert http any any -> any any (http.header.raw; content:\"a\"; sid:1;)", "flow:to_server"},
      {"alert http any any -> any any (http.uri; content:\"a\"; rawbytes; sid:1;)", "rawbytes"},
      {"alert http any any -> any any (content:\"a\"; http_uri; http_uri; sid:1;)", "buffer"},
      {"alert http any any -> any any (http_uri; sid:1;)", "content"},
      {"alert http2 any any -> any any (content:\"a\"; http_uri; sid:1;)", "protocol"},
      {"alert http any any -> any any (flow:to_client; http.uri; content:\"a\"; sid:1;)", "direction"},
      {"alert http any any -> any any (http.uri; content:\"a\"; http.stat_code; content:\"2\"; sid:1;)",
       "=>"},
      {"alert http any any => any any (http.uri; content:\"a\"; sid:1;)", "should use both directions"},
      {"alert tcp any any => any any (content:\"a\"; sid:1;)", "should use both directions"},
      {"alert http any any => any any (http.uri; content:\"a\"; file.data; content:\"a\"; sid:1;)",
       "should use both directions"},
      {"alert http any any => any any (http.uri; content:\"a\"; http.stat_code; content:\"2\";"
       " file.data; content:\"a\"; sid:1;)", "ambiguous"},
      {"alert http any any => any any (http.uri; content:\"a\"; http.stat_code; content:\"2\";"
       " filesize:>1; sid:1;)", "ambiguous"},
      {"alert http2 any any -> any any (app-layer-event:http.compression_bomb; sid:1;)", "http"},
      {"alert http any any -> any any (urilen:3; http.uri; content:\"abcd\"; sid:1;)", "bsize"},
      {"alert http any any -> any any (urilen:abc; sid:1;)", "test.rules:1"},
      {"alert http any any -> any any (http.uri; pcre:\"/a/H\"; sid:1;)", "sticky buffer"},
      {"alert http2 any any -> any any (http2.frametype:NONE; sid:1;)", "NONE"},
      {"alert http2 any any -> any any (http2.errorcode:NONE; sid:1;)", "NONE"},
      {"alert http2 any any -> any any (http2.settings:NONE=1; sid:1;)", "NONE"},
      {"alert http2 any any -> any any (http2.priority:999; sid:1;)", "999"},
      {"alert http1 any any -> any any (http2.window:1; sid:1;)", "http2"},
  };
  for (const auto& [rule, part] : rows) {
    std::string complaint;
    compile(rule, complaint);
    EXPECT_NE(complaint, "") << rule;
    EXPECT_NE(complaint.find(part), std::string::npos) << rule << ": " << complaint;
  }
}

TEST(Rules, HttpKeywordsInAllTheirForms) {
  for (const char* options : {
           "http.uri; content:\"a\";", "content:\"a\"; http_uri;", "content:\"a\"; nocase; http_uri;",
           "content:\"a\"; http_uri; content:\"b\"; distance:0; http_uri;",
           "content:\"a\"; http_raw_uri;", "content:\"a\"; http_method;",
           "content:\"a\"; http_header;", "flow:to_server; content:\"a\"; http_raw_header;",
           "content:\"a\"; http_cookie;", "content:\"a\"; http_user_agent;",
           "content:\"a\"; http_host;", "content:\"a\"; http_raw_host;",
           "content:\"a\"; http_stat_code;", "content:\"a\"; http_stat_msg;",
           "content:\"a\"; http_client_body;", "content:\"a\"; http_server_body;",
           "uricontent:\"a\";", "uricontent:!\"a\"; nocase;", "uricontent:\"a\"; isdataat:!1,relative;",
           "urilen:5;", "urilen:>5,raw;", "urilen:5<>10, norm;", "pcre:\"/a/U\";", "pcre:/a/Ui;",
           "http.uri; pcre:\"/a/U\";", "http_header_names; content:\"a\";", "http_accept; content:\"a\";",
           "http.request_header; content:\"a\"; http.request_header; content:\"b\";",
           "http2.frametype:GOAWAY;", "http2.frametype:8;", "http2.errorcode:NO_ERROR;",
           "http2.priority:>100;", "http2.window:1;", "http2.size_update:>4096;",
           "http2.settings:SETTINGS_ENABLE_PUSH=0;", "http2.settings:SETTINGS_ENABLE_PUSH;",
           "http2.header_name; content:\"a\";"}) {
    std::string complaint;
    compile("alert http any any -> any any (" + std::string(options) + " sid:1;)", complaint);
    EXPECT_EQ(complaint, "") << options;
  }
}

TEST(Rules, OfFilesAreTakenOrRefused) {
  const Row rows[] = {
      {"file.data; content:\"a\";", true},
      {"file_data; content:\"a\"; content:\"b\"; distance:0;", true},
      {"file.name; content:\"a\"; file.data; content:\"b\";", true},
      {"file.magic; pcre:\"/one/R\";", true},
      {"filename:\"a\";", true},
      {"filename:!\"a\";", true},
      {"fileext:\"exe\";", true},
      {"filemagic:\"PDF\";", true},
      {"filesize:>10kb;", true},
      {"filesize:10<>20;", true},
      {"filesize:x;", false},
      {"filestore;", true},
      {"filestore:request;", true},
      {"filestore:both,file;", true},
      {"filestore:response,flow;", true},
      {"filestore:nowhere;", false},
      {"filemd5:/no/such/list;", false},
      {"filesha1:/no/such/list;", false},
      {"filesha256:!/no/such/list;", false},
  };
  for (const Row& row : rows) {
    std::string complaint;
    compile("alert http any any -> any any (" + std::string(row.options) + " sid:1;)", complaint);
    EXPECT_EQ(complaint.empty(), row.expected) << row.options << ": " << complaint;
  }
}

TEST(Rules, OfFtpAreTakenOrRefused) {
  const std::pair<std::string, bool> rows[] = {
      {"alert ftp any any -> any any (ftp.command; content:\"RETR\"; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.command_data; content:\"a\"; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.reply; content:\"a\"; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.completion_code; content:\"230\"; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.dynamic_port:>1024; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.mode:active; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.mode:xactive; sid:1;)", false},
      {"alert ftp any any -> any any (ftp.reply_received:yes; sid:1;)", true},
      {"alert ftp any any -> any any (ftp.reply_received:perhaps; sid:1;)", false},
      {"alert ftp any any -> any any (ftpbounce; sid:1;)", true},
      {"alert ftp-data any any -> any any (ftpdata_command:stor; sid:1;)", true},
      {"alert ftp-data any any -> any any (ftpdata_command:list; sid:1;)", true},
      {"alert ftp-data any any -> any any (ftpdata_command:pwd; sid:1;)", false},
      {"alert ftp-data any any -> any any (file.data; content:\"a\"; sid:1;)", true},
  };
  for (const auto& [rule, taken] : rows) {
    std::string complaint;
    compile(rule, complaint);
    EXPECT_EQ(complaint.empty(), taken) << rule << ": " << complaint;
  }
}

TEST(Rules, ChecksumsThatDoNotCountAreRight) {
  auto bytes = udp("x");
  bytes[14 + 10] ^= std::byte{1};  // the IPv4 header's
  const auto valid = [&](bool ignored) {
    return matches("ip any any -> any any", "ipv4-csum:valid;", bytes, false, ignored);
  };
  EXPECT_FALSE(valid(false));
  EXPECT_TRUE(valid(true));
  EXPECT_FALSE(matches("ip any any -> any any", "ipv4-csum:invalid;", bytes, false, true));
}

/// As the reference (8.0.8) takes and refuses them; each was asked.
TEST(Rules, ChangedInOneOptionAreTakenOrRefusedAsInTheReference) {
  const std::pair<std::string, bool> rows[] = {
      // Sticky buffers: a match before the next one, or before what is about something else.
      {"http any any -> any any (http.uri; content:\"a\"; http.method; content:\"b\";", true},
      {"http any any -> any any (http.uri; http.uri; content:\"a\";", false},
      {"http any any -> any any (http.uri; content:\"a\"; http.uri;", false},
      {"http any any -> any any (http.uri; filesize:>5; content:\"a\";", false},
      {"http any any -> any any (http.header; pcre:\"/a/H\"; http.uri; content:\"b\";", true},
      {"mqtt any any -> any any (mqtt.publish.topic; mqtt.type:PUBLISH; content:\"a\";", false},
      {"mqtt any any -> any any (mqtt.type:PUBLISH; mqtt.publish.topic; content:\"a\";", true},
      {"dns any any -> any any (dns.query; flow:to_server; content:\"a\";", true},
      // Transforms: behind the buffer or behind its first contents, not both.
      {"dns any any -> any any (dns.query; content:\"a\"; dotprefix; endswith;", true},
      {"dns any any -> any any (dns.query; content:\"a\"; to_lowercase; nocase;", true},
      {"dns any any -> any any (dns.query; dotprefix; content:\"a\"; to_lowercase; content:\"b\";",
       false},
      {"http any any -> any any (http.uri; content:\"a\"; to_lowercase; http.method; "
       "content:\"b\";",
       false},
      {"tls any any -> any any (tls.sni; xor:\"0a0b\"; content:\"a\";", true},
      {"tls any any -> any any (tls.sni; xor:0a0b; content:\"a\";", false},
      {"tcp any any -> any any (base64_decode:bytes 4; base64_data;", true},
      // Quotes only where they belong.
      {"tcp any any -> any any (flow:\"established\";", false},
      {"tcp any any -> any any (content:\"ab\"; depth:\"4\";", false},
      {"tcp any any -> any any (app-layer-protocol:!\"http\";", true},
      {"tcp any any -> any any (app-layer-protocol:\"!http\";", false},
      {"ip any any -> any any (tos:\"8\";", true},
      {"http any any -> any any (filemagic:PDF;", false},
      // Numbers.
      {"ip any any -> any any (tos:x1f;", true},
      {"ip any any -> any any (tos:0x1f;", false},
      {"ip any any -> any any (id:!5;", false},
      {"ip any any -> any any (fragoffset:>5;", true},
      {"ip any any -> any any (fragoffset:!5;", false},
      {"tcp any any -> any any (seq:0x10;", false},
      {"tcp any any -> any any (window:!5;", true},
      {"tcp any any -> any any (window:<5;", false},
      {"krb5 any any -> any any (krb5_msg_type:!10;", false},
      {"tcp any any -> any any (content:\"a\"; priority:256;", true},
      {"tcp any any -> any any (content:\"a\"; rev:0;", false},
      {"tcp any any -> any any (byte_math:bytes 1, bytes 1, offset 0, oper +, rvalue 1, result r;",
       false},
      {"tcp any any -> any any (byte_extract:1,0,v; byte_extract:1,1,v; content:\"a\"; offset:v;",
       true},
      // Names.
      {"tcp any any -> any any (stream-event:EST_PACKET_OUT_OF_WINDOW;", true},
      {"tcp any any -> any any (stream-event:stream.est_packet_out_of_window;", false},
      {"tcp any any -> any any (app-layer-event:APPLAYER_PROTO_DETECTION_SKIPPED;", true},
      {"ip any any -> any any (ipopts:SSRR;", true},
      {"tcp any any -> any any (flags:sa;", false},
      {"tcp any any -> any any (flags:S,;", false},
      {"tcp any any -> any any (content:\"a\"; classtype:a b;", false},
      {"tcp any any -> any any (flowint:ab,+,1;", true},
      {"tcp any any -> any any (flowint:a,+,1;", false},
      {"tcp any any -> any any (flowint:a-b,+,1;", false},
      {"websocket any any -> any any (websocket.flags:fin,fin;", false},
      {"ssl any any -> any any (content:\"a\";", false},
  };
  for (const auto& [rule, taken] : rows) {
    std::string complaint;
    compile("alert " + rule + " sid:1;)", complaint);
    EXPECT_EQ(complaint.empty(), taken) << rule << ": " << complaint;
  }
}

TEST(Rules, EveryKeywordHasItsLineOfHelp) {
  std::vector<std::string_view> names;
  for (const KeywordSpec* const spec : builtin_keywords()) {
    EXPECT_FALSE(spec->help.empty()) << spec->name;
    EXPECT_NE(spec->compile, nullptr) << spec->name;
    names.push_back(spec->name);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << "listed twice";
}

}  // namespace
}  // namespace culvert
