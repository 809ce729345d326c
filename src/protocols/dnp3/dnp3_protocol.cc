// How DNP3 is recognised, and its options.
#include "protocols/dnp3/dnp3_protocol.h"

#include "app/spec_parts.h"
#include "base/byte_cursor.h"
#include "protocols/dnp3/dnp3_eve.h"
#include "protocols/dnp3/dnp3_keywords.h"
#include "protocols/dnp3/dnp3_parser.h"

namespace culvert::dnp3 {
namespace {

void read_options(const ConfigNode& root, Dnp3Options& options, Complaints& complaints) {
  constexpr std::uint32_t kMost = 0x100000;
  const ProtocolSizes sizes(root, "dnp3", complaints);
  sizes.read("max-tx", options.max_transactions, 1, kMost);
  sizes.read("max-points", options.objects.max_points, 1, kMost);
  sizes.read("max-objects", options.objects.max_objects, 1, kMost);
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
    .make_context = make_context_of<Dnp3Options, read_options>,
    .make_parser = make_parser_of<Dnp3Parser, Dnp3Options>,
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
