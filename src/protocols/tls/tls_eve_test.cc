#include "protocols/tls/tls_eve.h"

#include <gtest/gtest.h>

#include "config/config_file.h"
#include "event/json_writer.h"
#include "protocols/tls/tls_parser.h"
#include "protocols/tls/tls_testing.h"

namespace culvert::tls {
namespace {

constexpr Direction kC = Direction::kToServer, kS = Direction::kToClient;

/// A connection as far as it was fed, and its record.
struct Session {
  explicit Session(TlsOptions o = {}) : options(o) {}
  void feed(Direction direction, const Octets& bytes) {
    (void)parser.feed({.flow = flow, .direction = direction, .bytes = bytes, .time = {}});
  }
  const Transaction& tx() const { return *parser.transactions().front(); }
  std::string record(const char* yaml) const {
    Complaints complaints;
    const ConfigNode node =
        parse_config(std::string("%YAML 1.1\n---\n") + yaml, "test.yaml", complaints);
    const auto eve_options = parse_eve_options(&node, complaints);
    JsonWriter json;
    json.begin_object();
    if (!write_eve(flow, tx(), kC, eve_options.get(), json)) return "none";
    json.end_object();
    return std::string(json.text());
  }
  std::string alert() const {
    JsonWriter json;
    json.begin_object();
    write_alert_metadata(flow, tx(), json);
    json.end_object();
    return std::string(json.text());
  }
  TlsOptions options;
  Flow flow;
  TlsParser parser{options};
};

constexpr const char* kNames =
    "\"subject\":\"C=US, O=Acme, Inc., CN=www.example.com\","
    "\"issuerdn\":\"C=US, O=Acme, Inc., CN=www.example.com\"";

TEST(TlsEve, WithCertificate) {
  Session session;
  session.feed(
      kC,
      record(22, client_hello({sni_extension("a.example"), alpn_extension({"h2", "http/1.1"})})));
  EXPECT_EQ(session.record("extended: yes"), "none");
  session.feed(kS, record(22, server_hello({alpn_extension({"h2"})}) +
                                  certificates({example_certificate()})));
  const std::string alternative_names =
      ",\"subjectaltname\":[\"www.example.com\",\"[10, 0, 0, 1]\",\"RFC822Name(a@b.c)\","
      "\"http://x/\"]";
  EXPECT_EQ(session.record("extended: no"),
            std::string("{\"tls\":{") + kNames + alternative_names + "}}");
  const std::string extended =
      std::string("{\"tls\":{") + kNames + alternative_names +
      ",\"serial\":\"00:97:E6:47:09:8E:EA:C9:B4\","
      "\"fingerprint\":\"24:a7:7b:73:16:ee:b6:70:89:f7:ca:1b:ec:2e:73:a1:27:66:ab:90\","
      "\"sni\":\"a.example\",\"version\":\"TLS 1.2\",\"notbefore\":\"2026-11-21T07:30:11\","
      "\"notafter\":\"2036-11-18T07:30:11\",\"ja4\":\"t12d0302h2_92548b2f350b_d2e2adf7177b\","
      "\"client_alpns\":[\"h2\",\"http/1.1\"],\"server_alpns\":[\"h2\"]}}";
  EXPECT_EQ(session.record("extended: yes"), extended);
  EXPECT_EQ(session.alert(), extended);
}

TEST(TlsEve, CustomFields) {
  Session session({.ja3 = FingerprintMode::kYes, .ja4 = FingerprintMode::kNo});
  session.feed(kC, record(22, client_hello({sni_extension("a.example")})));
  session.feed(kS, record(22, server_hello({}) + certificates({example_certificate()})));
  session.feed(kC, record(22, certificates({example_certificate()})));
  EXPECT_EQ(
      session.record("custom: [sni, ja3, ja3s, ja4]"),
      "{\"tls\":{\"sni\":\"a.example\",\"ja3\":{\"hash\":\"346b9eb78a98099f677d4c558779e2f8\","
      "\"string\":\"771,4865-49199-49200,0,,\"},"
      "\"ja3s\":{\"hash\":\"174e7e4992a63f6d419626d97363adb8\","
      "\"string\":\"771,49199,\"}}}");
  EXPECT_EQ(session.record("custom: [client_handshake, server_handshake]"),
            "{\"tls\":{\"client_handshake\":{\"version\":\"TLS 1.2\","
            "\"ciphers\":[4865,49199,49200],\"exts\":[0]},"
            "\"server_handshake\":{\"version\":\"TLS 1.2\",\"cipher\":49199}}}");
  const std::string client = session.record("custom: [client_chain]");
  EXPECT_TRUE(client.starts_with(std::string("{\"tls\":{\"client\":{") + kNames)) << client;
  EXPECT_NE(client.find("\"chain\":[\"MIIB"), std::string::npos) << client;
}

TEST(TlsEve, ResumedAndTls13) {
  const Octets id(32, std::byte{7});
  Session resumed;
  resumed.feed(kC, record(22, client_hello({}, {.session_id = id})));
  resumed.feed(kS, record(22, server_hello({}, {.session_id = id})));
  EXPECT_EQ(resumed.record("session-resumption: no"), "none");
  EXPECT_EQ(resumed.record("session-resumption: yes"), "{\"tls\":{\"session_resumed\":true}}");
  EXPECT_EQ(resumed.alert(),
            "{\"tls\":{\"version\":\"TLS 1.2\",\"ja4\":\"t12i030000_92548b2f350b_d2e2adf7177b\"}}");

  Session by_ticket;
  by_ticket.feed(kC, record(22, client_hello({extension(35, Octets(4))})));
  EXPECT_EQ(by_ticket.record("custom: [version]"), "{\"tls\":{\"version\":\"TLS 1.2\"}}");
  by_ticket.feed(kS, record(22, server_hello({})));
  EXPECT_EQ(by_ticket.record("custom: [sni]"), "{\"tls\":{\"session_resumed\":true}}");
  EXPECT_EQ(by_ticket.record("session-resumption: no"), "none");
  by_ticket.feed(kS, record(22, certificates({example_certificate()})));
  EXPECT_EQ(by_ticket.record("custom: [version]"), "{\"tls\":{\"version\":\"TLS 1.2\"}}");

  Session tls13;
  tls13.feed(kC, record(22, client_hello({versions_extension({0x0304})})));
  tls13.feed(kS, record(22, server_hello({selected_version_extension(0x0304)})));
  EXPECT_EQ(tls13.record("custom: [version, subject]"), "{\"tls\":{\"version\":\"TLS 1.3\"}}");
}

TEST(TlsEve, UnknownFieldIsNamed) {
  Complaints complaints;
  const ConfigNode node =
      parse_config("%YAML 1.1\n---\ncustom: [sni, bogus]", "test.yaml", complaints);
  (void)parse_eve_options(&node, complaints);
  ASSERT_EQ(complaints.warnings.size(), 1u);
  EXPECT_NE(complaints.warnings[0].text().find("bogus"), std::string::npos);
}

}  // namespace
}  // namespace culvert::tls
