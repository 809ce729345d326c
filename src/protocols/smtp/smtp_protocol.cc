// How SMTP is recognised, and its options.
#include "protocols/smtp/smtp_protocol.h"

#include "app/spec_parts.h"
#include "protocols/smtp/smtp_buffers.h"
#include "protocols/smtp/smtp_eve.h"
#include "protocols/smtp/smtp_parser.h"

namespace culvert::smtp {
namespace {

constexpr ConfigChoice<bool> kBodyMd5[] = {{"yes", true},  {"true", true},   {"on", true},
                                           {"no", false},  {"false", false}, {"off", false},
                                           {"auto", false}};

void parse_mime_options(const ConfigNode& root, mime::MimeOptions& options,
                        Complaints& complaints) {
  const std::string path = "app-layer.protocols.smtp.mime.";
  options.decode_base64 = root.boolean(path + "decode-base64", options.decode_base64, complaints);
  options.decode_quoted_printable =
      root.boolean(path + "decode-quoted-printable", options.decode_quoted_printable, complaints);
  options.header_value_depth = static_cast<std::uint32_t>(root.integer(
      path + "header-value-depth", options.header_value_depth, complaints, 0, 0xffffffff));
  // As in the reference: without the section no URLs are looked for, with one that does not say so
  // they are.
  options.extract_urls =
      root.boolean(path + "extract-urls", root.has("app-layer.protocols.smtp.mime"), complaints);
  options.log_url_scheme =
      root.boolean(path + "log-url-scheme", options.log_url_scheme, complaints);
  options.body_md5 = root.choice(path + "body-md5", kBodyMd5, options.body_md5, complaints);
  if (auto schemes = root.texts(path + "extract-urls-schemes"); !schemes.empty()) {
    std::erase(schemes, std::string());
    options.url_schemes = std::move(schemes);
  }
}

void read_options(const ConfigNode& root, SmtpOptions& options, Complaints& complaints) {
  const std::string path = "app-layer.protocols.smtp.";
  const auto number = [&](const std::string& key, std::uint32_t fallback) {
    return static_cast<std::uint32_t>(root.size(path + key, fallback, complaints, 0, 0xffffffff));
  };
  options.decode_mime = root.boolean(path + "mime.decode-mime", options.decode_mime, complaints);
  options.raw_extraction = root.boolean(path + "raw-extraction", false, complaints);
  if (options.decode_mime && options.raw_extraction) {
    complaints.warning(path +
                       "raw-extraction: goes with \"mime.decode-mime: no\" only; it stays off");
    options.raw_extraction = false;
  }
  parse_mime_options(root, options.mime, complaints);
  options.max_transactions = number("max-tx", options.max_transactions);
  options.content_limit = number("inspected-tracker.content-limit", options.content_limit);
  options.content_inspect_min_size =
      number("inspected-tracker.content-inspect-min-size", options.content_inspect_min_size);
  options.content_inspect_window =
      number("inspected-tracker.content-inspect-window", options.content_inspect_window);
}

/// A reply to a command; for those of the client the parser wishes it.
bool shows_message(const AppParser& parser, Direction direction, std::uint64_t) {
  return direction == Direction::kToClient && parser.transaction_count() != 0;
}

/// A greeting; that of FTP is alike, so the port or the client decides.
ProbeResult confirm_line(Direction, Bytes bytes) {
  return as_text(bytes).find('\n') == std::string_view::npos ? ProbeResult::kNo : ProbeResult::kYes;
}
ProbeResult probe_greeting(Direction direction, Bytes bytes) {
  const bool greets = direction == Direction::kToClient && as_text(bytes).starts_with("220");
  return greets ? confirm_line(direction, bytes) : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "25,465",
                                      .config_key = "smtp.detection-ports.dp",
                                      .min_bytes = 5,
                                      .probe = probe_greeting}};
constexpr ProtocolPattern kPatterns[] = {{.bytes = "EHLO", .nocase = true},
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

}  // namespace

constinit const ProtocolSpec kSmtpProtocol{
    .name = "smtp",
    .proto = AppProto::kSmtp,
    .probes = kProbes,
    .patterns = kPatterns,
    .make_context = make_context_of<SmtpOptions, read_options>,
    .make_parser = make_parser_of<SmtpParser, SmtpOptions>,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kSmtpBuffers,
    .frames = kFrameNames,
    .loggers = kSmtpLoggers,
    .write_alert_metadata = write_metadata,
    .files = {.to_server = {true, kData}, .to_client = {}},
    .shows_message = shows_message,
    .alerts_tell_progress = true,
};

}  // namespace culvert::smtp
