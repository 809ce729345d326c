#include "protocols/tls/tls_buffers.h"

#include <algorithm>
#include <array>

#include "keywords/digest_text.h"
#include "protocols/tls/fingerprint.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {
namespace {

constexpr std::string_view kJa3Length =
    "buffer ja3.hash: Invalid length for md5-like keyword (should be 32 characters long). This "
    "rule will "
    "therefore never match.";
constexpr std::string_view kJa3sLength =
    "buffer ja3s.hash: Invalid length for md5-like keyword (should be 32 characters long). This "
    "rule will "
    "therefore never match.";

/// Pairs of digits with colons between them.
std::string_view complain_of_fingerprint(std::string_view pattern, bool) {
  constexpr std::size_t kLength = 59;
  return pattern.size() == kLength ? std::string_view{}
                                   : "Invalid length of the specified fingerprint. This rule will "
                                     "therefore never match.";
}

const TlsTransaction& tls(const BufferRequest& request) {
  return static_cast<const TlsTransaction&>(request.transaction);
}
const Peer& peer(const BufferRequest& request) { return tls(request).peer(request.direction); }

std::optional<Bytes> text(std::string_view value, bool exists) {
  if (!exists) return std::nullopt;
  return as_bytes(value);
}
template <std::size_t kSize>
std::optional<Bytes> text(const std::array<char, kSize>& value, bool exists) {
  return text(std::string_view(value.data(), kSize), exists);
}

std::optional<Bytes> get_sni(const BufferRequest& r) {
  return text(tls(r).sni, !tls(r).sni.empty());
}
template <std::string_view Certificate::*kField>
std::optional<Bytes> get_certificate_text(const BufferRequest& r) {
  const Certificate& certificate = peer(r).certificate;
  return text(certificate.*kField, certificate.parsed);
}
std::optional<Bytes> get_certificate(const BufferRequest& r) {
  const auto& chain = peer(r).chain;
  if (r.instance >= chain.size()) return std::nullopt;
  return chain[r.instance];
}
std::optional<Bytes> get_alternative_name(const BufferRequest& r) {
  const auto& names = tls(r).server.certificate.alternative_names;
  if (r.instance >= names.size()) return std::nullopt;
  return as_bytes(names[r.instance]);
}
std::optional<Bytes> get_alpn(const BufferRequest& r) {
  const auto& alpns = peer(r).alpns;
  if (r.instance >= alpns.size()) return std::nullopt;
  return as_bytes(alpns[r.instance]);
}

/// The hello's random; servers and clients used to begin it with the time (RFC 5246
/// section 7.4.1.2).
constexpr std::size_t kRandomTimeSize = 4;
std::optional<Bytes> get_random(const BufferRequest& r) {
  const Bytes random = peer(r).random;
  if (random.empty()) return std::nullopt;
  return random;
}
std::optional<Bytes> get_random_time(const BufferRequest& r) {
  const Bytes random = peer(r).random;
  if (random.empty()) return std::nullopt;
  return random.first(kRandomTimeSize);
}
std::optional<Bytes> get_random_bytes(const BufferRequest& r) {
  const Bytes random = peer(r).random;
  if (random.empty()) return std::nullopt;
  return random.subspan(kRandomTimeSize);
}

std::optional<Bytes> get_ja3_hash(const BufferRequest& r) {
  const bool exists = make_ja3(tls(r));
  return text(tls(r).fingerprints.ja3_hash, exists);
}
std::optional<Bytes> get_ja3_string(const BufferRequest& r) {
  const bool exists = make_ja3(tls(r));
  return text(tls(r).fingerprints.ja3_string, exists);
}
std::optional<Bytes> get_ja3s_hash(const BufferRequest& r) {
  const bool exists = make_ja3s(tls(r));
  return text(tls(r).fingerprints.ja3s_hash, exists);
}
std::optional<Bytes> get_ja3s_string(const BufferRequest& r) {
  const bool exists = make_ja3s(tls(r));
  return text(tls(r).fingerprints.ja3s_string, exists);
}
std::optional<Bytes> get_ja4_hash(const BufferRequest& r) {
  const bool exists = make_ja4(tls(r));
  return text(tls(r).fingerprints.ja4, exists);
}

constexpr BufferSide kNone{};
constexpr BufferSide kClientHello{true, kClientHelloDone};
constexpr BufferSide kServerHelloSide{true, kServerHello};
constexpr BufferSide kClientCert{true, kClientCertDone};
constexpr BufferSide kServerCert{true, kServerCertDone};
constexpr AppProto kTls = AppProto::kTls;

}  // namespace

