#include "protocols/http2/http2_protocol.h"

#include "base/byte_cursor.h"
#include "protocols/http2/http2_buffers.h"
#include "protocols/http2/http2_eve.h"
#include "protocols/http2/http2_keywords.h"
#include "protocols/http2/http2_options.h"
#include "protocols/http2/http2_parser.h"

namespace culvert::http2 {

std::unique_ptr<ProtocolContext> make_context(const ConfigNode& root, Complaints& complaints) {
  auto context = std::make_unique<Http2Context>();
  const ConfigNode* const node = root.find("app-layer.protocols.http2");
  if (node == nullptr) return context;
  Http2Options& options = context->options;
  const auto read = [&](std::string_view key, std::uint32_t& value, std::int64_t lowest) {
    value = static_cast<std::uint32_t>(
        node->size(key, value, complaints, static_cast<std::uint64_t>(lowest), 1u << 30));
  };
  read("max-streams", options.max_streams, 1);
  read("max-table-size", options.max_table_size, 4096);
  read("max-reassembly-size", options.max_reassembly_size, 1);
  read("max-frames", options.max_frames, 1);
  return context;
}

namespace {

std::unique_ptr<AppParser> make_parser(const ProtocolContext& context, Flow&) {
  return std::make_unique<Http2Parser>(static_cast<const Http2Context&>(context));
}

/// A server's connection preface: a SETTINGS frame of whole settings, on stream 0.
ProbeResult confirm_settings(Direction, Bytes bytes) {
  constexpr std::uint32_t kBytesPerSetting = 6, kMostSettingsBytes = 16384;
  if (bytes.size() < kFrameHeaderSize) return ProbeResult::kNeedMore;
  const FrameHeader header = read_frame_header(bytes.first(kFrameHeaderSize));
  const bool good = header.type == kSettings && header.length % kBytesPerSetting == 0 &&
                    header.length < kMostSettingsBytes && header.flags <= kAck &&
                    header.stream == 0;
  return good ? ProbeResult::kYes : ProbeResult::kNo;
}

constexpr ProtocolPattern kPatterns[] = {
    {.bytes = "PRI * HTTP/2.0"},
    {.direction = Direction::kToClient,
     .bytes = std::string_view("\x00", 1),
     .confirm = confirm_settings},
};

}  // namespace

bool shows_message(const AppParser&, Direction, std::uint64_t) { return false; }

constinit const ProtocolSpec kHttp2Protocol{
    .name = "http2",
    .proto = AppProto::kHttp2,
    .patterns = kPatterns,
    .make_context = make_context,
    .make_parser = make_parser,
    .to_server_states = kRequestStates,
    .to_client_states = kResponseStates,
    .events = kEventNames,
    .buffers = kHttp2Buffers,
    .frames = kFrameNames,
    .keywords = kHttp2Keywords,
    .loggers = kHttp2Loggers,
    .write_alert_metadata = write_alert_metadata,
    .files = {.to_server = {true, kBody}, .to_client = {true, kBody}},
    .shows_message = shows_message,
};

}  // namespace culvert::http2
