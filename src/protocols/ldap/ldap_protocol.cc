// How LDAP is recognised.
#include "protocols/ldap/ldap_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/asn1/ber_reader.h"
#include "protocols/ldap/ldap_eve.h"
#include "protocols/ldap/ldap_keywords.h"
#include "protocols/ldap/ldap_parser.h"

namespace culvert::ldap {
namespace {

/// Whether only servers send it (RFC 4511 section 4.1.1).
bool is_of_server(std::uint8_t tag) {
  const auto operation = static_cast<Operation>(tag & 0x1fu);
  return has_result(operation) || operation == Operation::kSearchResultEntry ||
         operation == Operation::kSearchResultReference ||
         operation == Operation::kIntermediateResponse;
}

/// Whether a bind request asks for other than simple or SASL authentication (RFC 4511 section 4.2):
/// NTLM as Microsoft has it is no LDAP for Suricata. Of what is cut off, no.
bool binds_otherwise(ByteCursor in) {
  constexpr std::uint8_t kLongForm = 0x80, kSimple = 0x80, kSasl = 0xa3;
  const auto skip_element = [&in](BerTag tag) {
    if (in.u8() != tag) return false;
    const std::uint8_t size = in.u8();
    in.skip(size);
    return size < kLongForm;
  };
  const std::uint8_t size = in.u8();
  if (size > kLongForm) in.skip(size & 0x7fu);
  if (!skip_element(kBerInteger) || !skip_element(kBerOctetString)) return false;
  const std::uint8_t choice = in.u8();
  return in.ok() && choice != kSimple && choice != kSasl;
}

/// A SEQUENCE that begins with the message's id, an INTEGER of 1 to 4 bytes; then an operation.
ProbeResult probe(Direction direction, Bytes bytes) {
  constexpr std::uint8_t kBindRequest = 0x60;
  ByteCursor in(bytes);
  if (in.u8() != 0x30) return ProbeResult::kNo;
  const std::uint8_t size = in.u8();
  if (size == 0x80 || size > 0x84) return ProbeResult::kNo;
  if (size > 0x80) in.skip(size & 0x7fu);
  if (in.u8() != 0x02) return ProbeResult::kNo;
  const std::uint8_t id_size = in.u8();
  if (id_size == 0 || id_size > 4) return ProbeResult::kNo;
  in.skip(id_size);
  const std::uint8_t operation = in.u8();
  if (!in.ok() || (operation & 0x40u) == 0) return ProbeResult::kNo;
  if (operation == kBindRequest && binds_otherwise(in)) return ProbeResult::kNo;
  const bool reversed = direction == Direction::kToServer && is_of_server(operation);
  return reversed ? ProbeResult::kYesReversed : ProbeResult::kYes;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "389,3268",
                                      .config_key = "ldap.tcp.detection-ports.dp",
                                      .min_bytes = 8,
                                      .probe = probe},
                                     {.ip_proto = 17,
                                      .default_ports = "389,3268",
                                      .config_key = "ldap.udp.detection-ports.dp",
                                      .min_bytes = 8,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kLdapProtocol{
    .name = "ldap",
    .proto = AppProto::kLdap,
    .ip_protos = {6, 17},
    .probes = kProbes,
    .make_parser = make_parser_of<LdapParser>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kLdapBuffers,
    .frames = kFrameNames,
    .keywords = kLdapKeywords,
    .loggers = kLdapLoggers,
    .write_alert_metadata = write_metadata,
    .keeps_packet_at_change = true,
};

}  // namespace culvert::ldap
