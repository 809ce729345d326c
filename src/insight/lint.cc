#include "insight/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <tuple>

#include "insight/lint_context.h"
#include "rule/parser.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct LintCheck {
  std::string_view name, what;
  void (*run)(LintContext& context);
};

constexpr LintCheck kChecks[] = {
    {"ip-only", "rules without payload that decide on the first packet of a flow", lint_ip_only},
    {"shadowed-by-pass", "rules that a broader pass rule keeps from ever having a say", lint_shadowed},
    {"fast-pattern", "no fast pattern, or one so short or common that it finds everything", lint_fast_pattern},
    {"pcre", "pcre without content, that backtracks, or that is a plain string", lint_pcre},
    {"unconditional", "rules that match all traffic of their header", lint_unconditional},
    {"missing-flow", "TCP payload rules without flow", lint_missing_flow},
    {"never-matches", "protocol, direction and keywords that exclude each other", lint_never_matches},
    {"ports", "ports that are ignored, or on the wrong side for the direction", lint_ports},
    {"protocol-as-bytes", "rules that look for HTTP, TLS or DNS in raw bytes", lint_protocol_as_bytes},
    {"contradiction", "contents whose positions or texts exclude each other", lint_contradictions},
    {"variables", "flowbits and xbits that are tested and never set, or set and never tested", lint_variables},
    {"duplicate", "the same sid twice, or the same rule under two sids", lint_duplicates},
    {"noalert", "rules whose match has no effect", lint_noalert},
    {"form", "missing msg, rev or sid, old spellings of keywords", lint_form},
};

std::uint32_t number_option(const RuleAst& ast, std::string_view name, std::uint32_t fallback) {
  const RuleOption* const option = ast.find_option(name);
  if (option == nullptr) return fallback;
  const auto value = parse_unsigned(option->value, 0xffffffff);
  return value ? static_cast<std::uint32_t>(*value) : fallback;
}

/// "file:12:3" to its parts.
void split_where(const std::string& where, LintFinding& finding) {
  std::string rest = where;
  std::vector<std::uint32_t> numbers;
  for (int i = 0; i < 2; ++i) {
    const std::size_t colon = rest.rfind(':');
    if (colon == rest.npos || colon + 1 == rest.size() ||
        rest.find_first_not_of("0123456789", colon + 1) != rest.npos) {
      break;
    }
    numbers.push_back(static_cast<std::uint32_t>(std::strtoul(rest.c_str() + colon + 1, nullptr, 10)));
    rest.resize(colon);
  }
  finding.file = rest;
  if (!numbers.empty()) finding.line = numbers.back();
}

}  // namespace

std::string_view name_of(LintSeverity severity) {
  constexpr std::string_view kNames[] = {"note", "warning", "error"};
  return kNames[static_cast<std::size_t>(severity)];
}

std::string name_rule(const LintRule& rule) {
  return fmt::format("{}:{} ({}:{})", rule.gid, rule.sid,
                     rule.ast->file != nullptr ? *rule.ast->file : std::string(), rule.ast->line());
}

const std::vector<LintCheckInfo>& lint_checks() {
  static const std::vector<LintCheckInfo> kAll = [] {
    std::vector<LintCheckInfo> all{{"load", "rules that do not load, or load with a warning"}};
    for (const LintCheck& check : kChecks) all.push_back({check.name, check.what});
    return all;
  }();
  return kAll;
}

LintResult lint_rules(const RuleEnvironment& environment, const RuleSources& sources) {
  LintResult result;
  Complaints complaints;
  const auto compiled = compile_rules(environment, sources, complaints);
  const auto& program = static_cast<const RuleProgram&>(*compiled);
  result.rules = compiled->counts().loaded;

  std::vector<RuleFile> files;
  std::vector<LintRule> rules;
  for (const RuleSources::File& file : sources.files) {
    RuleParseOptions options;
    options.kind = file.firewall ? RuleKind::kFirewall : RuleKind::kDetection;
    files.push_back(parse_rules(file.text, file.name, options));
  }
  std::map<std::tuple<std::string_view, std::uint32_t, std::uint32_t>, const CompiledRule*> loaded;
  for (const auto& rule : program.all) {
    loaded.emplace(std::tuple(std::string_view(rule->meta.file), rule->meta.line, rule->meta.sid), rule.get());
  }
  for (const RuleFile& file : files) {
    for (const RuleAst& ast : file.rules) {
      LintRule each;
      each.ast = &ast;
      each.gid = number_option(ast, "gid", 1);
      each.sid = number_option(ast, "sid", 0);
      each.rev = number_option(ast, "rev", 0);
      const std::string_view name = ast.file != nullptr ? std::string_view(*ast.file) : std::string_view();
      const auto found = loaded.find(std::tuple(name, ast.line(), each.sid));
      if (found != loaded.end()) each.rule = found->second;
      rules.push_back(each);
    }
  }
  LintContext context(environment, program, std::move(rules), result);
  const auto add_complaint = [&](const Error& error, LintSeverity severity) {
    // Doubles are told by a check of their own.
    if (error.message.find("is there already") != std::string::npos ||
        error.message.find("replaces revision") != std::string::npos) {
      return;
    }
    LintFinding finding{"load", severity, {}, 0, 0, 0, error.message, {}};
    split_where(error.where, finding);
    for (const LintRule& rule : context.rules) {
      if (rule.ast->line() != finding.line || rule.ast->file == nullptr || *rule.ast->file != finding.file) {
        continue;
      }
      finding.gid = rule.gid;
      finding.sid = rule.sid;
      break;
    }
    if (severity == LintSeverity::kError) finding.remedy = "mend it: the rule is not loaded";
    result.findings.push_back(std::move(finding));
  };
  for (const Error& error : complaints.errors) add_complaint(error, LintSeverity::kError);
  for (const Error& warning : complaints.warnings) add_complaint(warning, LintSeverity::kWarning);
  for (const LintCheck& check : kChecks) check.run(context);

  std::map<std::string, std::size_t> order;  // files as they were given
  for (std::size_t i = 0; i < sources.files.size(); ++i) order.emplace(sources.files[i].name, i);
  std::ranges::stable_sort(result.findings, [&](const LintFinding& a, const LintFinding& b) {
    return std::tuple(order[a.file], a.line) < std::tuple(order[b.file], b.line);
  });
  return result;
}

}  // namespace culvert
