// How and when a rule is evaluated: its type, its checks of transactions, its fast pattern.

#include <algorithm>
#include <array>

#include "app/carriage.h"
#include "app/protocol_spec.h"
#include "detect/fast_pattern.h"
#include "detect/inspect_base64.h"
#include "detect/rule_compiler.h"

namespace culvert {

std::string_view name_of(RuleType type) {
  constexpr std::array<std::string_view, 10> kNames{
      "ip_only",    "like_ip_only", "pd_only",   "de_only", "pkt",
      "pkt_stream", "stream",       "app_layer", "app_tx",  "app_tx"};
  return kNames[static_cast<std::size_t>(type)];
}

std::uint16_t RuleProgram::buffer_number(
    const BufferOfProtocol& source, Direction direction,
    const std::vector<std::shared_ptr<const Transform>>& transforms) {
  std::string key(source.protocol->name);
  key += direction == Direction::kToServer ? ">" : "<";
  key += source.buffer->name;
  for (const auto& transform : transforms) key += ";" + transform->key();
  const auto [found, is_new] =
      buffer_numbers.emplace(key, static_cast<std::uint16_t>(buffers.size()));
  if (is_new) {
    auto buffer = std::make_unique<TransactionBuffer>();
    buffer->protocol = source.protocol;
    buffer->buffer = source.buffer;
    buffer->transforms = transforms;
    buffer->direction = direction;
    buffer->progress = source.side(direction).progress;
    if (!source.buffer->file_needs.empty()) {
      file_needs_.add(FileNeed::kTrack);
      file_needs_.add(source.buffer->file_needs);
    }
    buffers.push_back(std::move(buffer));
  }
  return found->second;
}

namespace {

constexpr Direction kDirections[] = {Direction::kToServer, Direction::kToClient};

class Settler {
 public:
  Settler(RuleDraft& draft, CompiledRule& rule, RuleProgram& program)
      : draft_(draft), rule_(rule), program_(program) {}

  /// False: no direction of any protocol has all that the rule looks at.
  bool run() {
    take_parts();
    add_buffers();
    add_transaction_matches();
    add_hooks();
    add_payload();
    const bool needs_checks = !rule_.transaction_matches.empty() ||
                              std::ranges::any_of(rule_.buffers, [](const DraftBuffer& buffer) {
                                return buffer.kind == DraftBuffer::Kind::kTransaction;
                              });
    if (!rule_.both_sides) drop_incomplete_sides();
    if (needs_checks && !has_checks()) return false;
    program_.file_needs_.add(draft_.file_needs);
    for (auto& checks : rule_.checks) {
      std::ranges::stable_sort(checks, {}, &TransactionCheck::progress);
    }
    rule_.type = type();
    set_scope();
    choose_fast_pattern(rule_);
    return true;
  }

 private:
  void take_parts() {
    rule_.buffers = std::move(draft_.buffers);
    for (DraftBuffer& buffer : rule_.buffers) {
      if (buffer.kind == DraftBuffer::Kind::kBase64) buffer.base64->data = std::move(buffer.chain);
    }
    std::erase_if(rule_.buffers, [](const DraftBuffer& b) {
      return b.kind == DraftBuffer::Kind::kBase64 ||
             (b.chain.empty() && b.absent == DraftBuffer::Absent::kNo);
    });
    rule_.buffers.shrink_to_fit();
    for (DraftBuffer& buffer : rule_.buffers) buffer.chain.shrink_to_fit();
    rule_.packet_matches = std::move(draft_.packet_matches);
    rule_.post_matches = std::move(draft_.post_matches);
    rule_.transaction_matches = std::move(draft_.transaction_matches);
    rule_.flow = draft_.flow;
    rule_.needs_flow = draft_.has_flow_keyword;
    rule_.direction = draft_.wanted_direction;
    rule_.protos = draft_.protos;
    rule_.needs_protos = draft_.protos != kAllProtos;
    rule_.threshold = draft_.threshold;
    rule_.detection_filter = draft_.detection_filter;
    rule_.wants_bypass = draft_.wants_bypass;
    rule_.disables_tracking = draft_.disables_tracking;
    rule_.both_sides = draft_.ast.direction == RuleDirection::kTransactional;
    rule_.flowbit_class =
        draft_.writes_flowbits ? (draft_.reads_flowbits ? 1 : 0) : (draft_.reads_flowbits ? 2 : 3);
    rule_.hostbit_class = draft_.writes_hostbits ? 0 : draft_.reads_hostbits ? 2 : 1;
    rule_.pairbit_class = draft_.reads_pairbits ? 1 : 0;
  }

