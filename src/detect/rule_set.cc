#include "detect/rule_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "app/protocol_spec.h"
#include "base/log.h"
#include "config/classification.h"
#include "config/reference.h"
#include "config/threshold_file.h"
#include "detect/pattern_sharing.h"
#include "detect/reputation.h"
#include "detect/rule_compiler.h"
#include "detect/rule_program.h"
#include "detect/shared_state.h"
#include "match/matcher_store.h"
#include "rule/parser.h"

namespace culvert {

const std::shared_ptr<const MultiPatternMatcher>& no_patterns() {
  static const auto kNone = std::make_shared<const MultiPatternMatcher>();
  return kNone;
}

PacketClass class_of(const Packet& packet) {
  switch (packet.layer4) {
    case Layer4::kTcp:
      return PacketClass::kTcp;
    case Layer4::kUdp:
      return PacketClass::kUdp;
    case Layer4::kIcmp4:
    case Layer4::kIcmp6:
      return PacketClass::kIcmp;
    default:
      return packet.is_ip() ? PacketClass::kOtherIp : PacketClass::kNotIp;
  }
}

namespace {

/// Where in the order of evaluation an action stands.
std::size_t action_rank(const CompiledRule& rule, const DetectOptions& options) {
  ActionClass wanted = ActionClass::kAlert;
  if (rule.meta.is_pass) {
    wanted = ActionClass::kPass;
  } else if (rule.meta.action == Action::kDrop) {
    wanted = ActionClass::kDrop;
  } else if (rule.meta.action == Action::kReject) {
    wanted = ActionClass::kReject;
  }
  const auto found = std::ranges::find(options.action_order, wanted);
  return static_cast<std::size_t>(found - options.action_order.begin());
}

/// Firewall rules stay in the order of their file, before all others.
void sort_rules(RuleProgram& program) {
  std::ranges::stable_sort(program.all, [&](const auto& a, const auto& b) {
    if (a->meta.is_firewall != b->meta.is_firewall) return a->meta.is_firewall;
    if (a->meta.is_firewall) return false;
    const auto rank = [&](const CompiledRule& rule) {
      return std::tuple(action_rank(rule, program.options), rule.flowbit_class, rule.hostbit_class,
                        rule.pairbit_class, rule.meta.priority, rule.meta.sid);
    };
    return rank(*a) < rank(*b);
  });
  for (std::uint32_t i = 0; i < program.all.size(); ++i) {
    program.all[i]->number = i;
    program.metas_.push_back(&program.all[i]->meta);
    program.gates.push_back(RuleGate::of(*program.all[i]));
  }
}

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

/// classification.config and reference.config, which complete what rules say about themselves.
class MetaTables {
 public:
  MetaTables(const RuleSources& sources, Complaints& complaints)
      : complaints_(complaints),
        references_(parse_references(sources.references, sources.reference_name, complaints)) {
    const std::size_t errors = complaints.errors.size();
    classes_ =
        parse_classifications(sources.classification, sources.classification_name, complaints);
    if (complaints.errors.size() != errors) {
      complaints.warning("Error loading classification configuration from " +
                         sources.classification_name);
    }
    has_references_ = !sources.references.empty();
    has_classes_ = !sources.classification.empty();
  }

  /// Priority and category by classtype, prefixes of references. What a table lacks is said once.
  void complete(RuleMeta& meta, bool has_priority) {
    if (const Classification* const found = classes_.find(meta.classtype)) {
      meta.category = found->description;
      if (!has_priority) meta.priority = static_cast<std::uint32_t>(found->priority);
    } else if (has_classes_ && !meta.classtype.empty() && missing_.insert(meta.classtype).second) {
      complaints_.warning(fmt::format(
          "signature sid:{} uses unknown classtype: \"{}\", using default priority 3. This message "
          "won't be shown again for this classtype",
          meta.sid, meta.classtype));
    }
    for (RuleMeta::Reference& reference : meta.references) {
      if (const std::string* const prefix = references_.find(reference.system)) {
        reference.prefix = *prefix;
      } else if (has_references_ && missing_.insert("reference " + reference.system).second) {
        complaints_.warning("unknown reference key \"" + reference.system + "\"");
      }
    }
  }

