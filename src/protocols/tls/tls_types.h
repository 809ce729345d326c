// Numbers of the TLS wire format (RFC 8446 appendix B, RFC 6520, RFC 6101) and the names that rules
// and EVE have for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace culvert::tls {

enum class ContentType : std::uint8_t {
  kChangeCipherSpec = 20,
  kAlert = 21,
  kHandshake = 22,
  kApplicationData = 23,
  kHeartbeat = 24,
};

enum class HandshakeType : std::uint8_t {
  kHelloRequest = 0,
  kClientHello = 1,
  kServerHello = 2,
  kHelloVerifyRequest = 3,
  kNewSessionTicket = 4,
  kEndOfEarlyData = 5,
  kEncryptedExtensions = 8,
  kCertificate = 11,
  kServerKeyExchange = 12,
  kCertificateRequest = 13,
  kServerHelloDone = 14,
  kCertificateVerify = 15,
  kClientKeyExchange = 16,
  kFinished = 20,
  kCertificateUrl = 21,
  kCertificateStatus = 22,
  kSupplementalData = 23,
  kCompressedCertificate = 25,
  kNextProtocol = 67,
};
bool is_known(HandshakeType type);

enum class Extension : std::uint16_t {
  kServerName = 0,
  kSupportedGroups = 10,
  kPointFormats = 11,
  kSignatureAlgorithms = 13,
  kAlpn = 16,
  kSessionTicket = 35,
  kSupportedVersions = 43,
};

/// A protocol version as on the wire (0x0303 is TLS 1.2). Drafts of TLS 1.3 are 0x7f00 + draft.
using Version = std::uint16_t;
constexpr Version kSsl2 = 0x0200, kSsl3 = 0x0300, kTls10 = 0x0301, kTls11 = 0x0302, kTls12 = 0x0303,
                  kTls13 = 0x0304;
/// Not on the wire: a draft before 16, which all said 0x0304 in their ServerHello.
constexpr Version kTls13EarlyDraft = 0x7f01;

constexpr bool is_draft(Version v) { return v >> 8 == 0x7f || v == 0xfb17 || v == 0xfb1a; }
/// TLS 1.3 or a draft of it.
constexpr bool is_tls13(Version v) { return v == kTls13 || is_draft(v); }
/// "TLS 1.2", "TLSv1", "TLS 1.3 draft-23"; empty for numbers that nobody assigned.
std::string_view name_of_version(Version version);

/// Values that clients sprinkle into lists to keep servers tolerant (RFC 8701).
constexpr bool is_grease(std::uint16_t value) {
  return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

constexpr std::size_t kRecordHeaderSize = 5;
constexpr std::size_t kHandshakeHeaderSize = 4;
constexpr std::size_t kRandomSize = 32;
/// Largest record body: 2^14 and what old ciphers may add. Suricata calls more than this invalid.
constexpr std::size_t kMaxRecordSize = (1u << 14) + 1024;
/// Largest handshake message that is put together; longer ones are skipped and reported.
constexpr std::size_t kMaxHandshakeSize = 1u << 17;

/// Progress of a transaction by direction; the order is that of the rule hooks.
enum ClientProgress : std::uint8_t {
  kClientInProgress,
  kClientHelloDone,
  kClientCertDone,
  kClientHandshakeDone,
  kClientFinished,
};
enum ServerProgress : std::uint8_t {
  kServerInProgress,
  kServerHello,
  kServerCertDone,
  kServerHelloDone,
  kServerHandshakeDone,
  kServerFinished,
};
constexpr std::string_view kClientStates[] = {"client_in_progress", "client_hello_done",
                                              "client_cert_done", "client_handshake_done",
                                              "client_finished"};
constexpr std::string_view kServerStates[] = {"server_in_progress",    "server_hello",
                                              "server_cert_done",      "server_hello_done",
                                              "server_handshake_done", "server_finished"};

/// App-layer events, in the order of kEventNames.
enum class Event : std::uint8_t {
  kInvalidSslv2Header,
  kInvalidTlsHeader,
  kInvalidRecordVersion,
  kInvalidRecordType,
  kInvalidRecordLength,
  kInvalidHandshakeMessage,
  kHandshakeInvalidLength,
  kInvalidCertificate,
  kCertificateInvalidLength,
  kCertificateInvalidVersion,
  kCertificateInvalidSerial,
  kCertificateInvalidAlgorithmIdentifier,
  kCertificateInvalidX509Name,
  kCertificateInvalidDate,
  kCertificateInvalidExtensions,
  kCertificateInvalidDer,
  kCertificateInvalidSubject,
  kCertificateInvalidIssuer,
  kCertificateInvalidValidity,
  kErrorMessageEncountered,
  kInvalidSslRecord,
  kHeartbeatMessage,
  kInvalidHeartbeatMessage,
  kOverflowHeartbeatMessage,
  kDataleakHeartbeatMismatch,
  kMultipleSniExtensions,
  kInvalidSniType,
  kInvalidSniLength,
  kTooManyRecordsInPacket,
  kInvalidAlertMessage,
  kTooManySubjectAlternativeNames,
};
constexpr std::string_view kEventNames[] = {
    "invalid_sslv2_header",
    "invalid_tls_header",
    "invalid_record_version",
    "invalid_record_type",
    "invalid_record_length",
    "invalid_handshake_message",
    "handshake_invalid_length",
    "invalid_certificate",
    "certificate_invalid_length",
    "certificate_invalid_version",
    "certificate_invalid_serial",
    "certificate_invalid_algorithmidentifier",
    "certificate_invalid_x509name",
    "certificate_invalid_date",
    "certificate_invalid_extensions",
    "certificate_invalid_der",
    "certificate_invalid_subject",
    "certificate_invalid_issuer",
    "certificate_invalid_validity",
    "error_message_encountered",
    "invalid_ssl_record",
    "heartbeat_message",
    "invalid_heartbeat_message",
    "overflow_heartbeat_message",
    "dataleak_heartbeat_mismatch",
    "multiple_sni_extensions",
    "invalid_sni_type",
    "invalid_sni_length",
    "too_many_records_in_packet",
    "invalid_alert_message",
    "too_many_subject_alternative_names",
};

}  // namespace culvert::tls