  void add_check(Direction direction, TransactionCheck check) {
    check.direction = direction;
    rule_.checks[index_of(direction)].push_back(check);
    rule_.check_protos[index_of(direction)] |=
        check.proto == AppProto::kUnknown ? 0 : proto_bit(check.proto);
    rule_.all_bits |= check.bit;
  }
  bool wants(Direction direction, const std::optional<Direction>& side) const {
    return (!rule_.direction || *rule_.direction == direction) && (!side || *side == direction);
  }
  /// Rules with more parts than bits share the last one; they are then inspected again.
  std::uint32_t next_bit() {
    const std::uint32_t bit = std::uint32_t{1} << std::min(bits_, 31u);
    ++bits_;
    return bit;
  }

  void add_buffers() {
    for (const DraftBuffer& buffer : rule_.buffers) {
      if (buffer.kind == DraftBuffer::Kind::kPacketBuffer) rule_.packet_buffers.push_back(&buffer);
      if (buffer.kind == DraftBuffer::Kind::kFrame) rule_.frame_buffers.push_back(&buffer);
      if (buffer.kind != DraftBuffer::Kind::kTransaction) continue;
      const std::uint32_t bit = next_bit();
      for (const BufferOfProtocol& source : *buffer.protocols) {
        if ((rule_.protos & proto_bit(source.protocol->proto)) == 0) continue;
        for (const Direction direction : kDirections) {
          const BufferSide& side = source.side(direction);
          if (!side.exists || !wants(direction, buffer.direction)) continue;
          TransactionCheck check;
          check.proto = source.protocol->proto;
          check.progress = side.progress;
          check.bit = bit;
          check.buffer = program_.buffer_number(source, direction, buffer.transforms);
          check.chain = &buffer.chain;
          check.absent = buffer.absent;
          add_check(direction, check);
          if (!source.buffer->file_needs.empty()) rule_.file_bits |= bit;
        }
      }
    }
  }

  void add_transaction_matches() {
    for (const DraftTransactionMatch& match : rule_.transaction_matches) {
      const std::uint32_t bit = next_bit();
      for (const ProtocolSpec* spec : draft_.catalog.environment.protocols) {
        if (!match.hook.of_files && !covers(match.hook.proto, spec->proto)) continue;
        // What is asked of a carriage's own states means nothing to its parts.
        if (find_carriage(match.hook.proto) != nullptr && match.hook.proto != spec->proto) continue;
        if ((rule_.protos & proto_bit(spec->proto)) == 0) continue;
        for (const Direction direction : kDirections) {
          BufferSide side = match.hook.side(direction, *spec);
          const Carriage* const carriage = find_carriage(spec->proto);
          if (carriage != nullptr && match.hook.proto == carriage->carried) {
            side.progress = spec->complete(direction);
          }
          if (!side.exists || !wants(direction, match.direction)) continue;
          TransactionCheck check;
          check.kind = TransactionCheck::Kind::kKeyword;
          check.proto = spec->proto;
          check.progress = side.progress;
          check.bit = bit;
          check.keyword = match.keyword.get();
          add_check(direction, check);
          if (match.hook.of_files) {
            rule_.for_each_file = true;
            rule_.file_bits |= bit;
          }
        }
      }
    }
  }

  void add_hooks() {
    for (const TransactionHook& hook : draft_.hooks) {
      for (const Direction direction : kDirections) {
        const BufferSide& side =
            direction == Direction::kToServer ? hook.to_server : hook.to_client;
        if (!side.exists) continue;
        TransactionCheck check;
        check.kind = TransactionCheck::Kind::kHook;
        check.proto = hook.proto;
        check.progress = side.progress;
        check.bit = next_bit();
        add_check(direction, check);
      }
    }
  }

