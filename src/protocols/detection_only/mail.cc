// IMAP (RFC 9051).
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

constexpr ProtocolPattern kImapPatterns[] = {{.direction = Direction::kToClient, .bytes = "* OK "},
                                             {.bytes = "1 capability", .nocase = true},
                                             {.bytes = "* AUTHENTICATE", .nocase = true}};

/// A command after its tag, of the few that come first.
ProbeResult probe_imap(Direction direction, Bytes bytes) {
  const std::string_view text = as_text(bytes);
  const std::size_t space = text.find(' ');
  if (direction != Direction::kToServer || space == text.npos) return ProbeResult::kNo;
  for (const std::string_view word :
       {"CAPABILITY", "capability", "LOGIN", "login", "AUTHENTICATE", "STARTTLS", "ID", "NOOP"}) {
    if (text.substr(space + 1).starts_with(word)) return ProbeResult::kYes;
  }
  return ProbeResult::kNo;
}
constexpr ProtocolProbe kImapProbes[] = {{.default_ports = "143",
                                          .config_key = "imap.detection-ports.dp",
                                          .min_bytes = 6,
                                          .probe = probe_imap}};

}  // namespace

constinit const ProtocolSpec kImap{
    .name = "imap", .proto = AppProto::kImap, .probes = kImapProbes, .patterns = kImapPatterns};

}  // namespace culvert::detection_only
