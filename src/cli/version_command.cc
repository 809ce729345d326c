// `culvert version`: what this is, and what is built in.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/version.h"

namespace culvert {

void add_version_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand("version", "say what this is");
  const auto all = std::make_shared<bool>(false);
  command->add_flag("--build", *all, "and what is built in");
  command->callback([all, &status] {
    std::fputs((*all ? build_info_text() : version_text() + "\n").c_str(), stdout);
    status = 0;
  });
}

}  // namespace culvert
