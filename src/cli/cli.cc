#include "cli/cli.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/gwlb_command.h"
#include "cli/lists.h"
#include "cli/start.h"
#include "cli/suricata_flags.h"
#include "cli/version.h"

namespace culvert {
namespace {

/// All subcommands there are: a new one is a file and a line here.
struct Command {
  std::string_view name;
  void (*add)(CLI::App& program, int& status);
};
constexpr Command kCommands[] = {
    {"run", add_run_command},           {"read", add_read_command},
    {"check", add_check_command},       {"config", add_config_command},
    {"keywords", add_keywords_command}, {"gwlb", add_gwlb_command},
    {"explain", add_explain_command},   {"rules", add_rules_command},
    {"version", add_version_command},
};

bool is_command(std::string_view word) {
  return word == "--help" || word == "-h" || word == "help" ||
         std::ranges::any_of(kCommands, [word](const Command& each) { return each.name == word; });
}

int run_command(int argc, char** argv) {
  CLI::App program("culvert: intrusion detection and prevention behind cloud gateways", "culvert");
  program.require_subcommand(1);
  program.footer(
      "Suricata's flags work, too, when there is no command: culvert -V, culvert -c FILE "
      "-r FILE ...\n\n" +
      std::string(suricata_usage()));
  int status = 0;
  for (const Command& command : kCommands) command.add(program, status);
  if (std::string_view(argv[1]) == "help") {
    std::fputs(program.help().c_str(), stdout);
    return 0;
  }
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return program.exit(error) == 0 ? 0 : kUsageError;
  }
  return status;
}

int print(const std::string& text) {
  std::fputs(text.c_str(), stdout);
  return 0;
}

int run_suricata_flags(int argc, char** argv) {
  const Result<SuricataFlags> parsed = parse_suricata_flags(argc, argv);
  if (!parsed) {
    std::fprintf(stderr, "Error: %s\n", parsed.error().text().c_str());
    return 1;  // as Suricata
  }
  switch (parsed->action) {
    case CliAction::kRun:
      return start(parsed->flags);
    case CliAction::kUsage:
      return print(std::string(suricata_usage()));
    case CliAction::kVersion:
      return print(version_text() + "\n");
    case CliAction::kBuildInfo:
      return print(build_info_text());
    case CliAction::kListKeywords:
      return list_keywords(parsed->list_argument);
    case CliAction::kListProtocols:
      return list_protocols();
    case CliAction::kListRunmodes:
      return list_runmodes();
    case CliAction::kListHooks:
      return list_hooks();
    case CliAction::kListFrames:
      return list_frames();
    case CliAction::kDumpConfig:
      return dump_config_in_effect(parsed->flags);
    case CliAction::kDumpFeatures:
      return list_features();
  }
  return kUsageError;
}

}  // namespace

int run_cli(int argc, char** argv) {
  return argc > 1 && is_command(argv[1]) ? run_command(argc, argv) : run_suricata_flags(argc, argv);
}

}  // namespace culvert
