// A rule as it runs: immutable, with all that evaluating it needs.
#pragma once

#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "detect/alert.h"
#include "detect/inspect.h"
#include "detect/keyword.h"
#include "detect/rule_draft.h"
#include "detect/threshold_spec.h"
#include "rule/action.h"

namespace culvert {

/// When and on what a rule is evaluated. Names as in Suricata's manual, "Rule Types".
enum class RuleType : std::uint8_t {
  kIpOnly,        ///< addresses and protocol: first packet of each direction
  kLikeIpOnly,    ///< the same with negated addresses
  kProtocolOnly,  ///< app-layer protocol: once for each direction
  kDecoderEvent,
  kPacket,
  kPacketStream,  ///< payload of packets, and reassembled bytes
  kStream,        ///< reassembled bytes
  kAppLayer,      ///< a protocol, no transaction
  kTransaction,
  kFrame,  ///< `frame:`
};
std::string_view name_of(RuleType type);

/// What the first part of a rule says about packets.
struct RuleHeader {
  enum class Layer : std::uint8_t { kPacket, kIp, kIpv4, kIpv6, kEthernet, kArp };
  Layer layer = Layer::kIp;
  bool any_protocol = true;
  std::bitset<256> protocols;                                       ///< of IP, unless any
  std::uint16_t source = 0xffff, destination = 0xffff;              ///< AddressClasses; 0xffff: any
  std::uint16_t source_ports = 0xffff, destination_ports = 0xffff;  ///< PortClasses
  bool both_ways = false;
};

/// A part of a rule that looks at transactions, for one protocol and direction.
struct TransactionCheck {
  enum class Kind : std::uint8_t { kBuffer, kKeyword, kHook, kPayload };
  Kind kind = Kind::kBuffer;
  AppProto proto = AppProto::kUnknown;  ///< kUnknown: any (payload)
  std::uint8_t progress = 0;
  Direction direction = Direction::kToServer;
  std::uint32_t bit = 0;     ///< in the transaction's stored state
  std::uint16_t buffer = 0;  ///< index of the TransactionBuffer
  const InspectChain* chain = nullptr;
  DraftBuffer::Absent absent = DraftBuffer::Absent::kNo;
  const Keyword* keyword = nullptr;
};

/// Where in a packet's life a rule without transactions is evaluated.
enum class PacketHook : std::uint8_t { kNone, kAll, kFlowStart, kPreFlow, kPreStream };

/// What a firewall rule decides.
struct FirewallAction {
  RuleVerb verb = RuleVerb::kAccept;
  ActionScope scope = ActionScope::kHook;
  bool passes_flow = false, passes_packet = false;  ///< `pass`: threat detection is left out too
  bool up_to_hook = false;  ///< `tls:<client_hello_done`: accepts the states before its hook
};

struct CompiledRule {
  RuleMeta meta;
  PacketHook hook = PacketHook::kNone;
  std::uint32_t number = 0;  ///< position in the order of evaluation
  RuleType type = RuleType::kPacket;
  RuleHeader header;
  FlowRequirements flow;
  bool needs_flow = false;
  std::optional<Direction> direction;
  ProtoSet protos = kAllProtos;
  bool needs_protos = false;

  std::vector<DraftBuffer> buffers;
  std::vector<std::unique_ptr<const Keyword>> packet_matches;
  std::vector<std::unique_ptr<const Keyword>> post_matches;
  std::vector<DraftTransactionMatch> transaction_matches;

  const InspectChain* payload = nullptr;  ///< null: none
  bool payload_on_packet = false, payload_on_stream = false;
  std::vector<const DraftBuffer*> packet_buffers;
  std::vector<const DraftBuffer*> frame_buffers;  ///< the first says of which frames it is asked
  std::vector<TransactionCheck> checks[2];        ///< by Direction, in order of progress
  std::uint32_t file_bits = 0;                    ///< of checks that ask of files
  bool for_each_file = false;                     ///< tests files: asked anew when another begins
  std::uint32_t all_bits = 0;                     ///< of `=>` rules: both directions
  ProtoSet check_protos[2] = {0, 0};              ///< protocols that have checks in that direction
  bool both_sides = false;                        ///< `=>`: checks of both directions, one state
  bool covers_flow = false;                       ///< its action is about the flow whatever matched
  bool covers_flow_if_stateful = false;           ///< the same when reassembled bytes matched
  ActionScope scope = ActionScope::kUnset;
  bool has_priority = false;  ///< given in the rule, so that the classtype does not decide
  bool wants_bypass = false;
  bool is_config = false;
  bool disables_tracking = false;  ///< `config: tracking disable`: no flow is made of the packet
  FirewallAction firewall;         ///< of firewall rules
  std::vector<TransactionHook> hooks;  ///< `tls:client_hello_done`

  std::uint8_t flowbit_class = 3;  ///< 0 sets, 1 sets and tests, 2 tests, 3 none: for the order
  std::uint8_t hostbit_class = 1;  ///< 0 sets, 1 none, 2 tests
  std::uint8_t pairbit_class = 0;  ///< 0 sets or none, 1 tests
  std::optional<ThresholdSpec> threshold;
  std::optional<ThresholdSpec> detection_filter;
  std::optional<ThresholdSpec> rate_filter;
  std::vector<ThresholdSpec> suppressions;
  // how it is found
  const ContentItem* fast_pattern = nullptr;
  int fast_pattern_buffer = -1;          ///< index into buffers
  const ContentItem* indexed = nullptr;  ///< what is searched: the same, or one that is rarer
  int indexed_buffer = -1;
};

}  // namespace culvert
