#include "detect/rule_set.h"

#include <algorithm>
#include <map>

#include "base/log.h"
#include "detect/reputation.h"
#include "detect/rule_compiler.h"
#include "detect/rule_indexer.h"
#include "detect/rule_metas.h"
#include "detect/rule_program.h"
#include "detect/shared_state.h"
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
  index_rules(*program, complaints);
  return program;
}

}  // namespace culvert
