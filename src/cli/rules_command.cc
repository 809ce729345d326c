// `culvert rules lint` and `culvert rules profile`: what is wrong with rules, and what they cost.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "base/log.h"
#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "cli/commands.h"
#include "cli/start.h"
#include "cli/watched_run.h"
#include "engine/rule_files.h"
#include "insight/lint.h"
#include "insight/lint_report.h"
#include "insight/profile.h"
#include "insight/profile_report.h"

namespace culvert {
namespace {

int fail(const std::string& message) {
  std::fprintf(stderr, "Error: %s\n", message.c_str());
  return 2;
}

struct LintArguments {
  Flags flags;
  std::vector<std::string> only, ignore;
  std::string level = "note", fail_on = "warning";
  bool json = false, list = false;
  std::string color = "auto";
};

LintSeverity severity_of(const std::string& name) {
  if (name == "error") return LintSeverity::kError;
  return name == "warning" ? LintSeverity::kWarning : LintSeverity::kNote;
}

bool is_known_check(const std::string& name) {
  return std::ranges::any_of(lint_checks(), [&](const LintCheckInfo& each) { return each.name == name; });
}

int lint(const LintArguments& arguments) {
  if (arguments.list) {
    for (const LintCheckInfo& each : lint_checks()) {
      std::printf("%-18.*s %.*s\n", static_cast<int>(each.name.size()), each.name.data(),
                  static_cast<int>(each.what.size()), each.what.data());
    }
    return 0;
  }
  for (const auto& names : {arguments.only, arguments.ignore}) {
    for (const std::string& name : names) {
      if (!is_known_check(name)) return fail("\"" + name + "\" is no check; --list names them");
    }
  }
  LogOptions log_options;
  log_options.quiet_stdout = true;
  log_options.level = LogLevel::kError;
  configure_log(log_options);
  Complaints complaints;
  const ConfigNode config = load_effective_config(arguments.flags, complaints);
  RuleFileChoice choice;
  (arguments.flags.rule_files_exclusive ? choice.exclusive : choice.additional) = arguments.flags.rule_files;
  const RuleSources sources = read_rule_sources(config, choice, complaints);
  if (!complaints.ok()) return fail(complaints.errors.front().text());

  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.config = &config;
  environment.options = parse_detect_options(config, complaints);
  LintResult result = lint_rules(environment, sources);
  const auto named = [](const std::vector<std::string>& names, std::string_view check) {
    return std::ranges::find(names, check) != names.end();
  };
  const LintSeverity level = severity_of(arguments.level);
  std::erase_if(result.findings, [&](const LintFinding& each) {
    return each.severity < level || named(arguments.ignore, each.check) ||
           (!arguments.only.empty() && !named(arguments.only, each.check));
  });
  const std::string text = arguments.json ? lint_json(result) : lint_text(result, wants_color(arguments.color));
  std::fputs(text.c_str(), stdout);
  const LintSeverity limit = severity_of(arguments.fail_on);
  return std::ranges::any_of(result.findings, [&](const LintFinding& each) { return each.severity >= limit; }) ? 1 : 0;
}

struct ProfileArguments {
  Flags flags;
  std::string sort = "ticks";
  std::size_t top = 25;
  bool steps = false, json = false;
  std::string color = "auto";
};

int profile(const ProfileArguments& arguments) {
  const auto order = find_profile_order(arguments.sort);
  if (!order) return fail("--sort: one of " + std::string(kProfileOrders));
  auto run = WatchedRun::prepare(arguments.flags);
  if (!run) return fail(run.error().text());
  // The steps are measured beside the rules: only who asks for them pays.
  Profiler profiler(arguments.steps || arguments.json);
  if (auto done = run->run(profiler); !done) return fail(done.error().text());
  ProfileReportOptions report;
  report.order = *order;
  report.rules = arguments.top;
  report.steps = arguments.steps;
  report.color = wants_color(arguments.color);
  const std::string text = arguments.json ? profile_json(profiler.profile(), report)
                                          : profile_text(profiler.profile(), report);
  std::fputs(text.c_str(), stdout);
  return 0;
}

void add_lint(CLI::App& rules, int& status) {
  CLI::App* const command = rules.add_subcommand(
      "lint", "find rules that cannot do what was meant, or cost more than they have to");
  const auto arguments = std::make_shared<LintArguments>();
  add_common_options(*command, arguments->flags);
  const auto is_level = CLI::IsMember({"note", "warning", "error"});
  command->add_option("--only", arguments->only, "only these checks")->delimiter(',');
  command->add_option("--ignore", arguments->ignore, "not these checks")->delimiter(',');
  command->add_option("--level", arguments->level, "show from here on: note, warning, error (note)")->check(is_level);
  command->add_option("--fail-on", arguments->fail_on, "exit with 1 from here on (warning)")->check(is_level);
  command->add_flag("--list", arguments->list, "name the checks there are");
  command->add_flag("--json", arguments->json, "as JSON");
  command->add_option("--color", arguments->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->footer("The exit status is 0 when there is nothing to mend, 1 when there is, 2 for an error.");
  command->callback([arguments, &status] { status = lint(*arguments); });
}

void add_profile(CLI::App& rules, int& status) {
  CLI::App* const command = rules.add_subcommand("profile", "what each rule costs on a capture");
  const auto arguments = std::make_shared<ProfileArguments>();
  add_common_options(*command, arguments->flags);
  command->add_option("-r,--read", arguments->flags.captures, "pcap or pcapng file")->required()->expected(1);
  command->add_option("--sort", arguments->sort, "ticks, avg, checks, matches, max or avg-no-match (ticks)");
  command->add_option("--top", arguments->top, "how many rules to list, 0 for all (25)");
  command->add_flag("--steps", arguments->steps, "the contents, pcres and the like of each rule, too");
  command->add_flag("--json", arguments->json, "as JSON, with the steps");
  command->add_option("--color", arguments->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->callback([arguments, &status] { status = profile(*arguments); });
}

}  // namespace

void add_rules_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand("rules", "insight into rules: lint, profile");
  command->require_subcommand(1);
  add_lint(*command, status);
  add_profile(*command, status);
}

}  // namespace culvert
