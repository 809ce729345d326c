// SMTP (RFC 5321), IMAP (RFC 9051), POP3 (RFC 1939).
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// A greeting; that of FTP is alike, so the port decides.
ProbeResult probe_smtp(Direction direction, Bytes bytes) {
  const bool greets = direction == Direction::kToClient && as_text(bytes).starts_with("220");
  return greets ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kSmtpProbes[] = {{.default_ports = "25,465",
                                          .config_key = "smtp.detection-ports.dp",
                                          .min_bytes = 5,
                                          .probe = probe_smtp}};
constexpr ProtocolPattern kSmtpPatterns[] = {{.bytes = "EHLO", .nocase = true},
                                             {.bytes = "HELO", .nocase = true},
                                             {.bytes = "QUIT", .nocase = true}};

constexpr ProtocolPattern kImapPatterns[] = {{.direction = Direction::kToClient, .bytes = "* OK "},
                                             {.bytes = "1 capability", .nocase = true},
                                             {.bytes = "* AUTHENTICATE", .nocase = true}};

ProbeResult probe_pop3(Direction direction, Bytes bytes) {
  const std::string_view text = as_text(bytes);
  if (direction == Direction::kToClient) {
    return text.starts_with("+OK") || text.starts_with("-ERR") ? ProbeResult::kYes
                                                               : ProbeResult::kNo;
  }
  for (const std::string_view word :
       {"USER ", "APOP ", "AUTH", "CAPA", "STLS", "QUIT", "user ", "auth", "capa", "stls"}) {
    if (text.starts_with(word)) return ProbeResult::kYes;
  }
  return ProbeResult::kNo;
}
constexpr ProtocolProbe kPop3Probes[] = {{.default_ports = "110",
                                          .config_key = "pop3.detection-ports.dp",
                                          .min_bytes = 4,
                                          .probe = probe_pop3}};

}  // namespace

constinit const ProtocolSpec kSmtp{
    .name = "smtp", .proto = AppProto::kSmtp, .probes = kSmtpProbes, .patterns = kSmtpPatterns};
constinit const ProtocolSpec kImap{
    .name = "imap", .proto = AppProto::kImap, .patterns = kImapPatterns};
constinit const ProtocolSpec kPop3{.name = "pop3", .proto = AppProto::kPop3, .probes = kPop3Probes};

}  // namespace culvert::detection_only
