// The load balancer itself, without sockets: what happens to a packet from an endpoint, and whether
// a packet that an appliance returned may go on.
//
//   device --forward()--> header + inner packet -> target
//   device <-accept()---  header + inner packet <- target
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "emulator/emulator_counters.h"
#include "emulator/emulator_options.h"
#include "emulator/envelope.h"
#include "emulator/flow_key.h"
#include "emulator/returned_packet.h"
#include "emulator/sent_packets.h"
#include "emulator/target_group.h"

namespace culvert::emulator {

/// What to do with a packet from an endpoint's device.
struct Forwarded {
  enum class What { kSend, kReply, kNothing };
  What what = What::kNothing;
  std::uint32_t target = 0;      ///< kSend: host order; the 68 bytes have been written
  std::vector<std::byte> reply;  ///< kReply: an IP packet for the device it came from
};

/// A returned packet that goes on, to a side of an endpoint. `inner` views the packet.
struct Delivery {
  std::size_t endpoint_index = 0;
  Side side = Side::kClient;
  Bytes inner;
};

/// One thread. Flows are in ordinary heap memory: this is a tool for tests, not a data path.
class Balancer {
 public:
  Balancer(const EmulatorOptions& options, std::uint64_t seed);

  /// `inner` came in on a side of an endpoint (index into the options). For kSend the encapsulation
  /// is in `header`.
  Forwarded forward(std::size_t endpoint_index, Side from, Bytes inner, EmulatorTime now,
                    std::span<std::byte, kEncapsulationBytes> header);
  /// `bytes` begin at the outer IPv4 header. Nothing: it was a violation, and is counted.
  std::optional<Delivery> accept(Bytes bytes, bool checksum_there, EmulatorTime now);

  /// Ends drainings, forgets flows that have been idle for long. Every now and then.
  void advance(EmulatorTime now);

  // What an operator or a test does to a load balancer.
  void set_health(std::uint32_t target, Health health);
  Result<void> register_target(std::uint32_t target) { return group_.register_target(target); }
  Result<void> deregister_target(std::uint32_t target, EmulatorTime now);
  void change_cookies();    ///< of every flow, as after a rebalance
  void change_addresses();  ///< flows move to other addresses of the load balancer
  void expire_flows();      ///< as if every flow had been idle for too long

  EmulatorCounters& counters() { return counters_; }
  const EmulatorCounters& counters() const { return counters_; }
  const TargetGroup& group() const { return group_; }
  std::size_t flow_count() const { return flows_.size(); }
  /// The first violations in words, at most kMaxNotes.
  const std::vector<std::string>& notes() const { return notes_; }
  static constexpr std::size_t kMaxNotes = 20;

 private:
  struct Flow {
    IpAddress initiator;  ///< source of the first packet, which came in on initiator_side
    Side initiator_side = Side::kClient;
    bool is_tcp = false;
    bool closed = false;   ///< a FIN or RST was seen: a SYN is a new flow
    bool expired = false;  ///< by command
    std::size_t target = 0;
    std::uint32_t cookie = 0;
    std::uint32_t previous_cookie = 0;
    EmulatorTime last_seen{};
    std::optional<Envelope> latest[2];  ///< of the last packet from each side
    SentPackets sent;
  };
  struct KeyHash {
    std::size_t operator()(const FlowKey& key) const { return key.hash(0x63756c76657274); }
  };
  using FlowMap = std::unordered_map<FlowKey, std::unique_ptr<Flow>, KeyHash>;

  bool is_idle(const Flow& flow, EmulatorTime now) const;
  std::uint32_t next_cookie();
  /// Another target if need be, and another cookie; what is on its way may still return.
  void renew(Flow& flow, const FlowKey& key);
  void forget(FlowMap::iterator flow);
  /// Finds or makes the flow of a packet; or says what becomes of the packet instead.
  Flow* flow_for(const FlowKey& key, const InnerPacket& packet, Side from, EmulatorTime now,
                 Forwarded& instead);
  /// What failover does to a flow whose target is gone or ill. False: the packet ends here.
  bool fail_over(FlowMap::iterator found, const InnerPacket& packet, Forwarded& instead);
  Forwarded answer_with_reset(FlowMap::iterator flow, const InnerPacket& packet);
  Envelope envelope_for(const Flow& flow, const FlowKey& key, Side from, bool is_v6);
  std::optional<Delivery> reject(Violation violation, Bytes bytes);
  std::optional<Delivery> accept_made(const ReturnedPacket& packet, std::size_t endpoint_index,
                                      Flow* flow, Bytes bytes);
  /// What differs between a returned packet's headers and the envelope it should have.
  static std::optional<Violation> compare(const ReturnedPacket& packet, const Envelope& envelope);

  const EmulatorOptions options_;
  const std::uint64_t seed_;
  TargetGroup group_;
  FlowMap flows_;
  std::unordered_map<std::uint64_t, std::size_t> endpoint_indexes_;
  EmulatorCounters counters_;
  std::vector<std::string> notes_;
  std::uint64_t cookie_count_ = 0, address_salt_ = 0, packet_count_ = 0;
};

}  // namespace culvert::emulator
