#include "protocols/dns/dns_detect.h"

#include "base/byte_cursor.h"
#include "protocols/dns/dns_message.h"

namespace culvert::dns {
namespace {

/// Responses come from servers, and queries from clients: if not, the flow was taken the wrong way
/// round.
ProbeResult found(Direction direction, const Header& header) {
  const bool from_server = direction == Direction::kToClient;
  return from_server == header.is_response() ? ProbeResult::kYes : ProbeResult::kYesReversed;
}

}  // namespace

ProbeResult probe_udp(Direction direction, Bytes datagram) {
  if (!is_message(datagram)) return ProbeResult::kNo;
  return found(direction, *parse_header(datagram));
}

ProbeResult probe_tcp(Direction direction, Bytes stream) {
  ByteCursor in(stream);
  const std::size_t size = in.u16();
  const auto header = parse_header(in.rest());
  if (!header) return ProbeResult::kNeedMore;
  if (size < kHeaderSize) return ProbeResult::kNo;
  // The first segment may have a part of the message only; its header has to do then.
  if (in.size() >= size) {
    if (!is_message(in.rest().first(size))) return ProbeResult::kNo;
  } else if (header->counts[0] == 0 || header->counts[0] > 1 || header->opcode() > 6 ||
             (header->flags & 0x0040u) != 0) {
    return ProbeResult::kNo;
  }
  return found(direction, *header);
}

ProbeResult probe_mdns(Direction direction, Bytes datagram) {
  // All send to the group: whoever answers is a client as well.
  Message message;
  if (message.parse(datagram) != MessageStatus::kOk) return ProbeResult::kNo;
  return direction == Direction::kToServer ? ProbeResult::kYes : ProbeResult::kYesReversed;
}

}  // namespace culvert::dns
