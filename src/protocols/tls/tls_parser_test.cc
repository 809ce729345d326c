#include "protocols/tls/tls_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/ascii_case.h"
#include "protocols/tls/fingerprint.h"
#include "protocols/tls/tls_testing.h"
#include "rule/value.h"

namespace culvert::tls {
namespace {

using ::testing::ElementsAre;

constexpr Direction kC = Direction::kToServer, kS = Direction::kToClient;

/// A flow's parser and what one may feed it with.
struct Session {
  explicit Session(TlsOptions o = {}) : options(o) {}
  ParseStatus feed(Direction direction, const Octets& bytes) {
    return parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  const TlsTransaction& tx() const {
    return static_cast<const TlsTransaction&>(*parser.transactions().front());
  }
  int progress(Direction direction) const { return tx().progress[index_of(direction)]; }
  std::vector<std::string> events() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::size(kEventNames); ++i) {
      if (tx().events.has(static_cast<std::uint8_t>(i))) names.push_back(ascii_lower(kEventNames[i]));
    }
    return names;
  }

  TlsOptions options;
  Flow flow;
  TlsParser parser{options};
};

Octets client_flight() { return record(22, client_hello({sni_extension("www.example.com")})); }
Octets server_flight() {
  return record(22, server_hello({})) + record(22, certificates({example_certificate()})) +
         record(22, handshake(12, Octets(50))) + record(22, handshake(14, {}));
}
const Octets kChangeCipher = record(20, {std::byte{1}});
const Octets kEncryptedFinished = record(22, Octets(40, std::byte{0x9a}));
const Octets kData = record(23, Octets(60, std::byte{0x9a}));

TEST(TlsParser, FullHandshake) {
  Session session;
  EXPECT_EQ(session.feed(kC, client_flight()), ParseStatus::kDone);
  EXPECT_EQ(session.tx().sni, "www.example.com");
  EXPECT_EQ(session.progress(kC), kClientHelloDone);
  EXPECT_EQ(session.feed(kS, server_flight()), ParseStatus::kDone);
  EXPECT_EQ(name_of_version(session.tx().version()), "TLS 1.2");
  EXPECT_EQ(session.tx().server.certificate.subject, "C=US, O=Acme, Inc., CN=www.example.com");
  EXPECT_EQ(session.progress(kC), kClientHandshakeDone);
  EXPECT_EQ(session.progress(kS), kServerHandshakeDone);
  EXPECT_FALSE(session.tx().encrypted);
  EXPECT_EQ(session.feed(kC, kChangeCipher + kEncryptedFinished), ParseStatus::kDone);
  EXPECT_EQ(session.feed(kS, kChangeCipher + kEncryptedFinished), ParseStatus::kDone);
  EXPECT_FALSE(session.parser.wishes.no_inspection);
  EXPECT_EQ(session.feed(kS, kData), ParseStatus::kDone);
  EXPECT_TRUE(session.parser.wishes.no_inspection);
  session.parser.finish(kC);
  EXPECT_EQ(session.progress(kC), kClientFinished);
  EXPECT_THAT(session.events(), ElementsAre());
}

/// All that a transaction tells, as text.
std::string tell(const TlsTransaction& tx) {
  std::string text(tx.sni);
  for (const Peer* peer : {&tx.client, &tx.server}) {
    text += '|' + std::to_string(peer->version);
    for (const auto cipher : peer->ciphers) text += ' ' + std::to_string(cipher);
    for (const auto alpn : peer->alpns) text += ' ' + std::string(alpn);
    text += std::string(peer->certificate.subject) + std::string(peer->certificate.fingerprint);
    text += as_text(peer->random);
  }
  return text + std::to_string(tx.progress[0]) + std::to_string(tx.progress[1]);
}

TEST(TlsParser, AnySplitGivesTheSame) {
  const Octets from_client = client_flight(), from_server = server_flight();
  Session whole;
  EXPECT_EQ(whole.feed(kC, from_client), ParseStatus::kDone);
  EXPECT_EQ(whole.feed(kS, from_server), ParseStatus::kDone);
  const auto cut_at = [&](std::size_t client_cut, std::size_t server_cut) {
    Session session;
    const auto part = [&](Direction d, const Octets& bytes, std::size_t cut) {
      (void)session.feed(d, Octets(bytes.begin(), bytes.begin() + std::ptrdiff_t(cut)));
      EXPECT_EQ(session.feed(d, Octets(bytes.begin() + std::ptrdiff_t(cut), bytes.end())),
                ParseStatus::kDone);
    };
    part(kC, from_client, client_cut);
    part(kS, from_server, server_cut);
    return tell(session.tx());
  };
  const std::string expected = tell(whole.tx());
  for (std::size_t cut = 0; cut <= from_client.size(); ++cut) EXPECT_EQ(cut_at(cut, 0), expected);
  for (std::size_t cut = 0; cut <= from_server.size(); ++cut) EXPECT_EQ(cut_at(0, cut), expected);
}

/// The next flow gets a used transaction, and must not see what was in it.
TEST(TlsParser, AnotherFlowBeginsAnew) {
  Session used;
  const Octets long_names = record(
      22, client_hello({sni_extension(std::string(900, 'a')), alpn_extension({"h2", "http/1.1"}),
                        versions_extension({0x0304, 0x0303})}));
  for (const Octets& first : {client_flight(), long_names}) {
    EXPECT_EQ(used.feed(kC, first), ParseStatus::kDone);
    EXPECT_EQ(used.feed(kS, server_flight()), ParseStatus::kDone);
    EXPECT_TRUE(make_ja3(used.tx()) && make_ja3s(used.tx()) && make_ja4(used.tx()));
    used.tx().store_requested = true;
    EXPECT_FALSE(used.parser.is_idle());
    used.parser.finish(kC);
    EXPECT_FALSE(used.parser.is_idle());
    used.parser.finish(kS);
    EXPECT_TRUE(used.parser.is_idle());
    used.parser.free_transaction(used.parser.transactions().front());
    EXPECT_TRUE(used.parser.transactions().empty());
    EXPECT_EQ(used.feed(kS, kData), ParseStatus::kDone);
    EXPECT_TRUE(used.parser.transactions().empty());  // a flow has one
    ASSERT_TRUE(used.parser.recycle());

    const Octets plain = record(22, client_hello({}));
    Session fresh;
    EXPECT_EQ(fresh.feed(kC, plain), ParseStatus::kDone);
    EXPECT_EQ(used.feed(kC, plain), ParseStatus::kDone);
    EXPECT_EQ(tell(used.tx()), tell(fresh.tx()));
    EXPECT_EQ(used.events(), fresh.events());
    EXPECT_FALSE(used.tx().store_requested || used.tx().client_offers_tls13);
    EXPECT_TRUE(used.tx().server.chain.empty());
    EXPECT_TRUE(make_ja3(used.tx()) && make_ja3(fresh.tx()));
    EXPECT_EQ(used.tx().fingerprints.ja3_string, fresh.tx().fingerprints.ja3_string);
    EXPECT_FALSE(make_ja3s(used.tx()));
    used.parser.free_transaction(used.parser.transactions().front());
    ASSERT_TRUE(used.parser.recycle());
  }
}

TEST(TlsParser, OneByteRecordsGiveTheSame) {
  const Octets hello = client_hello({sni_extension("www.example.com")});
  Session session;
  for (const std::byte b : hello)
    EXPECT_NE(session.feed(kC, record(22, {b})), ParseStatus::kMalformed);
  EXPECT_EQ(session.tx().sni, "www.example.com");
}

TEST(TlsParser, WaitsForTheClientsCertificate) {
  const Octets asks = record(22, server_hello({})) +
                      record(22, certificates({example_certificate()})) +
                      record(22, handshake(13, Octets(20)) + handshake(14, {}));
  Session session;
  (void)session.feed(kC, client_flight());
  (void)session.feed(kS, asks);
  EXPECT_EQ(session.progress(kC), kClientHelloDone);
  EXPECT_EQ(session.progress(kS), kServerHelloDone);
  (void)session.feed(kC, record(22, certificates({example_certificate()})));
  EXPECT_EQ(session.progress(kC), kClientHandshakeDone);
  EXPECT_EQ(session.progress(kS), kServerHandshakeDone);
  EXPECT_TRUE(session.tx().client.certificate.parsed);
}

TEST(TlsParser, ResumesBySessionId) {
  const Octets id(32, std::byte{7});
  Session session;
  (void)session.feed(kC, record(22, client_hello({}, {.session_id = id})));
  (void)session.feed(kS, record(22, server_hello({}, {.session_id = id})) + kChangeCipher);
  EXPECT_TRUE(session.tx().session_resumed);
  EXPECT_EQ(session.progress(kS), kServerHello);
  (void)session.feed(kC, kChangeCipher + kEncryptedFinished + kData);
  (void)session.feed(kS, kData);
  EXPECT_EQ(session.progress(kC), kClientHandshakeDone);
  EXPECT_EQ(session.progress(kS), kServerHandshakeDone);
}

TEST(TlsParser, Tls13EndsWithTheFirstData) {
  Session session;
  (void)session.feed(kC, record(22, client_hello({versions_extension({0x7a7a, 0x0304, 0x0303})})));
  EXPECT_EQ(name_of_version(session.tx().version()), "TLS 1.3");
  (void)session.feed(kS, record(22, server_hello({selected_version_extension(0x0304)})));
  EXPECT_EQ(session.progress(kS), kServerHello);
  (void)session.feed(kS, kChangeCipher);
  EXPECT_EQ(session.progress(kS), kServerHello);
  (void)session.feed(kS, kData);
  EXPECT_EQ(session.progress(kS), kServerHandshakeDone);
  (void)session.feed(kC, kChangeCipher);
  EXPECT_EQ(session.progress(kC), kClientHandshakeDone);
}

TEST(TlsParser, EarlyDataIsNotTheEndOfTheHandshake) {
  Session session;
  (void)session.feed(kC, record(22, client_hello({versions_extension({0x0304})})) + kData);
  EXPECT_EQ(session.progress(kC), kClientHelloDone);
  (void)session.feed(kS, record(22, server_hello({selected_version_extension(0x0304)})) + kData);
  EXPECT_EQ(session.progress(kC), kClientHelloDone);
  (void)session.feed(kC, kData);
  EXPECT_EQ(session.progress(kC), kClientHandshakeDone);
}

TEST(TlsParser, EarlyDataIsInspected) {
  Session session;
  (void)session.feed(kC, record(22, client_hello({versions_extension({0x0304})})) + kData);
  EXPECT_FALSE(session.parser.wishes.no_inspection);
  (void)session.feed(kS, record(22, server_hello({selected_version_extension(0x0304)})) + kData);
  EXPECT_TRUE(session.parser.wishes.no_inspection);
}

TEST(TlsParser, StreamIsShownRecordByRecord) {
  const Octets hello = record(22, server_hello({}));
  const Octets certificate = record(22, certificates({example_certificate()}));
  const struct {
    const char* name;
    Octets bytes;
    bool shown;
  } cases[] = {
      {"part of a record", Octets(hello.begin(), hello.end() - 1), false},
      {"a record and part of the next", hello + Octets(certificate.begin(), certificate.end() - 1),
       true},
      {"a message and part of the next, in one record",
       hex("16 0303 4000") + Octets(hello.begin() + 5, hello.end()) + hex("0b"), false},
  };
  for (const auto& c : cases) {
    Session session;
    (void)session.feed(kC, client_flight());
    session.parser.wishes.show_stream = false;
    EXPECT_EQ(session.feed(kS, c.bytes), ParseStatus::kNeedMore) << c.name;
    EXPECT_EQ(session.parser.wishes.show_stream, c.shown) << c.name;
  }
}

TEST(TlsParser, SecondHello) {
  const Octets hello = record(22, client_hello({sni_extension("a.example")}));
  for (const bool retry_asked : {false, true}) {
    Session session;
    (void)session.feed(kC, hello);
    if (retry_asked) (void)session.feed(kS, record(22, server_hello({})));
    (void)session.feed(kC, hello);
    EXPECT_EQ(session.events().size(), retry_asked ? 0u : 1u);
  }
}

TEST(TlsParser, SettlesBetweenRecordsOnly) {
  const Octets flight =
      record(22, server_hello({})) + record(22, certificates({example_certificate()}));
  Session session;
  (void)session.feed(kC, client_flight());
  (void)session.feed(kS, flight + hex("16 03"));
  EXPECT_EQ(session.progress(kS), kServerCertDone);
  (void)session.feed(kS, hex("03 0004 0e000000"));
  EXPECT_EQ(session.progress(kS), kServerHandshakeDone);
}

TEST(TlsParser, VersionsOfTheServer) {
  const std::pair<Version, const char*> cases[] = {
      {0x0300, "SSLv3"},
      {0x0301, "TLSv1"},
      {0x0302, "TLS 1.1"},
      {0x0303, "TLS 1.2"},
      {0x0304, "TLS 1.3 draft-<16"},
      {0x7f0e, "TLS 1.3 draft-<16"},
      {0x7f12, "TLS 1.3 draft-18"},
      {0xfb1a, "TLS 1.3 draft-26-fb"},
  };
  for (const auto& [version, name] : cases) {
    Session session;
    (void)session.feed(kC, client_flight());
    (void)session.feed(kS, record(22, server_hello({}, {.version = version})));
    EXPECT_EQ(name_of_version(session.tx().version()), name);
    EXPECT_THAT(session.events(), ElementsAre()) << name;
  }
}

TEST(TlsParser, Sslv2HelloBeforeTls) {
  // The first bytes of a real one: 103 bytes, hello, version 3.1, 78 bytes of ciphers, 16
  // challenge.
  Octets hello = hex("8067 01 0301 004e 0000 0010");
  hello.resize(2 + 0x67);
  Session session;
  EXPECT_EQ(session.feed(kC, hello), ParseStatus::kDone);
  EXPECT_EQ(session.progress(kC), kClientHelloDone);
  EXPECT_EQ(name_of_version(session.tx().version()), "TLSv1");
  EXPECT_EQ(session.feed(kC, kChangeCipher), ParseStatus::kDone);
}

TEST(TlsParser, Events) {
  struct Case {
    const char* name;
    Direction direction;
    Octets bytes;
    const char* event;  ///< or null
    ParseStatus status;
  };
  const Octets name_of_type_1 = extension(0, hex("0007 01 0004 61616161"));
  const Octets name_too_long = extension(0, hex("0007 00 0009 61616161"));
  const Octets empty_name = extension(0, hex("0003 00 0000"));
  const Case cases[] = {
      {"type 25", kC, record(25, Octets(2)), "invalid_record_type", ParseStatus::kMalformed},
      {"empty", kC, record(23, {}), "invalid_record_length", ParseStatus::kMalformed},
      {"too long", kC, hex("17 0303 4401"), "invalid_record_length", ParseStatus::kMalformed},
      {"longest", kC, record(23, Octets(kMaxRecordSize)), nullptr, ParseStatus::kDone},
      {"any version", kC, hex("17 1234 0001 00"), nullptr, ParseStatus::kDone},
      {"alert of 1", kC, record(21, Octets(1)), "invalid_alert_message", ParseStatus::kMalformed},
      {"heartbeat", kC, record(24, hex("01 0001 00") + Octets(16)), nullptr, ParseStatus::kDone},
      {"heartbleed", kC, record(24, hex("01 4000")), "overflow_heartbeat_message",
       ParseStatus::kMalformed},
      {"heartbeat without padding", kC, record(24, hex("01 0004") + Octets(4)),
       "invalid_heartbeat_message", ParseStatus::kMalformed},
      {"message 99", kS, record(22, handshake(99, Octets(4))), "invalid_handshake_message",
       ParseStatus::kDone},
      {"message 99 of any length", kS, record(22, hex("63 ffffff 41")), "invalid_handshake_message",
       ParseStatus::kNeedMore},
      {"hello too long", kS, record(22, hex("02 ffffff 41")), "handshake_invalid_length",
       ParseStatus::kNeedMore},
      {"hello of nothing", kC, record(22, handshake(1, {})), "handshake_invalid_length",
       ParseStatus::kDone},
      {"server name type", kC, record(22, client_hello({name_of_type_1})), "invalid_sni_type",
       ParseStatus::kDone},
      {"server name length", kC, record(22, client_hello({name_too_long})), "invalid_sni_length",
       ParseStatus::kDone},
      {"no server name", kC, record(22, client_hello({empty_name})), "invalid_sni_length",
       ParseStatus::kDone},
      {"two server names", kC, record(22, client_hello({sni_extension("a"), sni_extension("b")})),
       "multiple_sni_extensions", ParseStatus::kDone},
      {"extension longer than all", kC, record(22, client_hello({hex("000a 00ff 00")})),
       "handshake_invalid_length", ParseStatus::kDone},
      {"no certificate", kS, record(22, certificates({hex("616263")})), "invalid_certificate",
       ParseStatus::kDone},
      {"empty certificate", kS, record(22, certificates({{}})), "certificate_invalid_length",
       ParseStatus::kDone},
      {"server version", kS, record(22, server_hello({}, {.version = 0x0305})),
       "invalid_record_version", ParseStatus::kMalformed},
  };
  for (const Case& c : cases) {
    Session session;
    EXPECT_EQ(session.feed(c.direction, c.bytes), c.status) << c.name;
    if (c.event == nullptr) {
      EXPECT_THAT(session.events(), ElementsAre()) << c.name;
    } else {
      EXPECT_THAT(session.events(), ElementsAre(c.event)) << c.name;
    }
  }
}

TEST(TlsParser, AnswerToHeartbeatIsNoLongerThanIt) {
  Session session;
  (void)session.feed(kC, client_flight() + kChangeCipher);
  (void)session.feed(kS, kChangeCipher);
  (void)session.feed(kC, record(24, Octets(40)));
  (void)session.feed(kS, record(24, Octets(40)));
  EXPECT_THAT(session.events(), ElementsAre());
  (void)session.feed(kC, record(24, Octets(40)));
  (void)session.feed(kS, record(24, Octets(400)));
  EXPECT_THAT(session.events(), ElementsAre("dataleak_heartbeat_mismatch"));
}

TEST(TlsParser, GapInsideOfDataIsNoLoss) {
  Session session;
  (void)session.feed(kC, client_flight());
  EXPECT_EQ(session.feed(kC, hex("17 0303 0064 00")), ParseStatus::kNeedMore);
  const AppInput input{.flow = session.flow, .direction = kC, .bytes = {}, .time = {}};
  EXPECT_EQ(session.parser.gap(input, 99), ParseStatus::kDone);
  EXPECT_EQ(session.feed(kC, kData), ParseStatus::kDone);
  EXPECT_EQ(session.parser.gap(input, 1), ParseStatus::kMalformed);
  EXPECT_EQ(session.feed(kC, kData), ParseStatus::kMalformed);
}

TEST(TlsParser, HugeMessageIsSkipped) {
  Session session;
  EXPECT_EQ(session.feed(kC, record(22, hex("01 7fffff") + Octets(1000))), ParseStatus::kNeedMore);
  for (int i = 0; i < 100; ++i) (void)session.feed(kC, record(22, Octets(16000)));
  EXPECT_THAT(session.events(), ElementsAre("handshake_invalid_length"));
}

TEST(TlsParser, BypassIsAskedForWhenConfigured) {
  Session session({.encryption_handling = EncryptionHandling::kBypass});
  (void)session.feed(kC, client_flight());
  (void)session.feed(kS, server_flight());
  EXPECT_FALSE(session.parser.wishes.bypass);
  (void)session.feed(kC, kData);
  EXPECT_TRUE(session.parser.wishes.bypass);
}

}  // namespace
}  // namespace culvert::tls
