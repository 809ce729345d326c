#include "builtin/protocols.h"

#include <array>

#include "protocols/detection_only/detection_only.h"
#include "protocols/dns/dns_protocol.h"
#include "protocols/ftp/ftp_protocol.h"
#include "protocols/http/http_protocol.h"
#include "protocols/http2/http2_protocol.h"
#include "protocols/mqtt/mqtt_protocol.h"
#include "protocols/pop3/pop3_protocol.h"
#include "protocols/sip/sip_protocol.h"
#include "protocols/smtp/smtp_protocol.h"
#include "protocols/ssh/ssh_protocol.h"
#include "protocols/tls/tls_protocol.h"
#include "protocols/websocket/websocket_protocol.h"

namespace culvert {

std::span<const ProtocolSpec* const> builtin_protocols() {
  using namespace detection_only;
  static constexpr std::array kProtocols{
      // One a line. SIP before HTTP, which shares the names of methods.
      &tls::kTlsProtocol,
      &dns::kDnsProtocol,
      &dns::kMdnsProtocol,
      &sip::kSipProtocol,
      &http1::kHttpProtocol,
      &http2::kHttp2Protocol,
      &websocket::kWebsocketProtocol,
      &kQuic,
      &smtp::kSmtpProtocol,
      &kImap,
      &pop3::kPop3Protocol,
      &ftp::kFtpProtocol,
      &ftp::kFtpDataProtocol,
      &kSmb,
      &kNfs,
      &kTftp,
      &kBittorrentDht,
      &ssh::kSshProtocol,
      &kTelnet,
      &kRdp,
      &kRfb,
      &kDcerpc,
      &kKrb5,
      &kLdap,
      &mqtt::kMqttProtocol,
      &kPgsql,
      &kNtp,
      &kDhcp,
      &kSnmp,
      &kIke,
      &kModbus,
      &kEnip,
      &kDnp3};
  return kProtocols;
}

}  // namespace culvert
