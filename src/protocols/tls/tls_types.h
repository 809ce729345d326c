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

/// App-layer events, in the order of kEventNames. EVE prints these names in upper case, as the
/// reference does; rules spell them in either.
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
    "INVALID_SSLV2_HEADER",
    "INVALID_TLS_HEADER",
    "INVALID_RECORD_VERSION",
    "INVALID_RECORD_TYPE",
    "INVALID_RECORD_LENGTH",
    "INVALID_HANDSHAKE_MESSAGE",
    "HANDSHAKE_INVALID_LENGTH",
    "INVALID_CERTIFICATE",
    "CERTIFICATE_INVALID_LENGTH",
    "CERTIFICATE_INVALID_VERSION",
    "CERTIFICATE_INVALID_SERIAL",
    "CERTIFICATE_INVALID_ALGORITHMIDENTIFIER",
    "CERTIFICATE_INVALID_X509NAME",
    "CERTIFICATE_INVALID_DATE",
    "CERTIFICATE_INVALID_EXTENSIONS",
    "CERTIFICATE_INVALID_DER",
    "CERTIFICATE_INVALID_SUBJECT",
    "CERTIFICATE_INVALID_ISSUER",
    "CERTIFICATE_INVALID_VALIDITY",
    "ERROR_MESSAGE_ENCOUNTERED",
    "INVALID_SSL_RECORD",
    "HEARTBEAT_MESSAGE",
    "INVALID_HEARTBEAT_MESSAGE",
    "OVERFLOW_HEARTBEAT_MESSAGE",
    "DATALEAK_HEARTBEAT_MISMATCH",
    "MULTIPLE_SNI_EXTENSIONS",
    "INVALID_SNI_TYPE",
    "INVALID_SNI_LENGTH",
    "TOO_MANY_RECORDS_IN_PACKET",
    "INVALID_ALERT_MESSAGE",
    "TOO_MANY_SUBJECT_ALTERNATIVE_NAMES",
};

}  // namespace culvert::tls
