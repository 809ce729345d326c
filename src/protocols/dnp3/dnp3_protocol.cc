// How DNP3 is recognised, and its options.
#include "protocols/dnp3/dnp3_protocol.h"

#include "base/byte_cursor.h"
#include "protocols/dnp3/dnp3_eve.h"
#include "protocols/dnp3/dnp3_keywords.h"
#include "protocols/dnp3/dnp3_parser.h"

namespace culvert::dnp3 {
namespace {

struct Dnp3Context final : ProtocolContext {
  Dnp3Options options;
};

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints) {
  auto context = std::make_unique<Dnp3Context>();
  const auto read = [&](const char* key, std::uint32_t& option) {
    option = static_cast<std::uint32_t>(
        root.size(std::string("app-layer.protocols.dnp3.") + key, option, complaints, 1, 0x100000));
  };
  read("max-tx", context->options.max_transactions);
  read("max-points", context->options.objects.max_points);
  read("max-objects", context->options.objects.max_objects);
  return context;
}

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<Dnp3Parser>(static_cast<const Dnp3Context&>(context).options);
}

/// Frames of the master have the direction bit.
ProbeResult probe(Direction direction, Bytes bytes) {
  constexpr std::uint8_t kOfMaster = 0x80;
  ByteCursor in(bytes);
  const std::uint16_t start = in.u16();
  const std::uint8_t length = in.u8();
  if (start != 0x0564 || length < 5) return ProbeResult::kNo;
  const bool of_master = (in.u8() & kOfMaster) != 0;
  return of_master == (direction == Direction::kToServer) ? ProbeResult::kYes
                                                          : ProbeResult::kYesReversed;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "20000",
                                      .config_key = "dnp3.detection-ports.dp",
                                      .min_bytes = LinkFrame::kHeaderSize,
                                      .probe = probe}};

}  // namespace

constinit const ProtocolSpec kDnp3Protocol{
    .name = "dnp3",
    .proto = AppProto::kDnp3,
    .probes = kProbes,
    .make_context = make_context,
    .make_parser = make_parser,
    .to_server_states = MessageParser::kRequestStates,
    .to_client_states = MessageParser::kResponseStates,
    .events = kEventNames,
    .buffers = kDnp3Buffers,
    .keywords = kDnp3Keywords,
    .loggers = kDnp3Loggers,
    .write_alert_metadata = write_metadata,
    .enabled_by_default = false,
    .events_upper_case = true,
    .unidirectional = true,
};

}  // namespace culvert::dnp3
