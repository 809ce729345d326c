#include "protocols/tls/tls_keywords.h"

#include <charconv>
#include <chrono>
#include <limits>
#include <string>

#include "base/ascii_case.h"
#include "protocols/tls/tls_buffers.h"
#include "protocols/tls/tls_transaction.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert::tls {
namespace {

const TlsTransaction& tls(const MatchContext& context) {
  return static_cast<const TlsTransaction&>(*context.transaction);
}

/// Both directions, from the first record on.
constexpr TransactionHook kAnyTime{AppProto::kTls, {true, 0}, {true, 0}};
constexpr TransactionHook kServerCertificate{AppProto::kTls, {}, {true, kServerCertDone}};

tl::unexpected<Error> wrong(std::string_view keyword, std::string_view argument,
                            std::string_view right) {
  return failure(std::string(keyword) + ": \"" + std::string(argument) + "\" is not " +
                 std::string(right));
}

// --- tls.version, ssl_version -------------------------------------------------------------------

/// Which versions, as bits: SSLv2, SSLv3, TLS 1.0 to 1.3 with its drafts.
std::uint8_t bit_of(Version version) {
  if (is_tls13(version)) return 1 << 5;
  if (version == kSsl2) return 1;
  return version >= kSsl3 && version <= kTls12 ? static_cast<std::uint8_t>(2 << (version - kSsl3))
                                               : std::uint8_t{0};
}

struct VersionIs final : Keyword {
  explicit VersionIs(std::uint8_t set) : versions(set) {}
  bool match(const MatchContext& context) const noexcept override {
    return (bit_of(tls(context).peer(context.direction).version) & versions) != 0;
  }
  const std::uint8_t versions;
};

/// A version by its number, for those that have no name in rules.
struct VersionNumberIs final : Keyword {
  explicit VersionNumberIs(Version v) : version(v) {}
  bool match(const MatchContext& context) const noexcept override {
    return tls(context).peer(context.direction).version == version;
  }
  const Version version;
};

Result<void> compile_tls_version(RuleBuilder& rule, std::string_view argument) {
  static constexpr std::pair<std::string_view, Version> kNames[] = {
      {"1.0", kTls10}, {"1.1", kTls11}, {"1.2", kTls12}, {"1.3", kTls13}};
  const std::string_view text = trim(argument);
  for (const auto& [name, version] : kNames) {
    if (name == text) {
      return rule.add_transaction_match(kAnyTime, std::make_unique<VersionIs>(bit_of(version)));
    }
  }
  const auto number = parse_unsigned(text, 0xffff);
  if (!text.starts_with("0x") || !number) {
    return wrong("tls.version", argument, "1.0, 1.1, 1.2, 1.3 or a number such as 0x7f1c");
  }
  return rule.add_transaction_match(
      kAnyTime, std::make_unique<VersionNumberIs>(static_cast<Version>(*number)));
}

/// "tls1.0,tls1.1" or "!sslv2": names, all with a "!" or none.
Result<void> compile_ssl_version(RuleBuilder& rule, std::string_view argument) {
  static constexpr std::pair<std::string_view, Version> kNames[] = {
      {"sslv2", kSsl2},   {"sslv3", kSsl3},   {"tls1.0", kTls10},
      {"tls1.1", kTls11}, {"tls1.2", kTls12}, {"tls1.3", kTls13}};
  std::string_view list = trim(argument);
  const bool negated = take_negation(list);
  std::uint8_t versions = 0;
  for (const std::string_view name : split_list(list)) {
    std::uint8_t bit = 0;
    for (const auto& [known, version] : kNames) {
      if (equals_ignoring_case(known, name)) bit = bit_of(version);
    }
    if (bit == 0) {
      return wrong(
          "ssl_version", argument,
          "a list of sslv2, sslv3, tls1.0, tls1.1, tls1.2, tls1.3, or such a list after !");
    }
    versions |= bit;
  }
  if (negated) versions = static_cast<std::uint8_t>(~versions & 0x3f);
  return rule.add_transaction_match(kAnyTime, std::make_unique<VersionIs>(versions));
}

// --- ssl_state ----------------------------------------------------------------------------------

constexpr std::uint64_t bit_of(HandshakeType type) {
  return std::uint64_t{1} << static_cast<unsigned>(type);
}

struct StateIs final : Keyword {
  explicit StateIs(std::uint64_t set) : messages(set) {}
  bool match(const MatchContext& context) const noexcept override {
    return (tls(context).peer(context.direction).handshakes & messages) != 0;
  }
  const std::uint64_t messages;
};

/// "client_hello", "client_hello,server_hello" (either), "!client_hello" (any but that).
Result<void> compile_ssl_state(RuleBuilder& rule, std::string_view argument) {
  constexpr std::pair<std::string_view, std::uint64_t> kNames[] = {
      {"client_hello", bit_of(HandshakeType::kClientHello)},
      {"server_hello", bit_of(HandshakeType::kServerHello)},
      {"client_keyx", bit_of(HandshakeType::kClientKeyExchange)},
      {"server_keyx", bit_of(HandshakeType::kServerKeyExchange)},
      {"unknown", 0}};
  constexpr std::uint64_t kAll =
      kNames[0].second | kNames[1].second | kNames[2].second | kNames[3].second;
  std::string list(trim(argument));
  for (char& c : list) {
    if (c == '|') c = ',';
  }
  std::uint64_t messages = 0;
  for (std::string_view name : split_list(list)) {
    const bool negated = take_negation(name);
    const auto* known = std::begin(kNames);
    while (known != std::end(kNames) && known->first != name) ++known;
    if (known == std::end(kNames)) {
      return wrong("ssl_state", argument,
                   "a list of client_hello, server_hello, client_keyx, server_keyx, unknown");
    }
    messages |= negated ? kAll & ~known->second : known->second;
  }
  return rule.add_transaction_match(kAnyTime, std::make_unique<StateIs>(messages));
}

// --- texts of certificates, in the old spelling --------------------------------------------------

/// `tls.subject:"CN=a"`: anywhere in the buffer, case matters.
Result<void> compile_certificate_text(RuleBuilder& rule, std::string_view keyword,
                                      std::string_view buffer, std::string_view argument) {
  std::string_view text = trim(argument);
  const bool negated = take_negation(text);
  if (!take_quotes(text) || text.empty() || text.front() == '!') {
    return wrong(keyword, argument, "a text in double quotes");
  }
  return rule.add_buffer_content(find_tls_buffer(buffer), as_bytes(unescape(text)), false, negated,
                                 false);
}
Result<void> compile_tls_subject(RuleBuilder& rule, std::string_view argument) {
  return compile_certificate_text(rule, "tls.subject", "tls.cert_subject", argument);
}
Result<void> compile_tls_issuerdn(RuleBuilder& rule, std::string_view argument) {
  return compile_certificate_text(rule, "tls.issuerdn", "tls.cert_issuer", argument);
}

Result<void> compile_tls_fingerprint(RuleBuilder& rule, std::string_view argument) {
  constexpr std::size_t kSha1TextSize = 59;  // 20 times two digits, 19 colons
  std::string_view text = trim(argument);
  const bool negated = take_negation(text);
  if (!take_quotes(text) || text.size() != kSha1TextSize) {
    return wrong("tls.fingerprint", argument, "a SHA-1 such as \"4a:a3:66:76:...\", in quotes");
  }
  return rule.add_buffer_content(find_tls_buffer("tls.cert_fingerprint"), as_bytes(ascii_lower(text)),
                                 true, negated, true);
}

// --- validity -----------------------------------------------------------------------------------

struct ValidityIs final : Keyword {
  ValidityIs(std::int64_t Certificate::*which, std::int64_t low, std::int64_t high)
      : field(which), lowest(low), highest(high) {}
  bool match(const MatchContext& context) const noexcept override {
    const Certificate& certificate = tls(context).server.certificate;
    const std::int64_t time = certificate.*field;
    return certificate.parsed && time >= lowest && time <= highest;
  }
  std::int64_t Certificate::*const field;
  const std::int64_t lowest, highest;
};

/// "2017", ">2017", "<2017-03", "2016<>2017-06-01 12:00:00"; bounds belong to the range.
Result<void> compile_validity(RuleBuilder& rule, std::string_view keyword,
                              std::int64_t Certificate::*field, std::string_view argument) {
  std::string_view text = trim(argument);
  std::int64_t lowest = std::numeric_limits<std::int64_t>::min();
  std::int64_t highest = std::numeric_limits<std::int64_t>::max();
  const std::size_t range = text.find("<>");
  const char mode = text.empty() ? ' ' : text.front();
  const std::string_view first = range != text.npos           ? text.substr(0, range)
                                 : mode == '<' || mode == '>' ? text.substr(1)
                                                              : text;
  const auto low = parse_validity(first);
  const auto high = range != text.npos ? parse_validity(text.substr(range + 2)) : low;
  if (!low || !high || *low > *high) {
    return wrong(keyword, argument, "a date such as >2017-03-23 or 2016<>2017-06-01T12:00:00");
  }
  if (mode != '<' || range != text.npos) lowest = *low;
  if (mode != '>' || range != text.npos) highest = *high;
  return rule.add_transaction_match(kServerCertificate,
                                    std::make_unique<ValidityIs>(field, lowest, highest));
}
Result<void> compile_not_before(RuleBuilder& rule, std::string_view argument) {
  return compile_validity(rule, "tls_cert_notbefore", &Certificate::not_before, argument);
}
Result<void> compile_not_after(RuleBuilder& rule, std::string_view argument) {
  return compile_validity(rule, "tls_cert_notafter", &Certificate::not_after, argument);
}

struct ExpiredIs final : Keyword {
  explicit ExpiredIs(bool e) : expired(e) {}
  bool match(const MatchContext& context) const noexcept override {
    const Certificate& certificate = tls(context).server.certificate;
    return certificate.parsed && (certificate.not_after < whole_seconds(context.time)) == expired;
  }
  const bool expired;
};
Result<void> compile_expired(RuleBuilder& rule, std::string_view) {
  return rule.add_transaction_match(kServerCertificate, std::make_unique<ExpiredIs>(true));
}
Result<void> compile_valid(RuleBuilder& rule, std::string_view) {
  return rule.add_transaction_match(kServerCertificate, std::make_unique<ExpiredIs>(false));
}

// --- tls.cert_chain_len -------------------------------------------------------------------------

struct ChainLengthIs final : Keyword {
  explicit ChainLengthIs(const NumberMatch& n) : number(n) {}
  bool match(const MatchContext& context) const noexcept override {
    return number.matches(tls(context).server.chain.size());
  }
  const NumberMatch number;
};
Result<void> compile_chain_length(RuleBuilder& rule, std::string_view argument) {
  const auto number = NumberMatch::parse(argument, 0xffffffff);
  if (!number) return tl::unexpected(number.error());
  return rule.add_transaction_match(kServerCertificate, std::make_unique<ChainLengthIs>(*number));
}

// --- tls.store ----------------------------------------------------------------------------------

/// Asks for the certificates of the flow to be written to files; the log does it.
struct StoreCertificates final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.transaction != nullptr) tls(context).store_requested = true;
    return true;
  }
};
Result<void> compile_store(RuleBuilder& rule, std::string_view) {
  if (auto needed = rule.require_protocol(AppProto::kTls); !needed) return needed;
  rule.add_post_match(std::make_unique<StoreCertificates>());
  return {};
}

