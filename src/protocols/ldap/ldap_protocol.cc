// How LDAP is recognised.
#include "protocols/ldap/ldap_protocol.h"

#include <cstddef>
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

/// A length as BER has it (X.690 section 8.1.3).
std::size_t take_length(ByteCursor& in) {
  const std::uint8_t first = in.u8();
  if (first < 0x80) return first;
  std::size_t length = 0;
  for (unsigned left = first & 0x7fu; left != 0 && in.ok(); --left) length = length << 8 | in.u8();
  return length;
}
bool skip_element(ByteCursor& in, BerTag tag) {
  if (in.u8() != tag) return false;
  in.skip(take_length(in));
  return in.ok();
}

/// NTLM as Microsoft has it in binds (MS-ADTS section 5.1.1.1.3) is no LDAP for Suricata: a choice
/// other than simple and SASL (RFC 4511 section 4.2) in requests, a message in place of a name in
/// responses. Of what is cut off, no.
bool is_ntlm_bind(std::uint8_t operation, ByteCursor in) {
  constexpr std::uint8_t kBindRequest = 0x60, kBindResponse = 0x61, kSimple = 0x80, kSasl = 0xa3;
  constexpr std::string_view kNtlm = "NTLMSSP";
  take_length(in);
  if (operation == kBindRequest) {
    if (!skip_element(in, kBerInteger) || !skip_element(in, kBerOctetString)) return false;
    const std::uint8_t choice = in.u8();
    return in.ok() && choice != kSimple && choice != kSasl;
  }
  if (operation != kBindResponse || !skip_element(in, kBerEnumerated)) return false;
  if (in.u8() != kBerOctetString) return false;
  take_length(in);
  return in.ok() && as_text(in.rest()).starts_with(kNtlm);
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
  const std::uint8_t operation = in.u8();
  if (!in.ok() || (operation & 0x40u) == 0) return ProbeResult::kNo;
  if (is_ntlm_bind(operation, in)) return ProbeResult::kNo;
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
