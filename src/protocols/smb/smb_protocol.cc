// How SMB is recognised.
#include "protocols/smb/smb_protocol.h"

#include "app/spec_parts.h"
#include "protocols/smb/smb1_message.h"
#include "protocols/smb/smb2_message.h"
#include "protocols/smb/smb_eve.h"
#include "protocols/smb/smb_keywords.h"
#include "protocols/smb/smb_parser.h"

namespace culvert::smb {
namespace {

constexpr std::string_view kMagics[] = {"\xffSMB", "\xfeSMB", "\xfdSMB"};

/// A record's header and a message. What it says of its own direction turns round a connection that
/// was picked up in its middle.
ProbeResult confirm(Direction direction, Bytes bytes) {
  constexpr std::size_t kRecordHeader = 4, kFlags1 = 4 + 9, kFlags2 = 4 + 16;
  if (bytes.size() < kRecordHeader || bytes[0] != std::byte{0}) return ProbeResult::kNo;
  const bool from_client = direction == Direction::kToServer;
  const auto flag = [&](std::size_t at, unsigned bit) {
    return (std::to_integer<unsigned>(bytes[at]) & bit) != 0;
  };
  bool is_response = !from_client;
  if (bytes.size() > kFlags1 && bytes[4] == std::byte{0xff}) is_response = flag(kFlags1, 0x80);
  if (bytes.size() > kFlags2 && bytes[4] == std::byte{0xfe}) is_response = flag(kFlags2, 0x01);
  return is_response == from_client ? ProbeResult::kYesReversed : ProbeResult::kYes;
}
constexpr ProtocolPattern pattern(Direction direction, std::string_view magic) {
  return {.direction = direction, .bytes = magic, .offset = 4, .depth = 8, .confirm = confirm};
}
constexpr ProtocolPattern kPatterns[] = {
    pattern(Direction::kToServer, kMagics[0]), pattern(Direction::kToServer, kMagics[1]),
    pattern(Direction::kToServer, kMagics[2]), pattern(Direction::kToClient, kMagics[0]),
    pattern(Direction::kToClient, kMagics[1]), pattern(Direction::kToClient, kMagics[2])};

/// NetBIOS session request or its positive response, RFC 1002 section 4.3.
ProbeResult probe_netbios(Direction, Bytes bytes) {
  ByteCursor in(bytes);
  const std::uint8_t type = in.u8();
  in.skip(1);
  const std::uint16_t length = in.u16();
  const bool request = type == 0x81 && length == 68;
  const bool response = type == 0x82 && length == 0;
  return request || response ? ProbeResult::kYes : ProbeResult::kNo;
}
constexpr ProtocolProbe kProbes[] = {{.default_ports = "139,445",
                                      .config_key = "smb.detection-ports.dp",
                                      .min_bytes = 4,
                                      .probe = probe_netbios}};

void read_options(const ConfigNode& root, SmbOptions& options, Complaints& complaints) {
  constexpr std::uint32_t kMost = 0x7fffffff;
  const ProtocolSizes sizes(root, "smb", complaints);
  sizes.read("max-tx", options.max_transactions, 1, kMost);
  sizes.read("dcerpc.max-stub-size", options.max_stub, 1, kMost);
  sizes.read("max-read-size", options.max_read_size, 0, kMost);
  sizes.read("max-write-size", options.max_write_size, 0, kMost);
  sizes.read("max-read-queue-size", options.max_read_queue_size, 0, kMost);
  sizes.read("max-write-queue-size", options.max_write_queue_size, 0, kMost);
  sizes.read("max-read-queue-cnt", options.max_read_queue_count, 0, kMost);
  sizes.read("max-write-queue-cnt", options.max_write_queue_count, 0, kMost);
}

}  // namespace

constinit const ProtocolSpec kSmbProtocol{
    .name = "smb",
    .proto = AppProto::kSmb,
    .probes = kProbes,
    .patterns = kPatterns,
    .make_context = make_context_of<SmbOptions, read_options>,
    .make_parser = make_parser_of<SmbParser, SmbOptions>,
    .to_server_states = TwoStates::kRequestStates,
    .to_client_states = TwoStates::kResponseStates,
    .events = kEventNames,
    .buffers = kSmbBuffers,
    .frames = kFrameNames,
    .keywords = kSmbKeywords,
    .loggers = kSmbLoggers,
    .write_alert_metadata = write_metadata,
    .files = {.to_server = {true, 0}, .to_client = {true, 0}},
};

}  // namespace culvert::smb
