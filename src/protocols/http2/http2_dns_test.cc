// DNS over HTTPS on HTTP/2: see http2_dns.cc.
#include <gtest/gtest.h>

#include "protocols/dns/dns_testing.h"
#include "protocols/http2/http2_testing.h"

namespace culvert::http2 {
namespace {

constexpr Direction kClient = Direction::kToServer, kServer = Direction::kToClient;
// RFC 8484 section 4.1.1: www.example.com, type A.
constexpr const char* kTarget = "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB";

struct Talk {
  Connection connection;
  Encoder client, server;

  Talk() {
    const Bytes bytes = as_bytes(kPreface);
    connection.feed(kClient, {bytes.begin(), bytes.end()});
  }
  void headers(Direction direction, bool is_end,
               const std::vector<std::pair<std::string, std::string>>& fields) {
    Encoder& encoder = direction == kClient ? client : server;
    unsigned flags = kEndHeaders;
    if (is_end) flags |= kEndStream;
    connection.feed(direction,
                    frame(kHeaders, static_cast<std::uint8_t>(flags), 1, encoder.block(fields)));
  }
  void data(Direction direction, std::string_view bytes, bool is_end) {
    std::uint8_t flags = 0;
    if (is_end) flags = kEndStream;
    connection.feed(direction, frame(kData, flags, 1, bytes));
  }
  const Http2Transaction& tx() {
    return static_cast<const Http2Transaction&>(*connection.parser.transactions().front());
  }
  /// "www.example.com": what the message of that direction asks; "none".
  std::string question(Direction direction) {
    const dns::DnsTransaction* const dns = tx().dns(direction);
    if (dns == nullptr) return "none";
    dns::NameText name;
    dns->message.name(dns->message.records(dns::Section::kQuery)[0].name, name);
    return std::string(as_text(name.bytes()));
  }
};

TEST(Http2Dns, TheTargetOfAGet) {
  const struct {
    const char* name;
    const char* method;
    const char* target;
    const char* question;
  } cases[] = {
      {"as in the RFC", "GET", kTarget, "www.example.com"},
      {"not the first variable", "GET",
       "/q?a=b&dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB&c=d#e", "www.example.com"},
      {"padded", "GET", "/q?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB==", "www.example.com"},
      {"no DNS in it", "GET", "/q?dns=hello", "none"},
      {"not base64url", "GET", "/q?dns=AAAB*AAB", "none"},
      {"another variable", "GET", "/q?adns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB", "none"},
      {"a POST", "POST", kTarget, "none"},
  };
  for (const auto& [name, method, target, question] : cases) {
    Talk talk;
    talk.headers(kClient, true, {{":method", method}, {":path", target}});
    EXPECT_EQ(talk.question(kClient), question) << name;
    const bool becomes = talk.connection.parser.wishes.change_to == AppProto::kDoh2;
    EXPECT_EQ(becomes, std::string(question) != "none") << name;
  }
}

TEST(Http2Dns, ABodyHoweverItIsCut) {
  const auto query = dns::MessageBuilder().query("a.example");
  const std::string_view text = as_text(query.bytes());
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Talk talk;
    talk.headers(
        kClient, false,
        {{":method", "POST"}, {":path", "/q"}, {"content-type", "application/dns-message"}});
    talk.data(kClient, text.substr(0, cut), false);
    EXPECT_EQ(talk.question(kClient), "none") << cut;
    talk.data(kClient, text.substr(cut), true);
    EXPECT_EQ(talk.question(kClient), "a.example") << cut;
    talk.headers(kServer, false, {{":status", "200"}, {"content-type", "application/dns-message"}});
    talk.data(kServer, text, true);
    EXPECT_EQ(talk.question(kServer), "a.example") << cut;
  }
}

TEST(Http2Dns, OtherBodiesAreNone) {
  const auto query = dns::MessageBuilder().query("a.example");
  Talk talk;
  talk.headers(kClient, false,
               {{":method", "POST"}, {":path", "/q"}, {"content-type", "text/plain"}});
  talk.data(kClient, as_text(query.bytes()), true);
  EXPECT_EQ(talk.question(kClient), "none");
  EXPECT_FALSE(talk.tx().has_dns());
}

TEST(Http2Dns, ABodyThatIsTooLongIsSaid) {
  Talk talk;
  talk.headers(kClient, false,
               {{":method", "POST"}, {":path", "/q"}, {"content-type", "application/dns-message"}});
  const std::string kilobyte(1024, 'x');
  for (int i = 0; i < 63; ++i) talk.data(kClient, kilobyte, false);
  const auto event = static_cast<std::uint8_t>(Event::kDnsRequestTooLong);
  EXPECT_FALSE(talk.tx().events.has(event));
  talk.data(kClient, kilobyte, true);
  EXPECT_TRUE(talk.tx().events.has(event));
  EXPECT_EQ(talk.question(kClient), "none");
}

}  // namespace
}  // namespace culvert::http2