 private:
  Complaints& complaints_;
  References references_;
  Classifications classes_;
  bool has_references_ = false, has_classes_ = false;
  std::set<std::string> missing_;
};

ThresholdSpec::Track track_of(ThresholdTrack track) {
  switch (track) {
    case ThresholdTrack::kBySource:
      return ThresholdSpec::Track::kSource;
    case ThresholdTrack::kByDestination:
      return ThresholdSpec::Track::kDestination;
    case ThresholdTrack::kByBoth:
      return ThresholdSpec::Track::kBoth;
    case ThresholdTrack::kByFlow:
      return ThresholdSpec::Track::kFlow;
    case ThresholdTrack::kByEither:
      return ThresholdSpec::Track::kEither;
    case ThresholdTrack::kNone:
    case ThresholdTrack::kByRule:
      return ThresholdSpec::Track::kRule;
  }
  return ThresholdSpec::Track::kRule;
}

/// Entries of threshold.config on top of the rules' own.
void apply_thresholds(RuleProgram& program, SetCache& sets,
                      const std::vector<ThresholdEntry>& entries, Complaints& complaints) {
  for (const ThresholdEntry& entry : entries) {
    ThresholdSpec spec;
    spec.track = track_of(entry.track);
    spec.count = entry.count;
    spec.seconds = entry.seconds;
    spec.timeout_seconds = entry.timeout_seconds;
    spec.new_action = static_cast<ThresholdSpec::NewAction>(entry.new_action);
    switch (entry.verb) {
      case ThresholdVerb::kThreshold:
        spec.kind = static_cast<ThresholdSpec::Kind>(entry.type);
        break;
      case ThresholdVerb::kRateFilter:
        spec.kind = ThresholdSpec::Kind::kRateFilter;
        break;
      case ThresholdVerb::kSuppress:
        spec.kind = ThresholdSpec::Kind::kSuppress;
        spec.suppress_all = entry.track == ThresholdTrack::kNone;
        if (!spec.suppress_all) {
          auto addresses = sets.addresses(entry.addresses);
          if (!addresses) {
            complaints.error(addresses.error().message, entry.where);
            continue;
          }
          spec.addresses = *addresses;
        }
        break;
    }
    for (const auto& rule : program.all) {
      const bool meant = (entry.gid == 0 || rule->meta.gid == entry.gid) &&
                         (entry.sid == 0 || rule->meta.sid == entry.sid);
      if (!meant) continue;
      if (entry.verb == ThresholdVerb::kSuppress) {
        rule->suppressions.push_back(spec);
      } else if (entry.verb == ThresholdVerb::kRateFilter) {
        rule->rate_filter = spec;
      } else if (entry.sid != 0 || !rule->threshold) {
        rule->threshold = spec;
      }
    }
  }
}

/// What alerts of default policies say of themselves: two signatures of the engine's own.
void add_policy_metas(RuleProgram& program, const RuleEnvironment& environment) {
  const auto make = [&](std::uint32_t sid, std::string_view msg, std::string hook,
                        const FirewallPolicy& policy) {
    auto meta = std::make_unique<RuleMeta>();
    meta->sid = sid;
    meta->rev = 1;
    meta->msg = msg;
    meta->is_firewall = true;
    meta->firewall_hook = std::move(hook);
    meta->firewall_policy =
        std::string(policy.verb == RuleVerb::kReject ? "rejectsrc" : to_string(policy.verb)) + ":" +
        std::string(to_string(policy.scope)) + ",alert";
    meta->reject = policy.reject();
    meta->action = policy.accepts()                 ? Action::kAccept
                   : policy.verb == RuleVerb::kDrop ? Action::kDrop
                                                    : Action::kReject;
    program.policy_metas.push_back(std::move(meta));
    return program.policy_metas.back().get();
  };
  const FirewallOptions& options = environment.options.firewall;
  if (options.filter.alert) {
    program.filter_policy =
        make(2201000, "SURICATA FW default packet policy", "packet:filter", options.filter);
  }
  for (const ProtocolSpec* const spec : environment.protocols) {
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      auto& states = program.filter_app[static_cast<std::size_t>(spec->proto)][index_of(direction)];
      states.resize(std::size_t{spec->complete(direction)} + 1);
      for (std::size_t at = 0; at < states.size(); ++at) {
        const FirewallPolicy& policy = options.app_policy(spec->proto, direction, at);
        if (!policy.alert) continue;
        const std::string_view state = hook_name(*spec, direction, at);
        std::string hook;
        if (!state.empty()) hook = std::string(name_of(spec->proto)) + ":" + std::string(state);
        states[at].policy =
            make(2201001, "SURICATA FW default app policy", std::move(hook), policy);
      }
    }
  }
}

}  // namespace