constexpr KeywordSpec kVersion{.name = "tls.version",
                               .help = "version of TLS: 1.0, 1.1, 1.2, 1.3 or a number",
                               .compile = compile_tls_version};
constexpr KeywordSpec kSslVersion{.name = "ssl_version",
                                  .help = "one of a list of versions of SSL and TLS",
                                  .compile = compile_ssl_version,
                                  .can_negate = true};
constexpr KeywordSpec kSslState{.name = "ssl_state",
                                .help = "handshake messages seen in this direction",
                                .compile = compile_ssl_state,
                                .can_negate = true};
constexpr KeywordSpec kSubject{.name = "tls.subject",
                               .help = "text within the certificate's subject",
                               .compile = compile_tls_subject,
                               .can_negate = true,
                               .can_quote = true};
constexpr KeywordSpec kIssuerDn{.name = "tls.issuerdn",
                                .help = "text within the certificate's issuer",
                                .compile = compile_tls_issuerdn,
                                .can_negate = true,
                                .can_quote = true};
constexpr KeywordSpec kFingerprint{.name = "tls.fingerprint",
                                   .help = "SHA-1 of the certificate",
                                   .compile = compile_tls_fingerprint,
                                   .can_negate = true,
                                   .can_quote = true};
constexpr KeywordSpec kNotBefore{.name = "tls_cert_notbefore",
                                 .help = "begin of the certificate's validity",
                                 .compile = compile_not_before};
