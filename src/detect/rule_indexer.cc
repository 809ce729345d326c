#include "detect/rule_indexer.h"

#include <algorithm>

#include "app/protocol_spec.h"
#include "base/log.h"
#include "detect/pattern_sharing.h"
#include "detect/shared_state.h"
#include "match/matcher_store.h"

namespace culvert {
namespace {

class Indexer {
 public:
  Indexer(RuleProgram& program, Complaints& complaints)
      : program_(program), complaints_(complaints) {}

  void run() {
    program_.addresses.build();
    program_.ports.build();
    tx_.resize(program_.buffers.size());
    tx_rules_.resize(program_.buffers.size());
    for (const auto& rule : program_.all) index(*rule);
    mark_auto_accept();
    build_prefilters();
    build_packet_lists();
    for (auto& directions : program_.by_protocol) {
      for (auto& side : directions) {
        std::ranges::stable_sort(side.buffers, {}, &RuleProgram::ByProtocol::Buffer::progress);
      }
    }
  }

 private:
  static bool goes(const CompiledRule& rule, std::size_t direction) {
    return !rule.direction || index_of(*rule.direction) == direction;
  }
  static bool covers_class(const CompiledRule& rule, PacketClass which) {
    const RuleHeader& header = rule.header;
    if (header.layer == RuleHeader::Layer::kPacket) return true;
    const bool not_ip =
        header.layer == RuleHeader::Layer::kEthernet || header.layer == RuleHeader::Layer::kArp;
    if (not_ip || which == PacketClass::kNotIp) return not_ip;
    if (header.any_protocol) return true;
    switch (which) {
      case PacketClass::kTcp:
        return header.protocols.test(6);
      case PacketClass::kUdp:
        return header.protocols.test(17);
      case PacketClass::kIcmp:
        return header.protocols.test(1) || header.protocols.test(58);
      case PacketClass::kOtherIp:
      case PacketClass::kNotIp:
        return true;
    }
    return true;
  }

  void index(const CompiledRule& rule) {
    if (rule.hook == PacketHook::kPreFlow || rule.hook == PacketHook::kPreStream) {
      ++program_.counts_.packet;
      (rule.hook == PacketHook::kPreFlow ? program_.pre_flow : program_.pre_stream)
          .push_back(rule.number);
      return;
    }
    if (rule.meta.is_firewall) {
      index_firewall(rule);
      return;
    }
    if (rule.type == RuleType::kTransaction) {
      index_transaction(rule);
      return;
    }
    if (rule.type == RuleType::kFrame) {
      index_frame(rule);
      return;
    }
    switch (rule.type) {
      case RuleType::kDecoderEvent:
        ++program_.counts_.decoder;
        program_.decoder_events.push_back(rule.number);
        return;
      case RuleType::kIpOnly:
      case RuleType::kLikeIpOnly:
        ++program_.counts_.ip_only;
        for (std::size_t i = 0; i < kPacketClasses; ++i) {
          if (covers_class(rule, static_cast<PacketClass>(i))) {
            program_.first_packet[i].push_back(rule.number);
          }
        }
        return;
      case RuleType::kProtocolOnly:
        ++program_.counts_.app_layer;
        program_.protocol_only.push_back(rule.number);
        return;
      case RuleType::kAppLayer:
        ++program_.counts_.app_layer;
        break;
      case RuleType::kStream:
      case RuleType::kPacketStream:
        ++program_.counts_.stream;
        break;
      default:
        ++program_.counts_.packet;
        break;
    }
    index_packet(rule);
  }

  void index_firewall(const CompiledRule& rule) {
    if (rule.hooks.empty()) {
      ++program_.counts_.packet;
      for (std::size_t i = 0; i < kPacketClasses; ++i) {
        if (covers_class(rule, static_cast<PacketClass>(i))) {
          program_.filter[i].push_back(rule.number);
        }
      }
      return;
    }
    ++program_.counts_.app_layer;
    for (const TransactionHook& hook : rule.hooks) {
      for (std::size_t d = 0; d < 2; ++d) {
        const BufferSide& side = d == 0 ? hook.to_server : hook.to_client;
        if (!side.exists) continue;
        state_of(hook.proto, d, side.progress).rules.push_back(rule.number);
      }
    }
  }
  RuleProgram::FirewallState& state_of(AppProto proto, std::size_t direction,
                                       std::size_t progress) {
    auto& states = program_.filter_app[static_cast<std::size_t>(proto)][direction];
    if (states.size() <= progress) states.resize(progress + 1);
    return states[progress];
  }

  /// `<hook` accepts the states that have no rules, unless a plain rule stands at a state before.
  void mark_auto_accept() {
    for (auto& directions : program_.filter_app) {
      for (auto& states : directions) {
        for (std::size_t at = 0; at < states.size(); ++at) {
          bool plain = false, up_to = false;
          for (const std::uint32_t number : states[at].rules) {
            (program_.all[number]->firewall.up_to_hook ? up_to : plain) = true;
          }
          for (std::size_t i = 0; up_to && i < at; ++i) {
            states[i].auto_accept = states[i].auto_accept || states[i].rules.empty();
          }
          if (plain) break;
        }
      }
    }
  }