std::span<const RuleFailure> rule_failures(const RuleSet& rules) {
  return static_cast<const RuleProgram&>(rules).failures;
}

std::shared_ptr<const RuleSet> compile_rules(const RuleEnvironment& environment,
                                             const RuleSources& sources, Complaints& complaints) {
  auto program = std::make_shared<RuleProgram>();
  program->options = environment.options;
  RuleCatalog catalog(environment);
  if (environment.shared != nullptr) catalog.names = environment.shared->names();
  if (environment.config != nullptr) {
    catalog.reputation = Reputation::load(*environment.config, complaints);
  }
  MetaTables tables(sources, complaints);

  // The newest revision of a rule counts; of the same, the first.
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::size_t> by_sid;
  for (const RuleSources::File& file : sources.files) {
    RuleParseOptions options;
    options.kind = file.firewall ? RuleKind::kFirewall : RuleKind::kDetection;
    const auto on_refused = [&](RefusedRule&& refused) {
      ++program->counts_.failed;
      program->failures.push_back({refused.error.message, "detect-parse", refused.text, file.name,
                                   refused.line, refused.error.where});
      complaints.errors.push_back(std::move(refused.error));
    };
    const auto on_rule = [&](const RuleAst& ast) {
      auto outcome = compile_rule(ast, catalog, *program, file.firewall, complaints);
      if (!outcome) {
        ++program->counts_.failed;
        const std::string& option = program->failed_option;
        const bool unknown = outcome.error().message.starts_with("unknown rule keyword");
        program->failures.push_back({outcome.error().message,
                                     "detect-" + (option.empty() || unknown ? "parse" : option),
                                     *ast.text, file.name, ast.line(), outcome.error().where});
        complaints.errors.push_back(outcome.error());
        return;
      }
      if (outcome->rule == nullptr) {
        if (!outcome->skipped.empty()) ++program->counts_.skipped;
        return;
      }
      std::unique_ptr<CompiledRule> rule = std::move(outcome->rule);
      tables.complete(rule->meta, rule->has_priority);
      const auto [found, is_new] =
          by_sid.emplace(std::pair(rule->meta.gid, rule->meta.sid), program->all.size());
      if (is_new) {
        program->all.push_back(std::move(rule));
        return;
      }
      std::unique_ptr<CompiledRule>& other = program->all[found->second];
      const std::string name =
          std::to_string(rule->meta.gid) + ":" + std::to_string(rule->meta.sid);
      if (rule->meta.rev > other->meta.rev) {
        complaints.warning("rule " + name + " replaces revision " + std::to_string(other->meta.rev),
                           ast.where());
        other = std::move(rule);
      } else {
        ++program->counts_.failed;
        complaints.error(
            "rule " + name + " is there already, in revision " + std::to_string(other->meta.rev),
            ast.where());
      }
    };
    const auto on_warning = [&](Error&& warning) {
      complaints.warnings.push_back(std::move(warning));
    };
    each_rule(file.text, file.name, options,
              {.on_rule = on_rule, .on_refused = on_refused, .on_warning = on_warning});
  }
  std::erase(program->all, nullptr);
  if (environment.options.firewall.enabled) add_policy_metas(*program, environment);
  program->counts_.loaded = static_cast<std::uint32_t>(program->all.size());
  sort_rules(*program);
  const auto entries = parse_threshold_file(sources.thresholds, sources.threshold_name, complaints);
  log_info("Threshold config parsed: " + std::to_string(entries.size()) + " rule(s) found",
           "threshold-config");
  apply_thresholds(*program, catalog.sets, entries, complaints);
  program->names = std::move(catalog.names);
  if (environment.shared != nullptr) environment.shared->keep_names(program->names);
  Indexer(*program, complaints).run();
  return program;
}

}  // namespace culvert
