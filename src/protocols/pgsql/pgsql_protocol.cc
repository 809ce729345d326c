// How PostgreSQL's protocol is recognised, and its options.
#include "protocols/pgsql/pgsql_protocol.h"

#include "base/byte_cursor.h"
#include "protocols/pgsql/pgsql_buffers.h"
#include "protocols/pgsql/pgsql_eve.h"
#include "protocols/pgsql/pgsql_parser.h"

namespace culvert::pgsql {
namespace {

struct PgsqlContext final : ProtocolContext {
  PgsqlOptions options;
};

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints) {
  constexpr std::uint64_t kFewestResponses = 21;  // what a startup may bring
  auto context = std::make_unique<PgsqlContext>();
  PgsqlOptions& options = context->options;
  options.max_transactions = static_cast<std::uint32_t>(root.size(
      "app-layer.protocols.pgsql.max-tx", options.max_transactions, complaints, 1, 0xffffffff));
  options.max_responses = static_cast<std::uint32_t>(
      root.size("app-layer.protocols.pgsql.max-responses", options.max_responses, complaints,
                kFewestResponses, PgsqlOptions{}.max_responses));
  return context;
}

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<PgsqlParser>(static_cast<const PgsqlContext&>(context).options);
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
    .make_context = make_context,
    .make_parser = make_parser,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kPgsqlBuffers,
    .loggers = kPgsqlLoggers,
    .write_alert_metadata = write_metadata,
    .enabled_by_default = false,
};

}  // namespace culvert::pgsql
