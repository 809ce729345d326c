// SMTP (RFC 5321), IMAP (RFC 9051), POP3 (RFC 1939).
#include "protocols/detection_only/detection_only.h"

namespace culvert::detection_only {
namespace {

/// A greeting; that of FTP is alike, so the port or the client decides.
ProbeResult confirm_line(Direction, Bytes bytes) {
  return as_text(bytes).find('\n') == std::string_view::npos ? ProbeResult::kNo : ProbeResult::kYes;
}
ProbeResult probe_smtp(Direction direction, Bytes bytes) {
  const bool greets = direction == Direction::kToClient && as_text(bytes).starts_with("220");
  return greets ? confirm_line(direction, bytes) : ProbeResult::kNo;
}
constexpr ProtocolProbe kSmtpProbes[] = {{.default_ports = "25,465",
                                          .config_key = "smtp.detection-ports.dp",
                                          .min_bytes = 5,
                                          .probe = probe_smtp}};
constexpr ProtocolPattern kSmtpPatterns[] = {{.bytes = "EHLO", .nocase = true},
                                             {.bytes = "HELO", .nocase = true},
                                             {.bytes = "QUIT", .nocase = true},
                                             {.bytes = "RSET", .nocase = true, .only_agrees = true},
                                             {.bytes = "MAIL", .nocase = true, .only_agrees = true},
                                             {.bytes = "NOOP", .nocase = true, .only_agrees = true},
                                             {.bytes = "AUTH", .nocase = true, .only_agrees = true},
                                             {.direction = Direction::kToClient,
                                              .bytes = "220",
                                              .only_agrees = true,
                                              .confirm = confirm_line}};

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
    .name = "imap", .proto = AppProto::kImap, .probes = kImapProbes, .patterns = kImapPatterns};
constinit const ProtocolSpec kPop3{.name = "pop3", .proto = AppProto::kPop3, .probes = kPop3Probes};

}  // namespace culvert::detection_only
