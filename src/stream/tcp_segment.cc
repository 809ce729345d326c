#include "stream/tcp_segment.h"

#include <algorithm>

#include "base/byte_cursor.h"
#include "net/tcp.h"

namespace culvert {
namespace {

constexpr std::uint8_t kEnd = 0, kNop = 1, kWindowScale = 3, kSackPermitted = 4, kTimestamp = 8,
                       kMd5Signature = 19, kAuthentication = 29, kFastOpen = 34, kExperiment1 = 253, kExperiment2 = 254;
constexpr std::uint16_t kFastOpenMagic = 0xf989;  // RFC 7413 appendix A
constexpr std::uint8_t kMaxWindowScale = 14;      // RFC 7323 section 2.3

void parse_options(Bytes options, TcpSegment& segment) {
  ByteCursor in(options);
  while (in.ok() && !in.empty()) {
    const std::uint8_t kind = in.u8();
    if (kind == kEnd) return;
    if (kind == kNop) continue;
    const std::uint8_t length = in.u8();
    if (length < 2) return;
    ByteCursor body(in.take(length - 2u));
    if (!in.ok()) return;
    switch (kind) {
      case kWindowScale:
        if (length != 3) break;
        segment.has_window_scale = true;
        segment.window_scale = std::min(body.u8(), kMaxWindowScale);
        break;
      case kSackPermitted:
        segment.sack_permitted = length == 2;
        break;
      case kTimestamp:
        if (length != 10) break;
        segment.has_timestamp = true;
        segment.timestamp = body.u32();
        segment.timestamp_echo = body.u32();
        break;
      case kMd5Signature:
        segment.is_signed = segment.is_signed || length == 18;
        break;
      case kAuthentication:
        segment.is_signed = segment.is_signed || length >= 4;
        break;
      case kFastOpen:
        // No cookie asks for one; else it has 4 to 16 bytes, an even number.
        segment.fast_open = length == 2 || (length >= 6 && length <= 18 && length % 2 == 0);
        break;
      case kExperiment1:
      case kExperiment2:
        if (length >= 4 && body.u16() == kFastOpenMagic) {
          segment.fast_open = length == 4 || (length >= 8 && length <= 20 && length % 2 == 0);
        }
        break;
      default:
        break;
    }
  }
}

}  // namespace

TcpSegment TcpSegment::parse(const Packet& packet) {
  TcpSegment segment;
  const TcpHeader header{packet.l4_header};
  segment.seq = header.seq();
  segment.ack = header.ack();
  segment.flags = header.flags();
  segment.window = header.window();
  segment.urgent = header.urgent();
  segment.payload = packet.payload;
  const Bytes options = header.options();
  // NOP NOP Timestamps is what all but the first segments of most connections have.
  constexpr std::uint32_t kNopNopTimestamps = 0x0101080a;
  if (options.size() == 12 && load_u32(options, 0) == kNopNopTimestamps) {
    segment.has_timestamp = true;
    segment.timestamp = load_u32(options, 4);
    segment.timestamp_echo = load_u32(options, 8);
  } else if (!options.empty()) {
    parse_options(options, segment);
  }
  return segment;
}

}  // namespace culvert
