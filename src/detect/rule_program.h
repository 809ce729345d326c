// All rules of a rule set, and the tables by which the few that may match are found.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "detect/compiled_rule.h"
#include "detect/payload_index.h"
#include "detect/rule_failures.h"
#include "detect/rule_gate.h"
#include "detect/rule_set.h"
#include "detect/set_classes.h"

namespace culvert {

/// A buffer of one protocol in one direction, with its transforms.
struct TransactionBuffer {
  const ProtocolSpec* protocol = nullptr;
  const BufferSpec* buffer = nullptr;
  std::vector<std::shared_ptr<const Transform>> transforms;
  Direction direction = Direction::kToServer;
  std::uint8_t progress = 0;
  Prefilter prefilter;
  /// The same rules by the patterns that packets are searched for: for bodies that are pieces of
  /// the stream. Else empty.
  Prefilter in_stream;
};

/// Frames of one type in one direction, with transforms.
struct FrameBuffer {
  AppProto proto = AppProto::kUnknown;
  std::uint8_t type = 0;
  Direction direction = Direction::kToServer;
  std::vector<std::shared_ptr<const Transform>> transforms;
  Prefilter prefilter;
  std::vector<std::uint32_t> without_pattern;
};

/// Groups of packets that have lists of their own.
enum class PacketClass : std::uint8_t { kTcp, kUdp, kIcmp, kOtherIp, kNotIp, kLast = kNotIp };
inline constexpr std::size_t kPacketClasses = static_cast<std::size_t>(PacketClass::kLast) + 1;
PacketClass class_of(const Packet& packet);

class RuleProgram final : public RuleSet {
 public:
  const RuleLoadCounts& counts() const override { return counts_; }
  std::span<const RuleMeta* const> rules() const override { return metas_; }
  bool empty() const override { return all.empty(); }
  bool has_pre_flow_rules() const override { return !pre_flow.empty(); }
  bool has_pre_stream_rules() const override { return !pre_stream.empty(); }
  bool wants_raw_stream() const override { return has_stream_rules; }
  FileNeeds file_needs() const override { return file_needs_; }
  std::uint64_t frame_protos() const override { return frame_protos_; }

  RuleLoadCounts counts_;
  std::vector<RuleFailure> failures;
  std::string
      failed_option;  ///< compile time: where compile_rule() gave up; empty: nowhere in particular
  std::vector<const RuleMeta*> metas_;
  FileNeeds file_needs_;
  ProtoSet frame_protos_ = 0;
  DetectOptions options;
  VariableNames names;

  std::vector<std::unique_ptr<CompiledRule>> all;  ///< in order of evaluation
  std::vector<RuleGate> gates;                     ///< the same order
  AddressClasses addresses;
  PortClasses ports;

  PayloadIndex payload[3][2];  ///< of packets: TCP and its streams, UDP, other; by Direction
  bool has_stream_rules = false;
  /// Rules that no pattern finds, by packet class, direction and class of the destination port.
  /// Indexes into `lists`.
  std::array<std::array<std::vector<std::uint32_t>, 2>, kPacketClasses> packet_lists;
  std::vector<RuleList> lists;
  const RuleList& packet_list(PacketClass which, Direction direction,
                              std::size_t port_class) const {
    return lists[packet_lists[static_cast<std::size_t>(which)][index_of(direction)][port_class]];
  }
  /// IP-only and the like: first packet of a direction.
  std::array<RuleList, kPacketClasses> first_packet;
  /// Once the protocol of the flow is known.
  RuleList protocol_only;
  RuleList decoder_events;

  /// Rules at hooks before flow and stream: firewall rules first, in the order of their file.
  RuleList pre_flow, pre_stream;
  /// Firewall rules at packet:filter, in the order of their file.
  std::array<RuleList, kPacketClasses> filter;
  /// Firewall rules at one state of a protocol's transactions.
  struct FirewallState {
    RuleList rules;
    bool auto_accept = false;          ///< a `<hook` rule covers it, and no rule comes before
    const RuleMeta* policy = nullptr;  ///< alert of the default policy
  };
  std::array<std::array<std::vector<FirewallState>, 2>, FirewallOptions::kProtos> filter_app;
  const RuleMeta* filter_policy = nullptr;
  std::vector<std::unique_ptr<RuleMeta>> policy_metas;

  std::vector<std::unique_ptr<TransactionBuffer>> buffers;
  std::map<std::string, std::uint16_t> buffer_numbers;  ///< compile time
  std::uint16_t buffer_number(const BufferOfProtocol& source, Direction direction,
                              const std::vector<std::shared_ptr<const Transform>>& transforms);
  struct ByProtocol {
    struct Buffer {
      std::uint16_t index;  ///< in RuleProgram::buffers
      std::uint8_t progress;
    };
    std::vector<Buffer> buffers;  ///< with a prefilter, in order of progress
    RuleList without_pattern;
    bool any = false;
  };
  std::vector<std::unique_ptr<FrameBuffer>> frames;
  static constexpr std::size_t kProtos = static_cast<std::size_t>(AppProto::kLast) + 1;
  std::array<std::array<ByProtocol, 2>, kProtos> by_protocol;
  std::array<std::array<std::vector<std::uint16_t>, 2>, kProtos> frames_of;
};

}  // namespace culvert
