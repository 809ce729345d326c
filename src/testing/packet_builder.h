// Packets for tests, layer by layer from the outside in:
//
//     const auto frame = PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2")
//                            .tcp(1234, 80, {.seq = 1, .flags = tcp::kSyn}).payload("x").build();
//
// build() goes from the inside out and fills in what follows from the rest: EtherTypes and protocol
// numbers, lengths, checksums. A field that the test sets stays as it was set, right or wrong.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert {

namespace tcp {
constexpr std::uint8_t kFin = 0x01, kSyn = 0x02, kRst = 0x04, kPsh = 0x08, kAck = 0x10, kUrg = 0x20;
}

struct Ipv4Fields {
  std::uint8_t tos = 0, ttl = 64;
  std::uint16_t id = 1;
  bool dont_fragment = false, more_fragments = false;
  std::uint16_t fragment_offset = 0;  ///< bytes, a multiple of 8
  std::vector<std::byte> options = {};  ///< padded with zeros to 4 bytes
  std::optional<std::uint8_t> protocol = {};
  std::optional<std::uint16_t> total_length = {};
  std::optional<std::uint16_t> checksum = {};
};
struct Ipv6Fields {
  std::uint8_t traffic_class = 0, hop_limit = 64;
  std::uint32_t flow_label = 0;
  std::optional<std::uint8_t> next_header = {};
  std::optional<std::uint16_t> payload_length = {};
};
struct TcpFields {
  std::uint32_t seq = 0, ack = 0;
  std::uint8_t flags = tcp::kAck;
  std::uint16_t window = 65535, urgent = 0;
  std::vector<std::byte> options = {};  ///< padded with zeros to 4 bytes
  std::optional<std::uint16_t> checksum = {};
};
struct UdpFields {
  std::optional<std::uint16_t> length = {}, checksum = {};
};

class PacketBuilder {
 public:
  PacketBuilder& ethernet(std::string_view source = "02:00:00:00:00:01",
                          std::string_view destination = "02:00:00:00:00:02",
                          std::optional<std::uint16_t> ether_type = {});
  PacketBuilder& vlan(std::uint16_t id, std::uint16_t tpid = 0x8100);
  PacketBuilder& mpls(std::uint32_t label);  ///< the last of several in a row ends the stack
  PacketBuilder& ipv4(std::string_view source, std::string_view destination,
                      Ipv4Fields fields = {});
  PacketBuilder& ipv6(std::string_view source, std::string_view destination,
                      Ipv6Fields fields = {});
  /// A hop-by-hop, routing or destination options header: `body` is what comes after its first two
  /// bytes, and has to fill it to a multiple of 8.
  PacketBuilder& ipv6_extension(std::uint8_t type, std::vector<std::byte> body);
  PacketBuilder& ipv6_fragment(std::uint32_t id, std::uint16_t offset, bool more,
                               std::optional<std::uint8_t> next_header = {});
  PacketBuilder& tcp(std::uint16_t source, std::uint16_t destination, TcpFields fields = {});
  PacketBuilder& udp(std::uint16_t source, std::uint16_t destination, UdpFields fields = {});
  PacketBuilder& icmp4(std::uint8_t type, std::uint8_t code, std::uint32_t rest = 0);
  PacketBuilder& icmp6(std::uint8_t type, std::uint8_t code, std::uint32_t rest = 0);
  PacketBuilder& sctp(std::uint16_t source, std::uint16_t destination);
  /// Version 0, without optional fields.
  PacketBuilder& gre(std::optional<std::uint16_t> protocol = {});
  PacketBuilder& vxlan(std::uint32_t vni);
  /// `options` are whole TLVs: a multiple of 4 bytes, at most 252.
  PacketBuilder& geneve(std::uint32_t vni, std::vector<std::byte> options = {});
  /// Anything else, as written.
  PacketBuilder& raw(Bytes bytes);
  PacketBuilder& payload(std::string_view text) { return raw(as_bytes(text)); }
  /// `size` bytes that count up.
  PacketBuilder& filler(std::size_t size);

  std::vector<std::byte> build() const;

 private:
  enum class Kind : std::uint8_t {
    kEthernet, kVlan, kMpls, kIpv4, kIpv6, kExtension, kFragment,
    kTcp, kUdp, kIcmp4, kIcmp6, kSctp, kGre, kVxlan, kGeneve, kRaw,
  };
  struct Layer {
    Kind kind;
    std::vector<std::byte> bytes;
    std::uint16_t set = 0;  ///< bits: which of the fields that build() fills were set by hand
    std::uint16_t tpid = 0;
    std::uint8_t extension = 0;
  };
  PacketBuilder& add(Kind kind, std::vector<std::byte> bytes, std::uint16_t set = 0);
  static std::optional<std::uint16_t> ether_type_of(const Layer* next);
  static std::optional<std::uint8_t> protocol_of(const Layer* next, bool v6);

  std::vector<Layer> layers_;
};

/// The GENEVE options of an AWS Gateway Load Balancer: endpoint id, attachment id, flow cookie.
std::vector<std::byte> gwlb_options(std::uint64_t endpoint, std::uint64_t attachment,
                                    std::uint32_t cookie);

}  // namespace culvert