  /// Rules on packets and streams: by pattern, else by protocol and port.
  void index_packet(const CompiledRule& rule) {
    if (rule.payload_on_stream) program_.has_stream_rules = true;
    if (rule.indexed == nullptr) {
      without_pattern_.push_back(&rule);
      return;
    }
    index_payload_pattern(rule);
  }
  void index_payload_pattern(const CompiledRule& rule) {
    for (std::size_t direction = 0; direction < 2; ++direction) {
      if (!goes(rule, direction)) continue;
      if ((rule.payload_on_stream || rule.payload_on_packet) &&
          covers_class(rule, PacketClass::kTcp)) {
        payload_[0][direction].add(rule);
      }
      if (covers_class(rule, PacketClass::kUdp)) {
        payload_[1][direction].add(rule);
      }
      if (rule.header.any_protocol || covers_class(rule, PacketClass::kIcmp) ||
          !(rule.header.protocols.test(6) || rule.header.protocols.test(17))) {
        payload_[2][direction].add(rule);
      }
    }
  }

  void index_transaction(const CompiledRule& rule) {
    ++program_.counts_.app_layer;
    for (std::size_t p = 0; p < RuleProgram::kProtos; ++p) {
      const ProtoSet bit = ProtoSet{1} << p;
      for (std::size_t direction = 0; direction < 2; ++direction) {
        if ((rule.check_protos[direction] & bit) == 0) continue;
        RuleProgram::ByProtocol& side = program_.by_protocol[p][direction];
        side.any = true;
        if (rule.indexed == nullptr) side.without_pattern.push_back(rule.number);
      }
    }
    if (rule.indexed == nullptr) return;
    const DraftBuffer& source = rule.buffers[static_cast<std::size_t>(rule.indexed_buffer)];
    if (source.kind == DraftBuffer::Kind::kPayload) {
      program_.has_stream_rules |= rule.payload_on_stream;
      index_payload_pattern(rule);
      return;
    }
    for (const auto& checks : rule.checks) {
      for (const TransactionCheck& check : checks) {
        if (check.kind != TransactionCheck::Kind::kBuffer || check.chain != &source.chain) continue;
        tx_rules_[check.buffer].push_back(&rule);
        const TransactionBuffer& buffer = *program_.buffers[check.buffer];
        auto& list =
            program_.by_protocol[static_cast<std::size_t>(check.proto)][index_of(buffer.direction)]
                .buffers;
        using Buffer = RuleProgram::ByProtocol::Buffer;
        if (std::ranges::find(list, check.buffer, &Buffer::index) == list.end()) {
          list.push_back({check.buffer, buffer.progress});
        }
      }
    }
  }

  void index_frame(const CompiledRule& rule) {
    ++program_.counts_.app_layer;
    const DraftBuffer& source = rule.indexed == nullptr
                                    ? *rule.frame_buffers.front()
                                    : rule.buffers[static_cast<std::size_t>(rule.indexed_buffer)];
    program_.frame_protos_ |= proto_bit(source.frame_proto);
    for (std::size_t direction = 0; direction < 2; ++direction) {
      if (!goes(rule, direction)) continue;
      const std::uint16_t number = frame_number(source, static_cast<Direction>(direction));
      if (rule.indexed != nullptr) {
        frames_[number].add(*rule.indexed, rule.number);
      } else {
        program_.frames[number]->without_pattern.push_back(rule.number);
      }
    }
  }
  std::uint16_t frame_number(const DraftBuffer& source, Direction direction) {
    std::string key = source.name;
    for (const auto& transform : source.transforms) key += ";" + transform->key();
    const auto next = static_cast<std::uint16_t>(program_.frames.size());
    const auto [found, is_new] = frame_numbers_.emplace(std::pair(key, direction), next);
    if (is_new) {
      auto buffer = std::make_unique<FrameBuffer>();
      buffer->proto = source.frame_proto;
      buffer->type = source.frame_type;
      buffer->direction = direction;
      buffer->transforms = source.transforms;
      program_.frames.push_back(std::move(buffer));
      frames_.emplace_back();
      program_.frames_of[static_cast<std::size_t>(source.frame_proto)][index_of(direction)]
          .push_back(next);
    }
    return found->second;
  }