constexpr KeywordSpec kNotAfter{.name = "tls_cert_notafter",
                                .help = "end of the certificate's validity",
                                .compile = compile_not_after};
constexpr KeywordSpec kExpired{.name = "tls_cert_expired",
                               .help = "the certificate's validity has ended",
                               .argument = KeywordArgument::kNone,
                               .compile = compile_expired};
constexpr KeywordSpec kValid{.name = "tls_cert_valid",
                             .help = "the certificate's validity has not ended",
                             .argument = KeywordArgument::kNone,
                             .compile = compile_valid};
constexpr KeywordSpec kChainLength{.name = "tls.cert_chain_len",
                                   .help = "number of certificates that the server sent",
                                   .compile = compile_chain_length,
                                   .can_negate = true};
constexpr KeywordSpec kStore{.name = "tls_store",
                             .help = "write the certificates to files",
                             .argument = KeywordArgument::kNone,
                             .compile = compile_store,
                             .alias = "tls.store"};
}  // namespace

const KeywordSpec* const kTlsKeywords[12] = {&kVersion,  &kSslVersion,  &kSslState,    &kSubject,
                                             &kIssuerDn, &kFingerprint, &kNotBefore,   &kNotAfter,
                                             &kExpired,  &kValid,       &kChainLength, &kStore};

