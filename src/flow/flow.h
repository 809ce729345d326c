// A flow: both directions of one conversation, from its first packet to its timeout.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

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
  std::uint16_t low_port = 0, high_port = 0;  ///< ICMP: type and its counterpart
  std::array<std::uint16_t, 3> vlan{};        ///< 0 where there is none, or `vlan.use-for-tracking: no`
  std::uint8_t ip_proto = 0;
  std::uint8_t recursion_level = 0;
  Tenant tenant;
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
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
  std::uint8_t tcp_flags = 0;      ///< of all packets, or'ed
  std::uint8_t min_ttl = 255, max_ttl = 0;
};

/// Belongs to one worker's FlowTable. Addresses are kept as the opener sent them.
struct Flow {
  // hot: looked at for each packet
  FlowKey key;
  std::uint64_t hash = 0;
  Flow* next_in_bucket = nullptr;
  Timestamp last_seen{};
  std::array<FlowSide, 2> sides;  ///< by Direction
  FlowState state = FlowState::kNew;
  FlowVerdict verdict = FlowVerdict::kInspect;
  bool client_is_low = true;  ///< which end of the key opened it
  bool no_payload_inspection = false;
  bool has_alerts = false;
  bool wrong_thread = false;
  bool reported = false;

  // what the layers above keep
  TcpSession* tcp = nullptr;
  AppSession* app = nullptr;
  FlowDetectState* detect = nullptr;

  // warm: for logging
  Timestamp first_seen{};
  std::uint64_t id = 0;  ///< `flow_id`, 1..2^53, the same in all events of the flow
  std::uint64_t parent_id = 0;
  std::uint8_t icmp_type[2] = {0, 0}, icmp_code[2] = {0, 0};  ///< by Direction
  std::uint8_t emergency : 1 = 0;
  std::uint16_t interface = 0;
  Direction first_direction = Direction::kToServer;
  FlowEndReason end_reason = FlowEndReason::kUnknown;
  Action action = Action::kAccept;  ///< what was decided for it (EVE `flow.action`)
  DropReason drop_reason = DropReason::kNone;
  std::uint32_t exception_policies = 0;  ///< bit set, see flow/exception_policy.h

  const IpAddress& client() const { return client_is_low ? key.low : key.high; }
  const IpAddress& server() const { return client_is_low ? key.high : key.low; }
  std::uint16_t client_port() const { return client_is_low ? key.low_port : key.high_port; }
  std::uint16_t server_port() const { return client_is_low ? key.high_port : key.low_port; }
  FlowSide& side(Direction d) { return sides[index_of(d)]; }
  const FlowSide& side(Direction d) const { return sides[index_of(d)]; }
};

}  // namespace culvert
