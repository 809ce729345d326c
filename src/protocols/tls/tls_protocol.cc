#include "protocols/tls/tls_protocol.h"

#include "app/spec_parts.h"
#include "protocols/tls/tls_buffers.h"
#include "protocols/tls/tls_eve.h"
#include "protocols/tls/tls_keywords.h"
#include "protocols/tls/tls_parser.h"

namespace culvert::tls {
namespace {

void read_options(const ConfigNode& root, TlsOptions& options, Complaints& complaints) {
  const std::string path = "app-layer.protocols.tls.";
  // Before Suricata 4.1 the setting was a switch of this name.
  if (root.has(path + "no-reassemble")) {
    const bool bypass = root.boolean(path + "no-reassemble", false, complaints);
    options.encryption_handling =
        bypass ? EncryptionHandling::kBypass : EncryptionHandling::kTrackOnly;
  }
  read_option(root, path + "encryption-handling", options.encryption_handling, complaints);
  read_option(root, path + "ja3-fingerprints", options.ja3, complaints);
  read_option(root, path + "ja4-fingerprints", options.ja4, complaints);
}

/// An SSLv2 hello: a length with its top bit set, and the message type.
ProbeResult probe_sslv2(Direction direction, Bytes bytes) {
  if (direction != Direction::kToServer) return ProbeResult::kNo;
  const bool hello = (bytes[0] & std::byte{0x80}) != std::byte{0} && bytes[2] == std::byte{1};
  return hello ? ProbeResult::kYes : ProbeResult::kNo;
}

constexpr ProtocolProbe kProbes[] = {{.default_ports = "443",
                                      .config_key = "tls.detection-ports.dp",
                                      .min_bytes = 3,
                                      .probe = probe_sslv2}};

constexpr Direction kToServer = Direction::kToServer, kToClient = Direction::kToClient;
constexpr std::string_view bytes_of(const char (&text)[4]) { return {text, 3}; }

/// Record types and versions that a connection begins with. Servers may answer with an alert, or,
/// to a hello that resumes, go straight to data.
constexpr ProtocolPattern kPatterns[] = {
    {.direction = kToServer, .bytes = bytes_of("\x01\x00\x02"), .offset = 2},  // SSLv2
    {.direction = kToServer, .bytes = bytes_of("\x16\x03\x00")},
    {.direction = kToServer, .bytes = bytes_of("\x16\x03\x01")},
    {.direction = kToServer, .bytes = bytes_of("\x16\x03\x02")},
    {.direction = kToServer, .bytes = bytes_of("\x16\x03\x03")},
    {.direction = kToClient, .bytes = bytes_of("\x16\x03\x00")},
    {.direction = kToClient, .bytes = bytes_of("\x16\x03\x01")},
    {.direction = kToClient, .bytes = bytes_of("\x16\x03\x02")},
    {.direction = kToClient, .bytes = bytes_of("\x16\x03\x03")},
    {.direction = kToClient, .bytes = bytes_of("\x15\x03\x00")},
    {.direction = kToClient, .bytes = bytes_of("\x15\x03\x01")},
    {.direction = kToClient, .bytes = bytes_of("\x15\x03\x02")},
    {.direction = kToClient, .bytes = bytes_of("\x15\x03\x03")},
    {.direction = kToClient, .bytes = bytes_of("\x17\x03\x00")},
    {.direction = kToClient, .bytes = bytes_of("\x17\x03\x01")},
    {.direction = kToClient, .bytes = bytes_of("\x17\x03\x02")},
    {.direction = kToClient, .bytes = bytes_of("\x17\x03\x03")},
};

}  // namespace

constinit const ProtocolSpec kTlsProtocol{
    .name = "tls",
    .proto = AppProto::kTls,
    .probes = kProbes,
    .patterns = kPatterns,
    .make_context = make_context_of<TlsOptions, read_options>,
    .make_parser = make_parser_of<TlsParser, TlsOptions>,
    .to_server_states = kClientStates,
    .to_client_states = kServerStates,
    .events = kEventNames,
    .buffers = kTlsBuffers,
    .frames = kFrameNames,
    .keywords = kTlsKeywords,
    .loggers = kTlsLoggers,
    .write_alert_metadata = write_alert_metadata,
    .client_first = true,
    .flow_is_transaction = true,
    .alerts_tell_progress = true,
};

}  // namespace culvert::tls
