#include "protocols/tls/tls_keywords.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "protocols/tls/certificate.h"
#include "protocols/tls/tls_buffers.h"
#include "protocols/tls/tls_testing.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {
namespace {

/// Keeps the last thing that a keyword added.
struct OneKeyword final : RuleBuilder {
  void add_packet_match(std::unique_ptr<const Keyword>) override {}
  Result<void> add_transaction_match(const TransactionHook& h,
                                     std::unique_ptr<const Keyword> k) override {
    hook = h;
    keyword = std::move(k);
    return {};
  }
  void add_post_match(std::unique_ptr<const Keyword> k) override { keyword = std::move(k); }
  Result<void> require_protocol(AppProto) override { return {}; }
  Result<void> select_buffer(const BufferSpec&) override { return {}; }
  Result<void> add_buffer_content(const BufferSpec& buffer, Bytes bytes, bool nocase, bool negated,
                                  bool exact) override {
    content = std::string(buffer.name) + (negated ? " not " : " ") + (nocase ? "nocase " : "") +
              (exact ? "exact " : "") + std::string(as_text(bytes));
    return {};
  }
  std::optional<Direction> direction() const override { return std::nullopt; }
  Result<void> require_direction(Direction) override { return {}; }

  TransactionHook hook;
  std::unique_ptr<const Keyword> keyword;
  std::string content;
};

Result<void> compile(OneKeyword& rule, std::string_view name, std::string_view argument) {
  for (const KeywordSpec* spec : kTlsKeywords) {
    if (spec->name == name) return spec->compile(rule, argument);
  }
  return failure("no such keyword");
}

/// A server with a certificate that is valid in 2020, and TLS 1.2.
struct Sample {
  Sample() {
    tx.client.version = tx.server.version = kTls12;
    tx.client.handshakes = 1u << 1;
    tx.server.handshakes = 1u << 2 | 1u << 11;
    tx.server.chain.resize(2);
    tx.server.certificate.parsed = true;
    tx.server.certificate.not_before = *parse_validity("2020");
    tx.server.certificate.not_after = *parse_validity("2020-12-31 23:59:59");
  }
  bool match(const Keyword& keyword, Direction direction, std::string_view when = "2020-06-01") {
    MatchContext context;
    context.transaction = &tx;
    context.direction = direction;
    context.time = make_timestamp(*parse_validity(when));
    return keyword.match(context);
  }
  TlsOptions options;
  TlsTransaction tx{options};
};

constexpr Direction kC = Direction::kToServer, kS = Direction::kToClient;

TEST(TlsKeywords, Match) {
  struct Case {
    const char *keyword, *argument;
    Direction direction;
    bool matches;
  };
  const Case cases[] = {
      {"tls.version", "1.2", kC, true},
      {"tls.version", "1.3", kC, false},
      {"tls.version", "0x0303", kS, true},
      {"ssl_version", "tls1.1, tls1.2", kC, true},
      {"ssl_version", "!sslv2", kC, true},
      {"ssl_version", "!TLS1.2", kC, false},
      {"ssl_state", "client_hello", kC, true},
      {"ssl_state", "client_hello", kS, false},
      {"ssl_state", "server_hello|client_hello", kS, true},
      {"ssl_state", "client_hello,!server_hello", kS, false},
      {"ssl_state", "!client_hello", kS, true},
      {"tls_cert_notbefore", "2020", kS, true},
      {"tls_cert_notbefore", ">2020-01-01", kS, true},
      {"tls_cert_notbefore", ">2020-01-01 00:00:01", kS, false},
      {"tls_cert_notbefore", "<2019-12-31T23:59:59", kS, false},
      {"tls_cert_notbefore", "2019<>2021", kS, true},
      {"tls_cert_notafter", "<2020-12", kS, false},
      {"tls_cert_notafter", "<2021", kS, true},
      {"tls_cert_valid", "", kS, true},
      {"tls_cert_expired", "", kS, false},
      {"tls.cert_chain_len", "2", kS, true},
      {"tls.cert_chain_len", "!2", kS, false},
      {"tls.cert_chain_len", ">1", kS, true},
      {"tls.cert_chain_len", "<=2", kS, true},
      {"tls.cert_chain_len", "<2", kS, false},
      {"tls.cert_chain_len", "1<>3", kS, true},
      {"tls.cert_chain_len", "0-2", kS, false},
  };
  Sample sample;
  for (const Case& c : cases) {
    OneKeyword rule;
    ASSERT_TRUE(compile(rule, c.keyword, c.argument)) << c.keyword << ' ' << c.argument;
    EXPECT_EQ(sample.match(*rule.keyword, c.direction), c.matches)
        << c.keyword << ' ' << c.argument;
  }
}

TEST(TlsKeywords, ExpiredIsAskedWithThePacketsTime) {
  Sample sample;
  OneKeyword rule;
  ASSERT_TRUE(compile(rule, "tls_cert_expired", ""));
  EXPECT_TRUE(sample.match(*rule.keyword, kS, "2021-01-01"));
  EXPECT_EQ(rule.hook.to_client.progress, kServerCertDone);
  EXPECT_FALSE(rule.hook.to_server.exists);
}

TEST(TlsKeywords, ContentsOfCertificates) {
  const std::string sha1 = "56:74:AF:d8:26:64:54:52:2c:c9:44:39:bb:cd:83:38:a3:9e:f9:12";
  const std::tuple<const char*, std::string, const char*> cases[] = {
      {"tls.subject", "\"CN=a\"", "tls.cert_subject CN=a"},
      {"tls.issuerdn", "!\"CN=a\\;b\"", "tls.cert_issuer not CN=a;b"},
      {"tls.fingerprint", '"' + sha1 + '"',
       "tls.cert_fingerprint nocase exact "
       "56:74:af:d8:26:64:54:52:2c:c9:44:39:bb:cd:83:38:a3:9e:f9:12"},
  };
  for (const auto& [keyword, argument, expected] : cases) {
    OneKeyword rule;
    ASSERT_TRUE(compile(rule, keyword, argument)) << keyword;
    EXPECT_EQ(rule.content, expected);
  }
}

TEST(TlsKeywords, RefusesWhatMakesNoSense) {
  const std::pair<const char*, const char*> cases[] = {
      {"tls.version", "sslv3"},
      {"tls.version", "!1.0"},
      {"ssl_version", "sslv2,!sslv3"},
      {"ssl_version", "tls9"},
      {"ssl_state", "server_hello_done"},
      {"ssl_state", ""},
      {"tls.subject", "CN=a"},
      {"tls.subject", "\"\""},
      {"tls.fingerprint", "\"aa:bb\""},
      {"tls_cert_notbefore", "2020-13"},
      {"tls_cert_notbefore", "!2020"},
      {"tls_cert_notbefore", "2021<>2020"},
      {"tls.cert_chain_len", "2-3"},
      {"tls.cert_chain_len", "4294967296"},
      {"tls.cert_chain_len", "\"3\""},
  };
  for (const auto& [keyword, argument] : cases) {
    OneKeyword rule;
    EXPECT_FALSE(compile(rule, keyword, argument)) << keyword << ' ' << argument;
  }
}

TEST(TlsBuffers, Instances) {
  Sample sample;
  Arena arena;
  ASSERT_EQ(parse_certificate(example_certificate(), arena, sample.tx.server.certificate),
            CertificateStatus::kOk);
  sample.tx.client.alpns = {"h2", "http/1.1"};
  const Flow flow;
  BufferScratch scratch;
  const auto get = [&](std::string_view name, Direction direction, std::uint32_t instance) {
    const auto bytes = find_tls_buffer(name).get({.flow = flow,
                                                  .transaction = sample.tx,
                                                  .direction = direction,
                                                  .instance = instance,
                                                  .scratch = scratch});
    return bytes ? std::string(as_text(*bytes)) : std::string("none");
  };
  EXPECT_EQ(get("tls.sni", kC, 0), "none");
  EXPECT_EQ(get("tls.alpn", kC, 1), "http/1.1");
  EXPECT_EQ(get("tls.alpn", kC, 2), "none");
  EXPECT_EQ(get("tls.subjectaltname", kS, 0), "www.example.com");
  EXPECT_EQ(get("tls.subjectaltname", kS, 4), "none");
  EXPECT_EQ(get("tls.cert_serial", kS, 0), "00:97:E6:47:09:8E:EA:C9:B4");
  EXPECT_EQ(get("tls.cert_serial", kC, 0), "none");
  EXPECT_EQ(get("ja3.hash", kC, 0), "none");
}

}  // namespace
}  // namespace culvert::tls
