// How DCE/RPC is recognised.
#include "protocols/dcerpc/dcerpc_protocol.h"

#include "app/spec_parts.h"
#include "protocols/dcerpc/dcerpc_eve.h"
#include "protocols/dcerpc/dcerpc_keywords.h"
#include "protocols/dcerpc/dcerpc_parser.h"

namespace culvert::dcerpc {
namespace {

ProbeResult confirm(Direction, Bytes bytes) {
  if (bytes.size() < 10) return ProbeResult::kNeedMore;
  ByteCursor start(bytes);
  const bool known = start.u8() == 5 && start.u8() <= 1 && start.u8() <= kLastPduType;
  start.skip(1);
  const bool little_endian = (start.u8() & 0xf0u) == 0x10;
  start.skip(3);
  OrderedCursor in{start, little_endian};
  return known && in.u16() >= Header::kSize ? ProbeResult::kYes : ProbeResult::kNo;
}
ProbeResult confirm_datagram(Direction, Bytes bytes) {
  return DatagramHeader::parse(bytes) ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolPattern kPatterns[] = {
    {.direction = Direction::kToServer, .bytes = "\x05", .confirm = confirm},
    {.direction = Direction::kToClient, .bytes = "\x05", .confirm = confirm},
    {.ip_proto = 17,
     .direction = Direction::kToServer,
     .bytes = "\x04",
     .confirm = confirm_datagram},
    {.ip_proto = 17,
     .direction = Direction::kToClient,
     .bytes = "\x04",
     .confirm = confirm_datagram}};

void read_options(const ConfigNode& root, DcerpcOptions& options, Complaints& complaints) {
  constexpr std::uint32_t kMost = 0x7fffffff;
  const ProtocolSizes sizes(root, "dcerpc", complaints);
  sizes.read("max-tx", options.max_transactions, 1, kMost);
  sizes.read("max-stub-size", options.max_stub, 1, kMost);
}

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow& flow) {
  const auto& options = static_cast<const OptionsContext<DcerpcOptions>&>(context).options;
  if (flow.key.ip_proto == 17) return std::make_unique<DcerpcDatagramParser>(options);
  return std::make_unique<DcerpcParser>(options);
}

}  // namespace

constinit const ProtocolSpec kDcerpcProtocol{
    .name = "dcerpc",
    .proto = AppProto::kDcerpc,
    .ip_protos = {6, 17},
    .patterns = kPatterns,
    .make_context = make_context_of<DcerpcOptions, read_options>,
    .make_parser = make_parser,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .buffers = kDcerpcBuffers,
    .frames = kFrameNames,
    .keywords = kDcerpcKeywords,
    .loggers = kDcerpcLoggers,
    .write_alert_metadata = write_metadata,
};

}  // namespace culvert::dcerpc
