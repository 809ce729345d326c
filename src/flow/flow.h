// A flow: both directions of one conversation, from its first packet to its timeout.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "net/address.h"
#include "packet/packet.h"

namespace culvert {

// State that later layers hang on a flow. Each layer makes it from its own pool on first need, and
// releases it when the flow ends.
struct TcpSession;       // stream/
class AppSession;        // app/
struct FlowDetectState;  // detect/

/// What tells flows apart; canonical, so that both directions give the same key.
struct FlowKey {
  IpAddress low, high;  ///< the two ends, ordered by (address, port)
  /// ICMP: type and its counterpart. ESP: upper and lower half of the SPI, not ordered.
  std::uint16_t low_port = 0, high_port = 0;
  std::array<std::uint16_t, 3> vlan{};        ///< 0 where there is none, or `vlan.use-for-tracking: no`
  std::uint8_t ip_proto = 0;
  std::uint8_t recursion_level = 0;
  Tenant tenant;
  friend bool operator==(const FlowKey& a, const FlowKey& b) {
    // Ports and addresses first, and all at once: that is what differs, if anything does.
    const int same_ends = int{a.low == b.low} & int{a.high == b.high} & int{a.low_port == b.low_port} &
                          int{a.high_port == b.high_port};
    return same_ends != 0 && a.ip_proto == b.ip_proto && a.recursion_level == b.recursion_level &&
           a.vlan[0] == b.vlan[0] && a.vlan[1] == b.vlan[1] && a.vlan[2] == b.vlan[2] &&
           a.tenant == b.tenant;
  }
};

enum class FlowState : std::uint8_t { kNew, kEstablished, kClosed, kBypassedLocal, kBypassedCapture };
enum class FlowEndReason : std::uint8_t { kTimeout, kForced, kShutdown, kTcpReuse, kUnknown };

/// Which verdict covers the rest of the flow.
enum class FlowVerdict : std::uint8_t { kInspect, kPass, kDrop, kBypass };

/// Bytes and packets of one direction; bytes are those of the packets as Suricata counts them: the
/// captured frame including its link layer.
struct FlowSide {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint8_t tcp_flags = 0;  ///< of all packets, or'ed
  std::uint8_t min_ttl = 255, max_ttl = 0;
  std::uint8_t icmp_type = 0, icmp_code = 0;  ///< of the first packet
};

/// Belongs to one worker's FlowTable. Addresses are kept as the opener sent them. A packet touches
/// the first 160 bytes: three cache lines, which FlowTable::prefetch_flow() asks for ahead of time.
struct alignas(32) Flow {
  // hot: looked at for each packet
  FlowKey key;
  std::uint32_t hash = 0;            ///< upper half of the key's hash
  std::uint32_t next_in_bucket = 0;  ///< index in the table; the table's
  Timestamp last_seen{};
  FlowState state = FlowState::kNew;
  FlowVerdict verdict = FlowVerdict::kInspect;
  bool client_is_low = true;  ///< which end of the key opened it
  bool no_payload_inspection = false;
  bool has_alerts = false;
  bool wrong_thread = false;
  std::uint8_t drops_logged = 0;  ///< bits by Direction: a drop record was written
  bool in_use = false;  ///< the table's: false while the slot is free
  std::array<FlowSide, 2> sides;  ///< by Direction

  // what the layers above keep
  TcpSession* tcp = nullptr;
  AppSession* app = nullptr;
  FlowDetectState* detect = nullptr;

  // warm: for logging, and the table's timers
  Timestamp first_seen{};
  std::uint64_t id = 0;  ///< `flow_id`, 1..2^53, the same in all events of the flow
  std::uint64_t parent_id = 0;
  std::uint32_t timer_next = 0, timer_previous = 0;  ///< the table's
  std::uint16_t timer_slot = 0;                      ///< the table's
  std::uint16_t interface = 0;
  std::uint32_t index = 0;                           ///< in the table; the table's
  Direction first_direction = Direction::kToServer;  ///< of the first packet; changed by a swap
  FlowEndReason end_reason = FlowEndReason::kUnknown;
  Action action = Action::kAccept;  ///< what was decided for it (EVE `flow.action`)
  DropReason drop_reason = DropReason::kNone;
  /// Four bits a target, see policy_applied() in flow/exception_policy.h; 0: none befell the flow.
  std::uint32_t exception_policies = 0;
  std::array<std::uint16_t, 3> vlan{};  ///< of the first packet, also where the key has none
  bool emergency : 1 = false;     ///< made, or ended, while the table was in emergency mode
  bool tcp_liberal : 1 = false;   ///< the ends do not keep to windows; stream/
  bool firewall_accepted : 1 = false;  ///< an `accept:flow` of the firewall: its rules look no more
  bool reversed : 1 = false;      ///< client and server changed places after the first packet
  std::uint8_t store_files = 0;   ///< bits by Direction: a rule wants all files that come; files/

  const IpAddress& client() const { return client_is_low ? key.low : key.high; }
  const IpAddress& server() const { return client_is_low ? key.high : key.low; }
  std::uint16_t client_port() const { return client_is_low ? key.low_port : key.high_port; }
  std::uint16_t server_port() const { return client_is_low ? key.high_port : key.low_port; }
  FlowSide& side(Direction d) { return sides[index_of(d)]; }
  const FlowSide& side(Direction d) const { return sides[index_of(d)]; }
  bool both_directions_seen() const { return sides[0].packets != 0 && sides[1].packets != 0; }
  /// REQUIRES: an ESP flow.
  std::uint32_t esp_spi() const {
    return static_cast<std::uint32_t>(key.low_port) << 16 | key.high_port;
  }

  /// Client and server change places: the first packet seen was not the opener's. For TCP call
  /// TcpTracker::swap(), which does this too.
  void swap_direction() {
    client_is_low = !client_is_low;
    std::swap(sides[0], sides[1]);
    first_direction = opposite(first_direction);
    reversed = !reversed;
  }
};

static_assert(sizeof(Flow) <= 224, "with its share of the buckets, a UDP flow fits 256 bytes");

}  // namespace culvert
