// `culvert keywords`: the rule language as it is built in.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "cli/commands.h"
#include "cli/lists.h"

namespace culvert {

void add_keywords_command(CLI::App& program, int& status) {
  CLI::App* const command =
      program.add_subcommand("keywords", "list the keywords that rules can use, or explain one");
  const auto what = std::make_shared<std::string>();
  const auto protocols = std::make_shared<bool>(false);
  command->add_option("name", *what, "a keyword, or: all, csv");
  command->add_flag("--protocols", *protocols, "list the application protocols instead");
  command->callback([what, protocols, &status] {
    status = *protocols ? list_protocols() : list_keywords(*what);
  });
}

}  // namespace culvert