Result<std::int64_t> parse_validity(std::string_view text) {
  text = trim(text);
  const std::string_view original = text;
  // Year, month, day, hour, minute, second: each with what must stand before it.
  int parts[6] = {0, 1, 1, 0, 0, 0};
  static constexpr std::string_view kBefore[6] = {"", "-", "-", " T", ":", ":"};
  static constexpr std::size_t kDigits[6] = {4, 2, 2, 2, 2, 2};
  bool good = true;
  for (std::size_t i = 0; i < 6 && good && !text.empty(); ++i) {
    if (i > 0) {
      good = kBefore[i].find(text.front()) != std::string_view::npos;
      text.remove_prefix(1);
    }
    const std::string_view digits = text.substr(0, kDigits[i]);
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, parts[i]);
    good = good && error == std::errc{} && stop == end && digits.size() == kDigits[i];
    text.remove_prefix(digits.size());
  }
  namespace chrono = std::chrono;
  const chrono::year_month_day date{chrono::year(parts[0]),
                                    chrono::month(static_cast<unsigned>(parts[1])),
                                    chrono::day(static_cast<unsigned>(parts[2]))};
  good = good && text.empty() && !original.empty() && date.ok() && parts[3] >= 0 && parts[3] < 24 &&
         parts[4] >= 0 && parts[4] < 60 && parts[5] >= 0 && parts[5] < 61;
  if (!good) return failure("\"" + std::string(original) + "\" is not a date such as 2017-03-23");
  const auto days = chrono::sys_days(date).time_since_epoch();
  return chrono::duration_cast<chrono::seconds>(days).count() + parts[3] * 3600 + parts[4] * 60 +
         parts[5];
}

}  // namespace culvert::tls
