// What the decoder looks for; config keys `decoder.*`.
#pragma once

#include <array>
#include <cstdint>
#include <cstddef>

#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

/// A few UDP ports that carry a tunnel.
class TunnelPorts {
 public:
  static constexpr std::size_t kMax = 4;  ///< as many as Suricata takes
  constexpr TunnelPorts() = default;
  constexpr explicit TunnelPorts(std::uint16_t port) { add(port); }

  constexpr bool has(std::uint16_t port) const {
    if ((hint_ >> (port & 63) & 1) == 0) return false;
    for (std::size_t i = 0; i < size_; ++i) {
      if (ports_[i] == port) return true;
    }
    return false;
  }
  constexpr bool empty() const { return size_ == 0; }
  constexpr std::size_t size() const { return size_; }
  /// False when there is no more room.
  constexpr bool add(std::uint16_t port) {
    if (size_ == kMax) return false;
    ports_[size_++] = port;
    hint_ |= std::uint64_t{1} << (port & 63);
    return true;
  }

 private:
  std::array<std::uint16_t, kMax> ports_{};
  std::size_t size_ = 0;
  std::uint64_t hint_ = 0;  ///< a bit for the last 6 bits of each port: most packets' have none
};

struct DecodeOptions {
  TunnelPorts vxlan_ports{4789};   ///< empty: not looked for
  TunnelPorts geneve_ports{6081};
  bool teredo = true;
  TunnelPorts teredo_ports{};      ///< empty: any
  std::uint8_t max_layers = 16;    ///< of one captured packet; more: `too_many_layers`
  /// Sets Packet::bad_ip_checksum, and bad_l4_checksum of TCP. Off: never set, and nothing is computed.
  /// Others are inspected whatever their checksum; keywords look at it by themselves.
  bool validate_checksums = false;
  /// Stops validating after 1,000 packets when more than one in ten was wrong: then the capture was
  /// made before the network card filled them in (`checksum-checks: auto`).
  bool give_up_on_bad_checksums = false;
  /// A packet of which less was captured than its IP header announces is decoded as far as it goes,
  /// and marked as truncated, instead of being invalid: for mirrored traffic.
  bool tolerate_truncation = false;
};

/// Reads `decoder.*`. Port lists may name a variable of `vars.port-groups`.
DecodeOptions parse_decode_options(const ConfigNode& root, Complaints& complaints);

}  // namespace culvert
