// Traffic of an AWS Gateway Load Balancer: GENEVE over UDP 6081, taken off an AF_PACKET ring and given
// back in place.
//
// A packet that is accepted goes back as it came, with the outer MAC and IP addresses swapped and
// nothing else changed: both UDP ports, the GENEVE header and the inner packet stay. As the addresses
// commute in both checksums, these stay right. The frame is changed where the kernel wrote it, in the
// ring, and handed to sendmmsg(2) with the rest of its batch.
//
//     slot:  [Ethernet 14][IPv4 20][UDP 8][GENEVE 8][options 32][inner packet]
//                                                               ^ Packet::data, link kRaw
//
// The ring is TPACKET_V2: it hands over each frame at once, where V3 hands over blocks, on a timer of
// at least one jiffy when they do not fill, which would be added to the round trip of idle links.
//
// With several workers a classic BPF program on the sockets' fanout group chooses by the inner
// addresses, the same for both directions. GWLB does not promise that for anything of the outer header.
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "io/busy_wait.h"
#include "io/packet_ring.h"
#include "io/packet_source.h"
#include "net/address.h"

namespace culvert {

/// What the inner flow is steered to a worker by.
enum class GwlbSteering {
  kAddresses,  ///< both addresses: fragments and all flows of two hosts meet
  kFlow,       ///< addresses and ports: spreads two busy hosts; fragments go by addresses
};

struct GwlbOptions {
  std::string interface = {};
  unsigned workers = 1;
  std::uint16_t port = 6081;
  GwlbSteering steering = GwlbSteering::kAddresses;
  std::size_t ring_bytes = 32u << 20;  ///< per worker
  std::size_t slot_bytes = 9216;       ///< largest frame and its ring header
  /// Endpoint ids (`vpce-` in hexadecimal) to serve; packets of others are dropped. Empty: all.
  std::vector<std::uint64_t> endpoints = {};
  /// Load balancer addresses to serve. Empty: all.
  std::vector<IpNetwork> load_balancers = {};
  std::chrono::microseconds busy_wait{50};  ///< most time to look for a packet before sleeping
  bool disable_offloads = true;        ///< GRO and LRO, which merge packets beyond any MTU
};

struct GwlbCounters {
  Counter received, received_bytes, returned, returned_bytes, dropped, injected, send_errors;
  Counter ignored, truncated, unknown_endpoint, unknown_source, unknown_options;
  Counter kernel_packets, kernel_drops;
  Counter outer_fragment, outer_too_small, outer_header, udp_length, geneve_too_small,
      geneve_version, geneve_options, gwlb_option_length, gwlb_options_missing, control,
      inner_protocol, inner_version, inner_missing;
};

class GeneveSource final : public PacketSource {
 public:
  /// One a worker, in order. Needs CAP_NET_RAW.
  static Result<std::vector<std::unique_ptr<GeneveSource>>> open(const GwlbOptions& options);

  std::size_t receive(std::span<Packet> batch, std::chrono::milliseconds wait) override;
  void release(std::span<Packet> batch) override;
  Timestamp now() const override;
  bool is_open() const override { return is_open_.load(std::memory_order_relaxed); }
  std::string error() const override;
  /// REQUIRES: `like`, or its root, was received and not released. Sent with the next release().
  bool send_to_origin(const Packet& like, Bytes ip_packet) override;
  void append_counters(std::vector<NamedCounter>& out) const override;

 private:
  explicit GeneveSource(const GwlbOptions& options)
      : options_(options), busy_wait_(options.busy_wait) {}
  void sleep(std::chrono::milliseconds wait);
  Result<void> open_socket(int interface_index, int& fanout_id);
  void open_sink();

  /// Fills `packet` from a frame; false when it is not for us or malformed, and then counted.
  bool take(const PacketRing::Frame& frame, Packet& packet);
  bool parse_inner(std::uint16_t protocol, Bytes inner, Packet& packet);
  bool is_served(std::uint64_t endpoint, const IpAddress& load_balancer);
  void send_all();
  void update_kernel_counters();
  void check_interface();

  static constexpr std::size_t kMaxSends = 1024;      ///< of one sendmmsg
  static constexpr std::size_t kMaxInjected = 128;    ///< between two releases
  static constexpr std::size_t kMaxInjectedBytes = 2048;

  GwlbOptions options_;
  Fd socket_;
  Fd sink_;  ///< keeps the system from answering "port unreachable"
  PacketRing ring_;
  BusyWait busy_wait_;
  GwlbCounters counters_;
  std::vector<mmsghdr> sends_;
  std::vector<iovec> send_parts_;
  std::size_t send_count_ = 0;
  std::vector<std::byte> injected_;
  std::size_t injected_count_ = 0;
  std::atomic<bool> is_open_{true};
  unsigned busy_turns_ = 0;
};

}  // namespace culvert
