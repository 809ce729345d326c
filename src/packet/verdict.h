// What becomes of a packet, and why. Every way to lose a packet has a reason here, and each reason a
// counter (`ips.drop_reason.*`) and a name in EVE drop records.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace culvert {

enum class Action : std::uint8_t {
  kAccept,  ///< goes on its way
  kDrop,
  kReject,  ///< dropped, and the ends are told: see RejectTargets
};

/// Who is told of a rejected packet: RST for TCP, ICMP unreachable for the rest.
enum class RejectTargets : std::uint8_t { kNone, kSource, kDestination, kBoth };

/// Why a packet was not accepted. Names are those of Suricata's `drop.reason`.
enum class DropReason : std::uint8_t {
  kNone,
  kDecodeError,
  kDefragError,
  kDefragMemcap,
  kFlowMemcap,
  kFlowDrop,  ///< an earlier packet's verdict covers the whole flow
  kApplayerError,
  kApplayerMemcap,
  kRules,
  kThreshold,  ///< rate_filter or detection_filter made it a drop
  kStreamError,
  kStreamMemcap,
  kStreamMidstream,
  kStreamReassembly,
  kStreamUrgent,
  kNfqError,
  kExceptionPolicyFlowDrop,  ///< an exception policy's verdict covers the whole flow
  kTunnelPacket,  ///< an inner packet was dropped, and so the one around it
  // firewall mode; kFirewallRules is the first of them
  kFirewallRules,
  kDefaultPacketPolicy,
  kDefaultAppPolicy,
  kPreStreamHook,
  kPreFlowHook,
  kFirewallFlowDrop,  ///< a firewall verdict covers the whole flow
  kLast = kFirewallFlowDrop,
};

constexpr std::array<std::string_view, static_cast<std::size_t>(DropReason::kLast) + 1>
    kDropReasonNames{"none",
                     "decode error",
                     "defrag error",
                     "defrag memcap",
                     "flow memcap",
                     "flow drop",
                     "applayer error",
                     "applayer memcap",
                     "rules",
                     "threshold detection_filter",
                     "stream error",
                     "stream memcap",
                     "stream midstream",
                     "stream reassembly",
                     "stream urgent",
                     "nfq error",
                     "exception policy flow drop",
                     "tunnel packet drop",
                     "firewall rules",
                     "firewall default packet policy",
                     "firewall default app policy",
                     "firewall pre stream hook",
                     "firewall pre flow hook",
                     "firewall flow drop"};

constexpr std::string_view name_of(DropReason reason) {
  return kDropReasonNames[static_cast<std::size_t>(reason)];
}

/// Whether it was the firewall that dropped; else the packet passed the firewall and was dropped on
/// its further way.
constexpr bool is_of_firewall(DropReason reason) { return reason >= DropReason::kFirewallRules; }

/// The fate of one packet. A drop is never taken back; the first reason stays.
struct Verdict {
  Action action = Action::kAccept;
  DropReason reason = DropReason::kNone;
  RejectTargets reject = RejectTargets::kNone;
  bool bypass = false;  ///< the rest of the flow needs no inspection
  /// For the kernel, where it is asked (`nfq_set_mark`): bits under the mask are set to the mark.
  std::uint32_t mark = 0, mark_mask = 0;
  bool firewalled = false;  ///< the firewall has looked at it: EVE says "accept" for "pass"

  bool is_drop() const { return action != Action::kAccept; }
  void drop(DropReason why) {
    if (is_drop()) return;
    action = Action::kDrop;
    reason = why;
  }
  void make_reject(RejectTargets who, DropReason why) {
    drop(why);
    action = Action::kReject;
    reject = who;
  }
};

}  // namespace culvert
