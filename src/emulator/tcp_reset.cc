#include "emulator/tcp_reset.h"

#include "emulator/envelope.h"

namespace culvert::emulator {
namespace {

void append(std::vector<std::byte>& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i)
    out.push_back(static_cast<std::byte>(value >> (8 * (width - 1 - i)) & 0xff));
}
void append(std::vector<std::byte>& out, Bytes bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}
void put_u16(std::vector<std::byte>& out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::byte>(value >> 8);
  out[at + 1] = static_cast<std::byte>(value & 0xff);
}

}  // namespace

std::vector<std::byte> make_tcp_reset(const InnerPacket& packet) {
  constexpr std::size_t kTcpBytes = 20;
  const bool acknowledges = (packet.tcp_flags & kTcpAck) != 0;
  const std::uint32_t length = static_cast<std::uint32_t>(packet.tcp_payload_bytes) +
                               ((packet.tcp_flags & kTcpSyn) != 0 ? 1 : 0) +
                               ((packet.tcp_flags & kTcpFin) != 0 ? 1 : 0);
  std::vector<std::byte> out;
  if (packet.source.is_v4()) {
    append(out, 0x4500, 2);
    append(out, 20 + kTcpBytes, 2);
    append(out, 0x00004000, 4);
    append(out, 64u << 8 | kProtocolTcp, 2);
    append(out, 0, 2);
    append(out, packet.destination.bytes());
    append(out, packet.source.bytes());
    put_u16(out, 10, fold_checksum(add_to_sum(0, out)));
  } else {
    append(out, 0x60000000, 4);
    append(out, kTcpBytes, 2);
    append(out, kProtocolTcp << 8 | 64u, 2);
    append(out, packet.destination.bytes());
    append(out, packet.source.bytes());
  }
  const std::size_t tcp_at = out.size();
  append(out, packet.destination_port, 2);
  append(out, packet.source_port, 2);
  append(out, acknowledges ? packet.tcp_acknowledgment : 0, 4);
  append(out, acknowledges ? 0 : packet.tcp_sequence + length, 4);
  append(out, 0x5000u | kTcpRst | (acknowledges ? 0u : kTcpAck), 2);
  append(out, 0, 6);  // window, checksum, urgent pointer
  std::uint64_t sum = kProtocolTcp + kTcpBytes;
  sum = add_to_sum(add_to_sum(sum, packet.source.bytes()), packet.destination.bytes());
  sum = add_to_sum(sum, Bytes(out).subspan(tcp_at));
  put_u16(out, tcp_at + 16, fold_checksum(sum));
  return out;
}

}  // namespace culvert::emulator
