#include "builtin/protocols.h"

#include <array>

#include "protocols/bittorrent/dht_protocol.h"
#include "protocols/dcerpc/dcerpc_protocol.h"
#include "protocols/detection_only/detection_only.h"
#include "protocols/dhcp/dhcp_protocol.h"
#include "protocols/dnp3/dnp3_protocol.h"
#include "protocols/dns/dns_protocol.h"
#include "protocols/enip/enip_protocol.h"
#include "protocols/ftp/ftp_protocol.h"
#include "protocols/http/http_protocol.h"
#include "protocols/http2/doh2_protocol.h"
#include "protocols/http2/http2_protocol.h"
#include "protocols/ike/ike_protocol.h"
#include "protocols/krb5/krb5_protocol.h"
#include "protocols/ldap/ldap_protocol.h"
#include "protocols/modbus/modbus_protocol.h"
#include "protocols/mqtt/mqtt_protocol.h"
#include "protocols/nfs/nfs_protocol.h"
#include "protocols/ntp/ntp_protocol.h"
#include "protocols/pgsql/pgsql_protocol.h"
#include "protocols/pop3/pop3_protocol.h"
#include "protocols/quic/quic_protocol.h"
#include "protocols/rdp/rdp_protocol.h"
#include "protocols/rfb/rfb_protocol.h"
#include "protocols/sip/sip_protocol.h"
#include "protocols/smb/smb_protocol.h"
#include "protocols/smtp/smtp_protocol.h"
#include "protocols/snmp/snmp_protocol.h"
#include "protocols/ssh/ssh_protocol.h"
#include "protocols/tftp/tftp_protocol.h"
#include "protocols/telnet/telnet_protocol.h"
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
      &http2::kDoh2Protocol,
      &websocket::kWebsocketProtocol,
      &quic::kQuicProtocol,
      &smtp::kSmtpProtocol,
      &kImap,
      &pop3::kPop3Protocol,
      &ftp::kFtpProtocol,
      &ftp::kFtpDataProtocol,
      &dcerpc::kDcerpcProtocol,
      &smb::kSmbProtocol,
      &nfs::kNfsProtocol,
      &tftp::kTftpProtocol,
      &bittorrent::kDhtProtocol,
      &ssh::kSshProtocol,
      &telnet::kTelnetProtocol,
      &rdp::kRdpProtocol,
      &rfb::kRfbProtocol,
      &krb5::kKrb5Protocol,
      &ldap::kLdapProtocol,
      &mqtt::kMqttProtocol,
      &pgsql::kPgsqlProtocol,
      &ntp::kNtpProtocol,
      &dhcp::kDhcpProtocol,
      &snmp::kSnmpProtocol,
      &ike::kIkeProtocol,
      &modbus::kModbusProtocol,
      &enip::kEnipProtocol,
      &dnp3::kDnp3Protocol};
  return kProtocols;
}

}  // namespace culvert