  /// A rule without `=>` is about one direction: where a protocol lacks a part of it in a
  /// direction, the rule does not apply there.
  void drop_incomplete_sides() {
    for (std::size_t d = 0; d < 2; ++d) {
      for (const ProtocolSpec* const spec : draft_.catalog.environment.protocols) {
        std::uint32_t there = 0, wanted = 0;
        for (std::size_t side = 0; side < 2; ++side) {
          for (const TransactionCheck& check : rule_.checks[side]) {
            if (check.kind == TransactionCheck::Kind::kPayload || check.proto != spec->proto)
              continue;
            wanted |= check.bit;
            if (side == d) there |= check.bit;
          }
        }
        if (there == wanted) continue;
        dropped_[d].push_back(spec->proto);
      }
    }
    for (std::size_t d = 0; d < 2; ++d) {
      for (const AppProto proto : dropped_[d]) {
        std::erase_if(rule_.checks[d], [&](const TransactionCheck& check) {
          return check.kind != TransactionCheck::Kind::kPayload && check.proto == proto;
        });
        rule_.check_protos[d] &= ~proto_bit(proto);
      }
      const bool only_payload = std::ranges::all_of(rule_.checks[d], [](const auto& check) {
        return check.kind == TransactionCheck::Kind::kPayload;
      });
      if (only_payload) rule_.checks[d].clear();
    }
  }

  bool has_checks() const { return !rule_.checks[0].empty() || !rule_.checks[1].empty(); }

  void add_payload() {
    for (const DraftBuffer& buffer : rule_.buffers) {
      if (buffer.kind != DraftBuffer::Kind::kPayload) continue;
      rule_.payload = &buffer.chain;
      const bool may_be_tcp = rule_.header.any_protocol || rule_.header.protocols.test(6);
      bool positioned = draft_.wants_packet_too;
      for (const auto& item : buffer.chain) {
        if (item->kind != InspectKind::kContent) continue;
        auto& content = static_cast<ContentItem&>(*item);
        positioned |= content.has_depth || content.has_offset;
        if (draft_.dsize_max >= 0) limit_to_dsize(content);
      }
      if (!may_be_tcp || draft_.needs_packet || draft_.has_dsize || rule_.flow.no_stream ||
          (rule_.meta.is_firewall && !has_checks())) {
        rule_.payload_on_packet = true;
      } else if (rule_.flow.only_stream) {
        rule_.payload_on_stream = true;
        rule_.flow.only_stream = says_only_stream();
      } else {
        rule_.payload_on_stream = true;
        rule_.payload_on_packet = positioned;
      }
      if (!has_checks()) continue;
      TransactionCheck check;
      check.kind = TransactionCheck::Kind::kPayload;
      check.bit = next_bit();
      check.chain = &buffer.chain;
      for (const Direction direction : kDirections) {
        if (!rule_.checks[index_of(direction)].empty()) add_check(direction, check);
      }
    }
  }

  /// By `flow`, which is about all packets: `tcp-stream` takes a packet that is no part of the
  /// stream for a piece of it, as other rules do.
  bool says_only_stream() const {
    const RuleOption* const flow = draft_.ast.find_option("flow");
    return flow != nullptr && flow->raw.find("only_stream") != flow->raw.npos;
  }

  /// As in the reference, where `dsize` names a most or `dsize:!N` a length, contents are looked
  /// for in as many bytes, from the match before where they are relative to it. That matters to
  /// the latter. And one with a variable as depth is not found.
  void limit_to_dsize(ContentItem& content) const {
    const RuleOption* const dsize = draft_.ast.find_option("dsize");
    if (content.has_depth && content.depth.variable >= 0) {
      content.depth = {};
    } else if (dsize == nullptr || !dsize->raw.starts_with('!')) {
      return;
    } else if (content.is_relative()) {
      limit(content.within, content.has_within, draft_.dsize_max);
    } else {
      const std::int64_t offset =
          content.has_offset && content.offset.variable < 0 ? content.offset.number : 0;
      limit(content.depth, content.has_depth, std::max<std::int64_t>(draft_.dsize_max - offset, 0));
    }
  }
  static void limit(NumberOrVariable& size, bool& has_size, std::int64_t most) {
    if (has_size && size.variable >= 0) return;
    size.number = has_size ? std::min(size.number, most) : most;
    has_size = true;
  }

