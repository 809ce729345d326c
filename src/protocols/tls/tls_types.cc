#include "protocols/tls/tls_types.h"

namespace culvert::tls {

bool is_known(HandshakeType type) {
  switch (type) {
    case HandshakeType::kHelloRequest:
    case HandshakeType::kClientHello:
    case HandshakeType::kServerHello:
    case HandshakeType::kHelloVerifyRequest:
    case HandshakeType::kNewSessionTicket:
    case HandshakeType::kEndOfEarlyData:
    case HandshakeType::kEncryptedExtensions:
    case HandshakeType::kCertificate:
    case HandshakeType::kServerKeyExchange:
    case HandshakeType::kCertificateRequest:
    case HandshakeType::kServerHelloDone:
    case HandshakeType::kCertificateVerify:
    case HandshakeType::kClientKeyExchange:
    case HandshakeType::kFinished:
    case HandshakeType::kCertificateUrl:
    case HandshakeType::kCertificateStatus:
    case HandshakeType::kSupplementalData:
    case HandshakeType::kCompressedCertificate:
    case HandshakeType::kNextProtocol:
      return true;
  }
  return false;
}

std::string_view name_of_version(Version version) {
  static constexpr std::string_view kDrafts[] = {
      "TLS 1.3 draft-16", "TLS 1.3 draft-17", "TLS 1.3 draft-18", "TLS 1.3 draft-19",
      "TLS 1.3 draft-20", "TLS 1.3 draft-21", "TLS 1.3 draft-22", "TLS 1.3 draft-23",
      "TLS 1.3 draft-24", "TLS 1.3 draft-25", "TLS 1.3 draft-26", "TLS 1.3 draft-27",
      "TLS 1.3 draft-28"};
  constexpr Version kFirstDraft = 0x7f10;
  if (version >= kFirstDraft && version < kFirstDraft + std::size(kDrafts)) {
    return kDrafts[version - kFirstDraft];
  }
  switch (version) {
    case kSsl2:
      return "SSLv2";
    case kSsl3:
      return "SSLv3";
    case kTls10:
      return "TLSv1";
    case kTls11:
      return "TLS 1.1";
    case kTls12:
      return "TLS 1.2";
    case kTls13:
      return "TLS 1.3";
    case kTls13EarlyDraft:
      return "TLS 1.3 draft-<16";
    case 0xfb17:
      return "TLS 1.3 draft-23-fb";
    case 0xfb1a:
      return "TLS 1.3 draft-26-fb";
    default:
      return {};
  }
}

}  // namespace culvert::tls
