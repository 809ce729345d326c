#include "detect/rule_metas.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "app/protocol_spec.h"

namespace culvert {
namespace {

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

}  // namespace

MetaTables::MetaTables(const RuleSources& sources, Complaints& complaints)
    : complaints_(complaints),
      references_(parse_references(sources.references, sources.reference_name, complaints)) {
  const std::size_t errors = complaints.errors.size();
  classes_ = parse_classifications(sources.classification, sources.classification_name, complaints);
  if (complaints.errors.size() != errors) {
    complaints.warning("Error loading classification configuration from " +
                       sources.classification_name);
  }
  has_references_ = !sources.references.empty();
  has_classes_ = !sources.classification.empty();
}

void MetaTables::complete(RuleMeta& meta, bool has_priority) {
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

}  // namespace culvert
