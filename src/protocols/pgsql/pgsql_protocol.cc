// How PostgreSQL's protocol is recognised, and its options.
#include "protocols/pgsql/pgsql_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/pgsql/pgsql_buffers.h"
#include "protocols/pgsql/pgsql_eve.h"
#include "protocols/pgsql/pgsql_parser.h"

namespace culvert::pgsql {
namespace {

void read_options(const ConfigNode& root, PgsqlOptions& options, Complaints& complaints) {
  constexpr std::uint32_t kFewestResponses = 21;  // what a startup may bring
  const ProtocolSizes sizes(root, "pgsql", complaints);
  sizes.read("max-tx", options.max_transactions, 1);
  sizes.read("max-responses", options.max_responses, kFewestResponses,
             PgsqlOptions{}.max_responses);
}

/// A message that opens a connection, or, where that was missed, a query or a password; a server's
/// first.
ProbeResult probe(Direction direction, Bytes bytes) {
  constexpr std::string_view kFirstOfServer = "RESN", kFirstOfClient = "QpX";
  ByteCursor in(bytes);
  const auto type = static_cast<char>(bytes[0]);
  if (direction == Direction::kToClient) {
    return kFirstOfServer.find(type) != std::string_view::npos ? ProbeResult::kYes
                                                               : ProbeResult::kNo;
  }
  if (kFirstOfClient.find(type) != std::string_view::npos) {
    in.skip(1);
    const std::uint32_t size = in.u32();
    if (!in.ok()) return ProbeResult::kNeedMore;
    return size >= 4 && size < 1u << 24 ? ProbeResult::kYes : ProbeResult::kNo;
  }
  const std::uint32_t size = in.u32(), code = in.u32();
  if (!in.ok()) return type == 0 ? ProbeResult::kNeedMore : ProbeResult::kNo;
  const bool known = code >> 16 == 3 || (code >= 80877102 && code <= 80877104);
  return known && size >= 8 && size < 10000 ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "5432",
                                      .config_key = "pgsql.detection-ports.dp",
                                      .min_bytes = 1,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kPgsqlProtocol{
    .name = "pgsql",
    .proto = AppProto::kPgsql,
    .probes = kProbes,
    .make_context = make_context_of<PgsqlOptions, read_options>,
    .make_parser = make_parser_of<PgsqlParser, PgsqlOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kPgsqlBuffers,
    .loggers = kPgsqlLoggers,
    .write_alert_metadata = write_metadata,
    .enabled_by_default = false,
};

}  // namespace culvert::pgsql
