// Packets that are encrypted were made with the keys of RFC 9001 section 5.2 for the destination id
// 01..01; the hello in them is kHello.
#include "protocols/quic/quic_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "event/json_writer.h"
#include "protocols/quic/quic_buffers.h"
#include "protocols/quic/quic_eve.h"
#include "protocols/quic/quic_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/hex.h"

namespace culvert::quic {
namespace {

using Datagram = std::vector<std::byte>;

constexpr std::string_view kHello =
    "0100006903035252525252525252525252525252525252525252525252525252525252525252000004130113020100"
    "003c1a1a00000000000e000c000009612e6578616d706c65002b0005045a5a0304001000050003026833000d000600"
    "0404030804000a000600042a2a001d";

/// PING, CRYPTO@60, CRYPTO@0+60.
Datagram client_hello() {
  return hex(
      "cb000000010801010101010101010802020202020202020040868ee591df08a835f377daf911cb5211557477c1d4"
      "76bce8e167073a2f72abc39cc345f3e4cc1ddcd1cccda8b3ea333b5457ccd3754681f5f201cdce70fb0a3cbf4502"
      "df547fbdb010faf870ebb8ca5165b112408992fbaa8acd77f15d5f14bb3a81857a8faba909832cad81a9c79b6f4b"
      "4f8c1c195d08195cdaecb2bd251c5d0d4f20a56caf9a");
}
Datagram server_hello() {
  return hex(
      "ca0000000108020202020202020208040404040404040400404d43d62474288bde049ce7d847b3ab46a83057399a"
      "aa9a4994fbb9046cd8b23692b3d06bec0e32979a7b5d74de414dec592e914c09cefd40ee341b3858e7480bfa9410"
      "295c8dd81f6c098558745a");
}
/// CRYPTO@0+60, and in the next packet the rest.
Datagram first_part() {
  return hex(
      "c900000001080101010101010101080202020202020202004051462496d9089835fa7ff79f3bf86d336b4325b886"
      "21eae0e93651686d20fc91cd937f92b6934f88839a9bf9bbee37225542ced65f6cbdf2ee01f1cf70fb6d3fb01702"
      "305e6b52cc7ce929864faf3748784d");
}
Datagram second_part() {
  return hex(
      "c300000001080101010101010101080202020202020202004046874b869f6c01c21ca114095b2cea3370997d0e7e"
      "b6a4f778b7fc58dbe48a154fce0ecdb38571d5cfd15d26a96cc518830ce698c4c04c55a61b3485154dc0b05c803c"
      "ce931dac");
}
Datagram version_2() {
  return hex(
      "d06b3343cf080101010101010101080202020202020202004083e8001f73fcc0a6dfaadf3e334775227e9552d757"
      "c606d172b2c83c2789705fb91aa8fefc4641d2f50bcade259085124c98f6c712b985fdc9274369e7bc6cb9d4585f"
      "6e402681505250bfd2499d188a9d3b43f4dc26caa84a462f7459b7d54b195d5e7aeed7f9cad1457ac025203a2626"
      "df2914ccc1d67d4f007cc793b337d3236fe000");
}
Datagram draft_29() {
  return hex(
      "c7ff00001d080101010101010101080202020202020202004083d941c30aa929024b0fda4d5a0373f962631f8b52"
      "5de6a0e10f63a9c2a9e31576296d1b3b068378489064de50e6ecca540d1195f844e658fece5a2ba2868150972a83"
      "da28746ce1a4a8d8de762c9015aa5a747eafe1c1f66c1212e765cf008edc11585a31d833e9ef74c3bcfba27bb7f2"
      "7a74939f3844136de6e0e3e5b3cd699d3a122f");
}
/// A packet of the handshake, which nobody else can read.
Datagram handshake() { return hex("e000000001 08 0101010101010101 00 0a 00000000000000000000"); }
/// CHLO in a STREAM frame of Q046.
Datagram google_hello() {
  return concat(
      {hex("c3 51303436 50 0101010101010101 00000001 000000000000000000000000 00 a0 01 0031"),
       text_bytes("CHLO"), hex("0300 0000"), text_bytes("PAD"), hex("00 02000000"),
       text_bytes("SNI"), hex("00 0b000000"), text_bytes("UAID"), hex("11000000"),
       text_bytes("--b.exampleagent1")});
}

struct Talk {
  void say(char who, Bytes bytes) {
    const AppInput input{.flow = flow,
                         .direction = who == '>' ? Direction::kToServer : Direction::kToClient,
                         .bytes = bytes,
                         .time = {}};
    EXPECT_EQ(parser.feed(input), ParseStatus::kDone);
  }
  QuicTransaction& tx(std::size_t i) {
    return static_cast<QuicTransaction&>(*parser.transactions().at(i));
  }
  std::string json(std::size_t i) {
    JsonWriter writer;
    writer.begin_object();
    write_metadata(flow, tx(i), writer);
    writer.end_object();
    return std::string(writer.text());
  }
  std::size_t count() const { return parser.transactions().size(); }
  Flow flow;
  QuicParser parser;
};

TEST(QuicParser, ReadsHellosOfBothEnds) {
  Talk talk;
  talk.say('>', client_hello());
  talk.say('<', handshake());
  talk.say('<', server_hello());
  talk.say('>', client_hello());  // once more: nothing new
  talk.say('<', handshake());
  ASSERT_EQ(talk.count(), 3u);
  const std::string first =
      R"({"quic":{"version":"1","sni":"a.example","ja3":{"hash":"8edbcd71af3aa1da03e54b1aed3775f5",)"
      R"("string":"771,4865-4866,64250-0-43-16-13-10,10794-29,"},)"
      R"("ja4":"q13d0205h3_62ed6f6ca7ad_fbabbea27ee8","extensions":[{"type":64250},)"
      R"({"name":"server_name","type":0,"values":["a.example"]},)"
      R"x({"name":"supported_versions","type":43,"values":["TlsVersion(23130 / 0x5a5a)",)x"
      R"("Tls13"]},{"name":"alpn","type":16,"values":["h3"]},)"
      R"({"name":"signature_algorithms","type":13,"values":["1027","2052"]},)"
      R"({"name":"supported_groups","type":10}]}})";
  EXPECT_EQ(talk.json(0), first);
  EXPECT_EQ(talk.json(1), R"({"quic":{"version":"1"}})");
  EXPECT_EQ(talk.json(2),
            R"({"quic":{"version":"1","ja3s":{"hash":"f4febc55ea12b31ae17cfb7e614afda8",)"
            R"("string":"771,4865,43-51"},"extensions":[{"name":"supported_versions","type":43,)"
            R"("values":["Tls13"]},{"name":"key_share","type":51}]}})");
  EXPECT_TRUE(talk.tx(0).events.empty());
}

TEST(QuicParser, HelloComesInManyPackets) {
  const std::vector<std::vector<Datagram>> orders = {
      {first_part(), second_part()},
      {second_part(), first_part()},
      {first_part(), first_part(), second_part()},
      {concat({first_part(), second_part()})},
      {concat({handshake(), first_part()}), second_part()},
  };
  for (std::size_t i = 0; i < orders.size(); ++i) {
    Talk talk;
    for (const Datagram& datagram : orders[i]) talk.say('>', datagram);
    EXPECT_EQ(talk.tx(talk.count() - 1).server_name, "a.example") << i;
  }
  Talk lost;  // a gap: nothing is known, and nothing is wrong
  lost.say('>', second_part());
  EXPECT_EQ(lost.json(0), R"({"quic":{"version":"1"}})");
  EXPECT_TRUE(lost.tx(0).events.empty());
}

TEST(QuicParser, KnowsVersions) {
  const std::pair<Datagram, std::string_view> cases[] = {
      {version_2(), R"("version":"v2","sni":"a.example")"},
      {draft_29(), R"("version":"ff00001d","sni":"a.example")"},
      {hex("80 00000000 01 01 01 02 00000001"), R"({"version":"0"})"},
      {hex("c0 face0001 01 01 01 02 00 01 00"), R"({"version":"face0001"})"},
      {google_hello(), R"("version":"Q046","sni":"b.example","ua":"agent1","cyu":[{"hash":)"
                       R"("bc252431df58411cd2ea00eba190964f","string":"46,PAD-SNI-UAID"}])"},
      {hex("09 0101010101010101 51303433 01 000000000000000000000000 00"), R"({"version":"Q043"})"},
  };
  for (const auto& [datagram, expected] : cases) {
    Talk talk;
    talk.say('>', datagram);
    ASSERT_EQ(talk.count(), 1u) << expected;
    EXPECT_NE(talk.json(0).find(expected), std::string::npos) << talk.json(0);
  }
}

TEST(QuicParser, RaisesEvents) {
  Datagram forged = client_hello();
  forged.back() ^= std::byte{1};
  const struct {
    const char* name;
    Datagram datagram;
    Event event;
  } cases[] = {
      {"not authentic", forged, Event::kFailedDecrypt},
      {"too short for a tag", hex("c000000001 01 01 00 00 05 0000000000"), Event::kFailedDecrypt},
      {"STREAM in an Initial packet",
       hex("c0000000010801010101010101010802020202020202020040164d0498b856fafc3afb2796f42a3822250dc"
           "3"
           "4bf1ea21"),
       Event::kErrorOnData},
      {"a message that is no hello",
       hex("c80000000108010101010101010108020202020202020200401b4ed896d9329c35fa1495fee79d4952d3ded"
           "c"
           "d6452fd092f3cddfac"),
       Event::kErrorOnData},
      {"CRYPTO@70000",
       hex("c80000000108010101010101010108020202020202020200401c916e9659358845fe6e8ce41113f183b101d"
           "3"
           "fea8ab006beb8e051035"),
       Event::kCryptoFragTooLong},
      {"a STREAM of Q046 that is cut short",
       hex("c3 51303436 50 0101010101010101 00000001 000000000000000000000000 a0 01 ffff 43"),
       Event::kErrorOnData},
  };
  for (const auto& c : cases) {
    Talk talk;
    talk.say('>', c.datagram);
    ASSERT_EQ(talk.count(), 1u) << c.name;
    EXPECT_TRUE(talk.tx(0).events.has(static_cast<std::uint8_t>(c.event))) << c.name;
    talk.say('>', client_hello());  // which it does not get in the way of
    EXPECT_EQ(talk.tx(1).server_name, "a.example") << c.name;
  }
}

TEST(QuicParser, IsIdleUntilAConnectionBegins) {
  Talk talk;
  talk.say('>', hex("40 0102030405060708"));
  EXPECT_EQ(talk.count(), 0u);
  EXPECT_TRUE(talk.parser.is_idle());
  talk.say('>', client_hello());
  EXPECT_FALSE(talk.parser.is_idle());
  EXPECT_TRUE(talk.parser.recycle());
  EXPECT_TRUE(talk.parser.is_idle());
}

TEST(QuicParser, RetryBeginsAnew) {
  Talk talk;
  talk.say('>', client_hello());
  talk.say('<', hex("f000000001 08 0202020202020202 08 0303030303030303 746f6b656e"));
  talk.say('>', client_hello());
  ASSERT_EQ(talk.count(), 3u);
  EXPECT_EQ(talk.tx(2).server_name, "a.example");
}

TEST(QuicParser, CutPacketsAreNone) {
  const Datagram whole = client_hello();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Talk talk;
    talk.say('>', Bytes(whole).first(size));
    EXPECT_EQ(talk.count(), 0u) << size;
  }
}

TEST(QuicParser, PacketsOfADatagramAreCapped) {
  Datagram many;
  const auto empty = hex("c000000001 01 01 00 00 00");
  for (int i = 0; i < 100; ++i) many.insert(many.end(), empty.begin(), empty.end());
  Talk talk;
  talk.say('>', many);
  EXPECT_EQ(talk.count(), QuicParser::kMostPacketsOfDatagram);
}

TEST(CryptoStream, PutsPiecesTogether) {
  const auto message = concat({hex("010000 0c"), text_bytes("abcdefghijkl")});
  // Pieces as offset and size, with a byte of other content where they overlap.
  const std::vector<std::vector<std::pair<std::size_t, std::size_t>>> cases = {
      {{0, 16}},
      {{8, 8}, {0, 8}},
      {{2, 3}, {0, 3}, {10, 6}, {4, 7}},
      {{15, 1}, {3, 1}, {1, 1}, {0, 16}},
      {{0, 1}, {2, 1}, {4, 1}, {0, 16}, {0, 16}},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    CryptoStream stream;
    for (const auto& [offset, size] : cases[i]) {
      EXPECT_FALSE(stream.message()) << i;
      EXPECT_TRUE(stream.add(offset, Bytes(message).subspan(offset, size))) << i;
      if (stream.message()) break;
    }
    ASSERT_TRUE(stream.message()) << i;
    EXPECT_EQ(to_hex(*stream.message()), to_hex(message)) << i;
  }
}

TEST(CryptoStream, FirstOfWhatOverlapsCounts) {
  CryptoStream stream;
  EXPECT_TRUE(stream.add(4, text_bytes("ab")));
  EXPECT_TRUE(stream.add(0, hex("01000003 7878 63")));
  EXPECT_EQ(as_text(stream.message()->subspan(4)), "abc");
}

TEST(CryptoStream, IsBounded) {
  CryptoStream stream;
  EXPECT_FALSE(stream.add(CryptoStream::kMostBytes, text_bytes("a")));
  EXPECT_FALSE(stream.add(~std::uint64_t{0}, text_bytes("a")));
  for (std::size_t i = 0; i < CryptoStream::kMostPieces; ++i) {
    EXPECT_TRUE(stream.add(2 * i, text_bytes("a")));
  }
  EXPECT_FALSE(stream.add(4000, text_bytes("a")));
  stream.clear();
  EXPECT_TRUE(stream.add(0, hex("01 ffffff")));
  EXPECT_TRUE(stream.is_oversized());
}

TEST(QuicBuffers, AreThere) {
  Talk talk;
  talk.say('>', client_hello());
  talk.say('<', server_hello());
  const auto read = [&](std::size_t i, std::string_view name) {
    return read_buffer(kQuicBuffers, name, talk.flow, talk.tx(i));
  };
  EXPECT_EQ(read(0, "quic.sni"), "[a.example]");
  EXPECT_EQ(read(0, "quic.ua"), "none");
  EXPECT_EQ(read(0, "quic.version"), std::string("[\0\0\0\1]", 6));
  EXPECT_EQ(read(0, "ja3.string"), "[771,4865-4866,64250-0-43-16-13-10,10794-29,]");
  EXPECT_EQ(read(0, "ja3.hash"), "[8edbcd71af3aa1da03e54b1aed3775f5]");
  EXPECT_EQ(read(0, "ja4.hash"), "[q13d0205h3_62ed6f6ca7ad_fbabbea27ee8]");
  EXPECT_EQ(read(1, "ja3s.string"), "[771,4865,43-51]");
  EXPECT_EQ(read(1, "ja4.hash"), "none");

  Talk google;
  google.say('>', google_hello());
  const auto ask = [&](std::string_view name) {
    return read_buffer(kQuicBuffers, name, google.flow, google.tx(0));
  };
  EXPECT_EQ(ask("quic.ua"), "[agent1]");
  EXPECT_EQ(ask("quic.cyu.string"), "[46,PAD-SNI-UAID]");
  EXPECT_EQ(ask("quic.cyu.hash"), "[bc252431df58411cd2ea00eba190964f]");
  EXPECT_EQ(ask("quic.version"), "[Q046]");
}

TEST(Hello, ExtensionsEndAtTheFirstMalformedOne) {
  const std::string_view head =
      "0303 5252525252525252525252525252525252525252525252525252525252525252 00 0002 1301 0100";
  const std::pair<std::string_view, std::string_view> cases[] = {
      {"", "771,4865,"},
      {"0004 00170000", "771,4865,23,,"},
      {"0009 00170000 000a0001 00", "771,4865,23,,"},
      {"0010 00170000 000a0004 0002001d 00330000", "771,4865,23-10-51,29,"},
      {"00ff 00170000", "771,4865,"},
  };
  for (const auto& [extensions, ja3] : cases) {
    const auto body = concat({hex(head), hex(extensions)});
    const auto message = concat({hex("01 0000"), Datagram{std::byte(body.size())}, body});
    const auto hello = Hello::parse(message);
    ASSERT_TRUE(hello) << extensions;
    EXPECT_EQ(hello->ja3(), ja3);
  }
  const auto whole = hex(kHello);
  for (std::size_t size = 0; size < 47; ++size) {
    EXPECT_FALSE(Hello::parse(Bytes(whole).first(size))) << size;
  }
}

TEST(QuicProtocol, IsRecognised) {
  const auto probe = kQuicProtocol.probes[0].probe;
  EXPECT_EQ(probe(Direction::kToServer, client_hello()), ProbeResult::kYes);
  EXPECT_EQ(probe(Direction::kToServer, google_hello()), ProbeResult::kYes);
  EXPECT_EQ(probe(Direction::kToServer, hex("40 0102030405060708")), ProbeResult::kYes);
  EXPECT_EQ(probe(Direction::kToServer, hex("c0 00000001 ff 0102")), ProbeResult::kNo);
}

}  // namespace
}  // namespace culvert::quic