  RuleType type() const {
    if (has_checks()) return RuleType::kTransaction;
    if (!rule_.frame_buffers.empty()) return RuleType::kFrame;
    if (draft_.is_decoder_event && rule_.header.layer == RuleHeader::Layer::kPacket) {
      return RuleType::kDecoderEvent;
    }
    if (rule_.payload != nullptr) {
      if (rule_.payload_on_stream && rule_.payload_on_packet) return RuleType::kPacketStream;
      if (rule_.payload_on_stream) return RuleType::kStream;
      // Where there are no streams the reference calls it by both names.
      const bool no_tcp = !rule_.header.any_protocol && !rule_.header.protocols.test(6);
      const bool either = no_tcp && !draft_.needs_packet && !draft_.has_dsize;
      return either ? RuleType::kPacketStream : RuleType::kPacket;
    }
    const bool on_packets = rule_.header.layer == RuleHeader::Layer::kEthernet ||
                            rule_.header.layer == RuleHeader::Layer::kArp;
    if (on_packets || !rule_.packet_buffers.empty() || draft_.wants_bypass ||
        rule_.hook != PacketHook::kNone) {
      return RuleType::kPacket;
    }
    // A direction alone, as `flow:to_server`, leaves a rule about the protocol one of those.
    const FlowRequirements& flow = draft_.flow;
    const bool direction_only = !flow.established && !flow.not_established && !flow.stateless &&
                                !flow.only_stream && !flow.no_stream && !flow.only_frag &&
                                !flow.no_frag;
    // `only_stream` and `no_stream` by themselves say nothing, as in the reference.
    const bool says_nothing = !draft_.wanted_direction && !flow.established &&
                              !flow.not_established && !flow.stateless && !flow.only_frag &&
                              !flow.no_frag;
    const std::size_t of_protocol = draft_.app_proto_matches + draft_.ip_proto_matches;
    if (rule_.packet_matches.size() == of_protocol && (direction_only || says_nothing)) {
      if (draft_.app_proto_matches != 0) return RuleType::kProtocolOnly;
      if (rule_.needs_protos) return RuleType::kAppLayer;
    }
    const bool bare =
        rule_.packet_matches.size() == draft_.ip_proto_matches + draft_.ip_only_matches &&
        rule_.post_matches.size() == draft_.ip_only_posts &&
        (!draft_.has_flow_keyword || says_nothing) && !rule_.needs_protos;
    if (!bare) return RuleType::kPacket;
    return draft_.has_negated_address ? RuleType::kLikeIpOnly : RuleType::kIpOnly;
  }

  void set_scope() {
    switch (rule_.type) {
      case RuleType::kIpOnly:
      case RuleType::kLikeIpOnly:
      case RuleType::kProtocolOnly:
      case RuleType::kAppLayer:
      case RuleType::kTransaction:
      case RuleType::kFrame:
        rule_.covers_flow = true;
        break;
      case RuleType::kStream:
      case RuleType::kPacketStream:
        rule_.covers_flow_if_stateful = true;
        break;
      case RuleType::kDecoderEvent:
      case RuleType::kPacket:
        break;
    }
    if (rule_.scope == ActionScope::kPacket || rule_.scope == ActionScope::kHook) {
      rule_.covers_flow = rule_.covers_flow_if_stateful = false;
    } else if (rule_.scope == ActionScope::kFlow) {
      rule_.covers_flow = true;
    }
  }

  RuleDraft& draft_;
  CompiledRule& rule_;
  RuleProgram& program_;
  unsigned bits_ = 0;
  std::vector<AppProto> dropped_[2];  ///< by direction
};

}  // namespace

Result<void> settle_rule(RuleDraft& draft, CompiledRule& rule, RuleProgram& program) {
  if (Settler(draft, rule, program).run()) return {};
  for (const DraftBuffer& buffer : rule.buffers) {
    if (buffer.kind != DraftBuffer::Kind::kTransaction || !rule.direction) continue;
    const bool exists = std::ranges::any_of(*buffer.protocols, [&](const BufferOfProtocol& each) {
      return each.side(*rule.direction).exists &&
             (rule.protos & proto_bit(each.protocol->proto)) != 0;
    });
    if (!exists) {
      return failure(buffer.name + " does not exist in the direction that flow: asks for");
    }
  }
  return failure(rule.direction ? "the rule mixes keywords with conflicting directions"
                                : "the rule mixes keywords with conflicting directions, a "
                                  "transactional rule with => should be used");
}

}  // namespace culvert
