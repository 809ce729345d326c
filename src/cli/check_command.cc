// `culvert check`: whether configuration and rules are good.
#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/start.h"

namespace culvert {

void add_check_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand(
      "check", "load configuration and rules, say all that is wrong with them, and stop");
  const auto flags = std::make_shared<Flags>();
  add_common_options(*command, *flags);
  command->add_option_function<std::vector<std::string>>(
      "rules",
      [flags](const std::vector<std::string>& files) {
        flags->rule_files_exclusive = true;
        flags->rule_files = files;
      },
      "rule files (those of the configuration)");
  command->add_flag("--strict-rule-keywords", flags->strict_rule_keywords,
                    "deprecated options of rules are errors");
  command->callback([flags, &status] {
    flags->test_only = true;
    // Nothing is written: any folder will do.
    if (flags->log_dir.empty()) flags->log_dir = std::filesystem::temp_directory_path().string();
    flags->no_log_file = true;
    status = start(*flags);
  });
}

}  // namespace culvert
