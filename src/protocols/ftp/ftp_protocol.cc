#include "protocols/ftp/ftp_protocol.h"

#include "app/spec_parts.h"
#include "protocols/ftp/ftp_buffers.h"
#include "protocols/ftp/ftp_data_parser.h"
#include "protocols/ftp/ftp_eve.h"
#include "protocols/ftp/ftp_keywords.h"
#include "protocols/ftp/ftp_parser.h"

namespace culvert::ftp {
namespace {

/// A value that makes no sense is told of and passed over, as the reference does.
std::uint32_t size_of(const ConfigNode& root, const std::string& key, std::uint32_t fallback,
                      std::uint64_t lowest, Complaints& complaints) {
  Complaints found;
  const std::uint64_t value = root.size("app-layer.protocols.ftp." + key, fallback, found, lowest,
                                        0x7fffffff);
  if (found.ok()) return static_cast<std::uint32_t>(value);
  complaints.warning("ftp: Invalid value for ftp." + key + ", the default is used",
                     found.errors.front().where);
  return fallback;
}

void read_options(const ConfigNode& root, FtpOptions& options, Complaints& complaints) {
  size_of(root, "memcap", 0, 0, complaints);  // memory is capped by max-tx and max-line-length
  options.max_transactions =
      size_of(root, "max-tx", options.max_transactions, 1, complaints);
  options.max_line = size_of(root, "max-line-length", options.max_line, 2, complaints);
}

/// Rules on the raw stream wait for a chunk, as in the reference.
bool shows_no_message(const AppParser&, Direction, std::uint64_t) { return false; }

/// A greeting; that of SMTP is alike, so the port or the client decides.
ProbeResult confirm_line(Direction, Bytes bytes) {
  return as_text(bytes).find('\n') == std::string_view::npos ? ProbeResult::kNo : ProbeResult::kYes;
}
ProbeResult probe_greeting(Direction direction, Bytes bytes) {
  const bool greets = direction == Direction::kToClient && as_text(bytes).starts_with("220");
  return greets ? confirm_line(direction, bytes) : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "21",
                                      .config_key = "ftp.detection-ports.dp",
                                      .min_bytes = 5,
                                      .probe = probe_greeting}};
constexpr ProtocolPattern kPatterns[] = {{.bytes = "USER "},
                                         {.bytes = "PASS "},
                                         {.bytes = "PORT "},
                                         {.bytes = "EPRT "},
                                         {.bytes = "FEAT"},
                                         {.direction = Direction::kToClient,
                                          .bytes = "220",
                                          .only_agrees = true,
                                          .confirm = confirm_line}};

}  // namespace

constinit const ProtocolSpec kFtpProtocol{.name = "ftp",
                                          .proto = AppProto::kFtp,
                                          .probes = kProbes,
                                          .patterns = kPatterns,
                                          .make_context = make_context_of<FtpOptions, read_options>,
                                          .make_parser = make_parser_of<FtpParser, FtpOptions>,
                                          .to_server_states = kRequestStates,
                                          .to_client_states = kResponseStates,
                                          .events = kEventNames,
                                          .buffers = kFtpBuffers,
                                          .keywords = kFtpKeywords,
                                          .loggers = kFtpLoggers,
                                          .write_alert_metadata = write_ftp_metadata,
                                          .shows_message = shows_no_message};

constinit const ProtocolSpec kFtpDataProtocol{
    .name = "ftp-data",
    .proto = AppProto::kFtpData,
    .make_parser = make_parser_of<FtpDataParser>,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .keywords = kFtpDataKeywords,
    .loggers = kFtpDataLoggers,
    .write_alert_metadata = write_ftp_data_metadata,
    .files = {.to_server = {true, kStarted}, .to_client = {true, kStarted}},
    .shows_message = shows_no_message};

}  // namespace culvert::ftp