  void build_prefilters() {
    std::vector<PendingPrefilter> pending;
    for (std::size_t d = 0; d < 2; ++d) {
      for (std::size_t i = 0; i < 3; ++i) {
        payload_[i][d].build(program_.ports, i == 0, program_.payload[i][d], pending);
      }
    }
    for (std::size_t i = 0; i < tx_.size(); ++i) {
      TransactionBuffer& buffer = *program_.buffers[i];
      // Bodies come in pieces, and are searched along with the stream.
      if (!buffer.buffer->in_stream) buffer.prefilter.at_end = take_those_at_end(tx_rules_[i]);
      for (const CompiledRule* const rule : tx_rules_[i]) tx_[i].add(*rule->indexed, rule->number);
      tx_[i].build(buffer.prefilter, pending, true);
      build_body(i, pending);
    }
    for (std::size_t i = 0; i < frames_.size(); ++i) {
      frames_[i].build(program_.frames[i]->prefilter, pending, true);
    }
    PatternSharing sharing;
    sharing.share(pending);
    std::vector<const PatternSet*> sets;
    for (const PendingPrefilter& each : pending) sets.push_back(each.patterns);
    const DetectOptions& options = program_.options;
    MadeMatchers made = make_matchers(
        sets, {.folder = options.matcher_cache, .max_age = options.matcher_cache_max_age});
    for (std::size_t i = 0; i < sets.size(); ++i) {
      if (made.matchers[i] != nullptr) pending[i].prefilter->matcher = std::move(made.matchers[i]);
    }
    make_short_matchers(pending);
    for (Error& error : made.errors) complaints_.errors.push_back(std::move(error));
    log_info(
        "pattern databases: " + std::to_string(made.compiled) + " compiled, " +
        std::to_string(made.from_cache) + " from the cache, " + std::to_string(made.shared) +
        " shared" +
        (made.unusable != 0 ? ", " + std::to_string(made.unusable) + " files were of no use" : "") +
        (made.cache_complaint.empty() ? "" : "; nothing is cached: " + made.cache_complaint));
  }

  /// What several buffers show of one body is searched once; and along with its packets where it is
  /// a piece of the stream. REQUIRES: the buffer's prefilter is the last.
  void build_body(std::size_t number, std::vector<PendingPrefilter>& pending) {
    TransactionBuffer& buffer = *program_.buffers[number];
    if (!buffer.buffer->in_stream || !buffer.transforms.empty()) return;
    const std::size_t direction = index_of(buffer.direction);
    const auto next = static_cast<unsigned>(pending.size());
    const auto key = std::pair(buffer.protocol->proto, buffer.direction);
    pending.back().group = body_groups_.emplace(key, next).first->second;
    PayloadPart* const part = program_.payload[0][direction].part_of(buffer.protocol->proto);
    if (!buffer.protocol->bodies_in_stream || part == nullptr) return;
    part->holds_bodies = true;
    const unsigned packets =
        std::ranges::find(pending, &part->packet, &PendingPrefilter::prefilter)->group;
    tx_[number].build(buffer.in_stream, pending, false);
    pending.back().group = packets;
  }

  static void make_short_matchers(const std::vector<PendingPrefilter>& pending) {
    std::map<const PatternSet*, std::shared_ptr<const ShortBufferMatcher>> made;
    for (const PendingPrefilter& each : pending) {
      const PatternSet& patterns = *each.patterns;
      if (!each.for_short_buffers || patterns.size() > ShortBufferMatcher::kMostPatterns) continue;
      auto& matcher = made[&patterns];
      if (matcher == nullptr) matcher = std::make_shared<const ShortBufferMatcher>(patterns);
      each.prefilter->short_matcher = matcher;
    }
  }

  void build_packet_lists() {
    std::map<RuleList, std::uint32_t> known;
    const std::uint32_t classes = program_.ports.class_count();
    for (std::size_t which = 0; which < kPacketClasses; ++which) {
      for (std::size_t direction = 0; direction < 2; ++direction) {
        auto& table = program_.packet_lists[which][direction];
        for (std::uint32_t port = 0; port < classes; ++port) {
          const SetRow row = program_.ports.row_of_class(port);
          RuleList list;
          for (const CompiledRule* rule : without_pattern_) {
            if (!goes(*rule, direction) || !covers_class(*rule, static_cast<PacketClass>(which))) {
              continue;
            }
            const std::uint16_t set = rule->header.destination_ports;
            const std::uint16_t back = rule->header.source_ports;
            const bool ok =
                set == PortClasses::kAny || row.has(set) ||
                (rule->header.both_ways && (back == PortClasses::kAny || row.has(back)));
            if (ok) list.push_back(rule->number);
          }
          const auto [found, is_new] =
              known.emplace(std::move(list), static_cast<std::uint32_t>(program_.lists.size()));
          if (is_new) program_.lists.push_back(found->first);
          table.push_back(found->second);
        }
      }
    }
  }

  RuleProgram& program_;
  Complaints& complaints_;
  PayloadIndexBuilder payload_[3][2];
  std::vector<std::vector<const CompiledRule*>> tx_rules_;  ///< by buffer: those with a pattern
  std::vector<PrefilterBuilder> tx_;
  std::vector<PrefilterBuilder> frames_;
  std::map<std::pair<std::string, Direction>, std::uint16_t> frame_numbers_;
  std::map<std::pair<AppProto, Direction>, unsigned> body_groups_;  ///< PendingPrefilter::group
  std::vector<const CompiledRule*> without_pattern_;
};

}  // namespace

void index_rules(RuleProgram& program, Complaints& complaints) {
  Indexer(program, complaints).run();
}

}  // namespace culvert