const BufferSpec kTlsBuffers[16] = {
    {.name = "tls.sni",
     .description = "server name that the client asks for",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kNone,
     .get = get_sni,
     .alias = "tls_sni"},
    {.name = "tls.cert_subject",
     .description = "subject of the sender's certificate: \"C=US, O=Acme, CN=a.example\"",
     .proto = kTls,
     .to_server = kClientCert,
     .to_client = kServerCert,
     .get = get_certificate_text<&Certificate::subject>,
     .alias = "tls_cert_subject"},
    {.name = "tls.cert_issuer",
     .description = "issuer of the sender's certificate",
     .proto = kTls,
     .to_server = kClientCert,
     .to_client = kServerCert,
     .get = get_certificate_text<&Certificate::issuer>,
     .alias = "tls_cert_issuer"},
    {.name = "tls.cert_serial",
     .description = "serial number of the sender's certificate: \"5C:19:B7:B1\"",
     .proto = kTls,
     .to_server = kClientCert,
     .to_client = kServerCert,
     .get = get_certificate_text<&Certificate::serial>,
     .alias = "tls_cert_serial",
     .ignore_case = true},
    {.name = "tls.cert_fingerprint",
     .description = "SHA-1 of the sender's certificate: \"4a:a3:66:76:...\"",
     .proto = kTls,
     .to_server = kClientCert,
     .to_client = kServerCert,
     .get = get_certificate_text<&Certificate::fingerprint>,
     .alias = "tls_cert_fingerprint",
     .ignore_case = true,
     .complain = complain_of_fingerprint},
    {.name = "tls.certs",
     .description = "each certificate of the sender's chain, as DER",
     .proto = kTls,
     .to_server = kClientCert,
     .to_client = kServerCert,
     .get = get_certificate,
     .multi_instance = true},
    {.name = "tls.subjectaltname",
     .description = "each alternative name of the server's certificate",
     .proto = kTls,
     .to_server = kNone,
     .to_client = kServerCert,
     .get = get_alternative_name,
     .multi_instance = true},
    {.name = "tls.alpn",
     .description = "each application protocol that is offered, or the one that is chosen",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kServerHelloSide,
     .get = get_alpn,
     .multi_instance = true},
    {.name = "tls.random",
     .description = "the 32 random bytes of the hello",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kServerHelloSide,
     .get = get_random},
    {.name = "tls.random_time",
     .description = "the first 4 random bytes of the hello, once a time",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kServerHelloSide,
     .get = get_random_time},
    {.name = "tls.random_bytes",
     .description = "the last 28 random bytes of the hello",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kServerHelloSide,
     .get = get_random_bytes},
    {.name = "ja3.hash",
     .description = "JA3 of the client's hello: an MD5",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kNone,
     .get = get_ja3_hash,
     .alias = "ja3_hash",
     .ignore_case = true,
     .complain = keywords::complain_of_md5<kJa3Length>},
    {.name = "ja3.string",
     .description = "what the JA3 hash is made from",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kNone,
     .get = get_ja3_string,
     .alias = "ja3_string"},
    {.name = "ja3s.hash",
     .description = "JA3S of the server's hello: an MD5",
     .proto = kTls,
     .to_server = kNone,
     .to_client = kServerHelloSide,
     .get = get_ja3s_hash,
     .ignore_case = true,
     .complain = keywords::complain_of_md5<kJa3sLength>},
    {.name = "ja3s.string",
     .description = "what the JA3S hash is made from",
     .proto = kTls,
     .to_server = kNone,
     .to_client = kServerHelloSide,
     .get = get_ja3s_string},
    {.name = "ja4.hash",
     .description = "JA4 of the client's hello",
     .proto = kTls,
     .to_server = kClientHello,
     .to_client = kNone,
     .get = get_ja4_hash,
     .alias = "ja4_hash"},
};

const BufferSpec& find_tls_buffer(std::string_view name) {
  return *std::ranges::find(kTlsBuffers, name, &BufferSpec::name);
}

}  // namespace culvert::tls
