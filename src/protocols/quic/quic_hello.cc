#include "protocols/quic/quic_hello.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "base/byte_cursor.h"
#include "protocols/tls/fingerprint.h"

namespace culvert::quic {
namespace {

// By number, as the registry of TLS has them.
constexpr std::string_view kExtensionNames[] = {
    "server_name",
    "max_fragment_length",
    "client_certificate_url",
    "trusted_ca_keys",
    "truncated_hmac",
    "status_request",
    "user_mapping",
    "client_authz",
    "server_authz",
    "cert_type",
    "supported_groups",
    "ec_point_formats",
    "srp",
    "signature_algorithms",
    "use_srtp",
    "heartbeat",
    "alpn",
    "status_request_v2",
    "signed_certificate_timestamp",
    "client_certificate_type",
    "server_certificate_type",
    "padding",
    "encrypt_then_mac",
    "extended_master_secret",
    "token_binding",
    "cached_info",
    "tls_lts",
    "compress_certificate",
    "record_size_limit",
    "pwd_protect",
    "pwd_clear",
    "password_salt",
    "ticket_pinning",
    "tls_cert_with_extern_psk",
    "delegated_credentials",
    "session_ticket",
    "tlmsp",
    "tlmsp_proxying",
    "tlmsp_delegate",
    "supported_ekt_ciphers",
    "",
    "pre_shared_key",
    "early_data",
    "supported_versions",
    "cookie",
    "psk_key_exchange_modes",
    "",
    "certificate_authorities",
    "oid_filters",
    "post_handshake_auth",
    "signature_algorithms_cert",
    "key_share",
    "transparency_info",
    "connection_id_deprecated",
    "connection_id",
    "external_id_hash",
    "external_session_id",
    "quic_transport_parameters",
    "ticket_request",
    "dnssec_chain",
};
constexpr std::uint16_t kMaxFragmentLength = 1, kHeartbeat = 15, kRecordSizeLimit = 28,
                        kPskModes = 45, kOidFilters = 48, kNextProtocol = 13172,
                        kRenegotiation = 65281, kEncryptedServerName = 65486;

std::vector<std::uint16_t> numbers_of(Bytes bytes) {
  std::vector<std::uint16_t> numbers;
  numbers.reserve(bytes.size() / 2);
  for (ByteCursor in(bytes); in.size() >= 2;) numbers.push_back(in.u16());
  return numbers;
}

std::vector<std::uint16_t> without_grease(const std::vector<std::uint16_t>& numbers) {
  std::vector<std::uint16_t> left;
  std::ranges::copy_if(numbers, std::back_inserter(left),
                       [](std::uint16_t number) { return !tls::is_grease(number); });
  return left;
}

}  // namespace

std::optional<Hello> Hello::parse(Bytes message) {
  if (message.size() < tls::kHandshakeHeaderSize) return std::nullopt;
  const auto type = static_cast<tls::HandshakeType>(message[0]);
  const Bytes body = message.subspan(tls::kHandshakeHeaderSize);
  Hello hello;
  hello.is_client = type == tls::HandshakeType::kClientHello;
  if (!hello.is_client && type != tls::HandshakeType::kServerHello) return std::nullopt;
  hello.parts =
      hello.is_client ? tls::HelloParts::parse_client(body) : tls::HelloParts::parse_server(body);
  if (!hello.parts.ok) return std::nullopt;
  if (!tls::ExtensionReader(hello.parts.extensions).ok()) hello.parts.extensions = {};
  tls::Peer& peer = hello.peer;
  peer.legacy_version = hello.parts.version;
  peer.random = hello.parts.random;
  peer.ciphers = numbers_of(hello.parts.ciphers);
  for_each_extension(hello, [&](std::uint16_t number, Bytes data) {
    peer.extensions.push_back(number);
    switch (static_cast<tls::Extension>(number)) {
      case tls::Extension::kServerName:
        hello.server_name = {};
        for_each_value(number, data, [&](std::string_view name) {
          if (hello.server_name.empty()) hello.server_name = name;
        });
        break;
      case tls::Extension::kSupportedGroups:
        peer.groups = numbers_of(*tls::read_counted(data, 2));
        break;
      case tls::Extension::kPointFormats:
        peer.point_formats = *tls::read_counted(data, 1);
        break;
      case tls::Extension::kSignatureAlgorithms:
        peer.signature_algorithms = numbers_of(*tls::read_counted(data, 2));
        break;
      case tls::Extension::kAlpn:
        for_each_value(number, data, [&](std::string_view name) {
          if (!name.empty()) peer.alpns.push_back(name);
        });
        break;
      case tls::Extension::kSupportedVersions:
        for (const tls::Version version :
             numbers_of(data.size() == 2 ? data : *tls::read_counted(data, 1))) {
          if (!tls::is_grease(version)) hello.best_version = std::max(hello.best_version, version);
        }
        break;
      case tls::Extension::kSessionTicket:
        break;
    }
  });
  return hello;
}

std::string Hello::ja3() const {
  if (!is_client) return tls::format_ja3s(peer);
  std::string text = tls::format_ja3(peer);
  // Without extensions the reference leaves out what they would have said.
  if (parts.extensions.empty()) text.resize(text.size() - 2);
  return text;
}

std::array<char, 36> Hello::ja4() const {
  tls::Peer client;
  client.version = best_version;
  client.random = peer.random;
  client.ciphers = without_grease(peer.ciphers);
  client.extensions = without_grease(peer.extensions);
  client.signature_algorithms = peer.signature_algorithms;
  client.alpns = peer.alpns;
  return tls::compute_ja4(client, 'q');
}

std::string_view name_of_extension(std::uint16_t type) {
  if (type < std::size(kExtensionNames)) return kExtensionNames[type];
  if (type == kNextProtocol) return "next_protocol_negotiation";
  if (type == kRenegotiation) return "renegotiation_info";
  return type == kEncryptedServerName ? "encrypted_server_name" : std::string_view{};
}

bool is_well_formed(std::uint16_t type, Bytes data) {
  const auto is_list = [&](std::size_t width) {
    return tls::read_counted(data, width).has_value();
  };
  switch (type) {
    case static_cast<std::uint16_t>(tls::Extension::kServerName):
      return data.empty() || is_list(2);
    case static_cast<std::uint16_t>(tls::Extension::kSupportedGroups):
    case static_cast<std::uint16_t>(tls::Extension::kSignatureAlgorithms):
    case static_cast<std::uint16_t>(tls::Extension::kAlpn):
    case kOidFilters:
      return is_list(2);
    case static_cast<std::uint16_t>(tls::Extension::kPointFormats):
    case kPskModes:
    case kRenegotiation:
      return is_list(1);
    case kMaxFragmentLength:
    case kHeartbeat:
      return data.size() == 1;
    case kRecordSizeLimit:
      return data.size() == 2;
    case static_cast<std::uint16_t>(tls::Extension::kSupportedVersions):
      return data.size() == 2 || is_list(1);  // a server has one
    case kEncryptedServerName:
      return !data.empty();
    default:
      return true;
  }
}

std::string name_of_tls_version(tls::Version version) {
  switch (version) {
    case tls::kSsl3:
      return "Ssl30";
    case tls::kTls10:
      return "Tls10";
    case tls::kTls11:
      return "Tls11";
    case tls::kTls12:
      return "Tls12";
    case tls::kTls13:
      return "Tls13";
    default:
      return fmt::format("TlsVersion({} / 0x{:x})", version, version);
  }
}

}  // namespace culvert::quic
