// How SIP is recognised.
#include "protocols/sip/sip_protocol.h"

#include <array>
#include <iterator>

#include "app/spec_parts.h"
#include "protocols/sip/sip_buffers.h"
#include "protocols/sip/sip_eve.h"
#include "protocols/sip/sip_parser.h"

namespace culvert::sip {
namespace {

/// HTTP has OPTIONS and UPDATE as well: the first line tells them apart.
ProbeResult confirm(Direction, Bytes bytes) {
  const std::string_view text = as_text(bytes);
  const std::string_view line = text.substr(0, text.find('\n'));
  if (line.find("SIP/") != line.npos) return ProbeResult::kYes;
  return line.size() == text.size() && text.size() < 256 ? ProbeResult::kNeedMore
                                                         : ProbeResult::kNo;
}
constexpr ProtocolPattern pattern(std::uint8_t ip_proto, Direction direction,
                                  std::string_view bytes) {
  return {.ip_proto = ip_proto, .direction = direction, .bytes = bytes, .confirm = confirm};
}
constexpr std::string_view kFirstWords[] = {
    "INVITE ",    "ACK ",    "BYE ",     "CANCEL ", "OPTIONS ", "REGISTER ", "PRACK ",
    "SUBSCRIBE ", "NOTIFY ", "PUBLISH ", "INFO ",   "REFER ",   "MESSAGE ",  "UPDATE "};
constexpr auto kPatterns = [] {
  std::array<ProtocolPattern, 2 * (std::size(kFirstWords) + 1)> patterns{};
  std::size_t at = 0;
  for (const std::uint8_t ip_proto : {std::uint8_t{6}, std::uint8_t{17}}) {
    for (const std::string_view method : kFirstWords) {
      patterns[at++] = pattern(ip_proto, Direction::kToServer, method);
    }
    patterns[at++] = pattern(ip_proto, Direction::kToClient, "SIP/2.0 ");
  }
  return patterns;
}();

}  // namespace

constinit const ProtocolSpec kSipProtocol{
    .name = "sip",
    .proto = AppProto::kSip,
    .ip_protos = {6, 17},
    .patterns = kPatterns,
    .make_parser = make_parser_of<SipParser>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kSipBuffers,
    .frames = kFrameNames,
    .loggers = kSipLoggers,
    .write_alert_metadata = write_metadata,
    .unidirectional = true,
};

}  // namespace culvert::sip
