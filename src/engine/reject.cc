#include "engine/reject.h"

#include <algorithm>
#include <cstring>

#include "base/byte_cursor.h"
#include "net/checksum.h"

namespace culvert {
namespace {

constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kAck = 0x10;
constexpr std::uint8_t kIpProtoIcmp = 1, kIpProtoTcp = 6, kIpProtoIcmp6 = 58;
constexpr std::uint8_t kTtl = 64;
constexpr std::size_t kIpv4HeaderSize = 20, kIpv6HeaderSize = 40, kTcpHeaderSize = 20;
constexpr std::size_t kIcmpHeaderSize = 8;

/// Writes big-endian fields to the front of a buffer that is known to be large enough.
class Writer {
 public:
  explicit Writer(std::span<std::byte> out) : out_(out) {}
  void put(std::uint64_t value, std::size_t width) {
    for (std::size_t i = width; i-- > 0;) out_[used_++] = static_cast<std::byte>(value >> (8 * i));
  }
  void put(Bytes bytes) {
    std::copy(bytes.begin(), bytes.end(), out_.begin() + static_cast<std::ptrdiff_t>(used_));
    used_ += bytes.size();
  }
  std::size_t used() const { return used_; }

 private:
  std::span<std::byte> out_;
  std::size_t used_ = 0;
};

void write_ip_header(Writer& out, const IpAddress& from, const IpAddress& to, std::uint8_t proto,
                     std::size_t payload_size) {
  if (from.is_v6()) {
    out.put(6u << 28, 4);
    out.put(payload_size, 2);
    out.put(proto, 1);
    out.put(kTtl, 1);
  } else {
    out.put(0x4500, 2);
    out.put(kIpv4HeaderSize + payload_size, 2);
    out.put(0x00004000, 4);  // id 0, do not fragment
    out.put(kTtl, 1);
    out.put(proto, 1);
    out.put(0, 2);  // checksum, later
  }
  out.put(from.bytes());
  out.put(to.bytes());
}

/// Fills in the IP header's checksum and the transport's, which stands at `offset` in it.
Bytes seal(std::span<std::byte> packet, const IpAddress& from, const IpAddress& to,
           std::uint8_t proto, std::size_t offset) {
  const std::size_t header = from.is_v6() ? kIpv6HeaderSize : kIpv4HeaderSize;
  const auto transport = packet.subspan(header);
  const std::uint64_t pseudo =
      proto == kIpProtoIcmp
          ? 0
          : pseudo_header_sum(from.bytes(), to.bytes(), proto, transport.size());
  const std::uint16_t sum = checksum_fold(checksum_add(pseudo, transport));
  std::memcpy(&transport[offset], &sum, sizeof sum);
  if (!from.is_v6()) {
    const std::uint16_t ip_sum = checksum_fold(checksum_add(0, packet.first(header)));
    std::memcpy(&packet[10], &ip_sum, sizeof ip_sum);
  }
  return packet;
}

Bytes make_reset(const Packet& packet, RejectEnd end, RejectBuffer& out) {
  ByteCursor tcp(packet.l4_header);
  tcp.skip(4);
  const std::uint32_t seq = tcp.u32();
  const std::uint32_t ack = tcp.u32();
  const std::uint8_t flags = packet.tcp_flags();
  if (!tcp.ok() || (flags & kRst) != 0) return {};
  const std::uint32_t length = static_cast<std::uint32_t>(packet.payload.size()) +
                               ((flags & kSyn) != 0) + ((flags & kFin) != 0);

  const bool to_source = end == RejectEnd::kSource;
  const IpAddress& from = to_source ? packet.destination : packet.source;
  const IpAddress& to = to_source ? packet.source : packet.destination;
  Writer writer(out);
  write_ip_header(writer, from, to, kIpProtoTcp, kTcpHeaderSize);
  writer.put(to_source ? packet.destination_port : packet.source_port, 2);
  writer.put(to_source ? packet.source_port : packet.destination_port, 2);
  writer.put(to_source ? ((flags & kAck) != 0 ? ack : 0) : seq, 4);
  writer.put(to_source ? seq + length : ack, 4);
  writer.put(0x5000u | kRst | ((to_source || (flags & kAck) != 0) ? kAck : 0u), 2);
  writer.put(0, 6);  // window, checksum, urgent pointer
  return seal(std::span(out).first(writer.used()), from, to, kIpProtoTcp, 16);
}

bool is_icmp_error(const Packet& packet) {
  if (packet.layer4 == Layer4::kIcmp6) return packet.icmp_type < 128;
  if (packet.layer4 != Layer4::kIcmp4) return false;
  constexpr std::uint8_t kErrors[] = {3, 4, 5, 11, 12};
  return std::find(std::begin(kErrors), std::end(kErrors), packet.icmp_type) != std::end(kErrors);
}

Bytes make_unreachable(const Packet& packet, RejectBuffer& out) {
  if (is_icmp_error(packet)) return {};
  const bool v6 = packet.layer3 == Layer3::kIpv6;
  const std::size_t header = v6 ? kIpv6HeaderSize : kIpv4HeaderSize;
  const std::size_t captured = packet.ip_header.size() + packet.ip_payload.size();
  const std::size_t quote = std::min(captured, out.size() - header - kIcmpHeaderSize);
  const std::uint8_t proto = v6 ? kIpProtoIcmp6 : kIpProtoIcmp;
  Writer writer(out);
  write_ip_header(writer, packet.destination, packet.source, proto, kIcmpHeaderSize + quote);
  writer.put(v6 ? 0x0101u : 0x030au, 2);  // unreachable; administratively prohibited
  writer.put(0, 6);                       // checksum, unused
  const Bytes head = packet.ip_header.first(std::min(quote, packet.ip_header.size()));
  writer.put(head);
  writer.put(packet.ip_payload.first(quote - head.size()));
  return seal(std::span(out).first(writer.used()), packet.destination, packet.source, proto, 2);
}

}  // namespace

Bytes make_reject_packet(const Packet& packet, RejectEnd end, RejectBuffer& out) {
  if (!packet.is_ip() || packet.is_fragment || packet.invalid) return {};
  if (packet.is_tcp()) return make_reset(packet, end, out);
  return end == RejectEnd::kSource ? make_unreachable(packet, out) : Bytes{};
}

}  // namespace culvert
