// `culvert config`: the configuration in effect, or the defaults as a file to begin with.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/start.h"
#include "config/config_file.h"

namespace culvert {

void add_config_command(CLI::App& program, int& status) {
  CLI::App* const command =
      program.add_subcommand("config", "print the configuration in effect, a line a value");
  const auto flags = std::make_shared<Flags>();
  const auto defaults = std::make_shared<bool>(false);
  add_common_options(*command, *flags);
  command->add_flag("--default", *defaults,
                    "print the built-in configuration, with its comments, to begin a file with");
  command->callback([flags, defaults, &status] {
    if (!*defaults) {
      status = dump_config_in_effect(*flags);
      return;
    }
    const std::string_view text = built_in_config_text();
    status = std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
  });
}

}  // namespace culvert
