// How LDAP is recognised.
#include "protocols/ldap/ldap_protocol.h"

#include <string_view>

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

/// NTLM as Microsoft has it in binds (MS-ADTS section 5.1.1.1.3) is no LDAP for Suricata: a choice
/// other than simple and SASL (RFC 4511 section 4.2) in requests, a message in place of a name in
/// responses. Of what is cut off, no.
bool is_ntlm_bind(Bytes element) {
  constexpr std::uint8_t kBindRequest = 0x60, kBindResponse = 0x61, kSimple = 0x80, kSasl = 0xa3;
  constexpr std::string_view kNtlm = "NTLMSSP";
  const BerSize size = ber_size(element);
  if (size.status != BerSize::Status::kOk) return false;
  const auto operation = std::to_integer<std::uint8_t>(element.front());
  BerReader in(element.subspan(size.header));
  if (operation == kBindRequest) {
    in.content(kBerInteger);
    in.content(kBerOctetString);
    const std::uint8_t choice = in.next_tag();
    return choice != 0 && choice != kSimple && choice != kSasl;
  }
  if (operation != kBindResponse) return false;
  in.content(kBerEnumerated);
  if (in.next_tag() != kBerOctetString) return false;
  return as_text(in.rest().subspan(ber_size(in.rest()).header)).starts_with(kNtlm);
}

/// A SEQUENCE that begins with the message's id, an INTEGER of 1 to 4 bytes; then an operation.
ProbeResult probe(Direction direction, Bytes bytes) {
  ByteCursor in(bytes);
  if (in.u8() != 0x30) return ProbeResult::kNo;
  const std::uint8_t size = in.u8();
  if (size == 0x80 || size > 0x84) return ProbeResult::kNo;
  if (size > 0x80) in.skip(size & 0x7fu);
  if (in.u8() != 0x02) return ProbeResult::kNo;
  const std::uint8_t id_size = in.u8();
  if (id_size == 0 || id_size > 4) return ProbeResult::kNo;
  in.skip(id_size);
  const Bytes element = in.rest();
  const std::uint8_t operation = in.u8();
  if (!in.ok() || (operation & 0x40u) == 0 || is_ntlm_bind(element)) return ProbeResult::kNo;
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
