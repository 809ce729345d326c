// `culvert keywords`: the rule language as it is built in.
#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/lists.h"
#include "cli/reference_docs.h"

namespace culvert {

void add_keywords_command(CLI::App& program, int& status) {
  CLI::App* const command =
      program.add_subcommand("keywords", "list the keywords that rules can use, or explain one");
  const auto what = std::make_shared<std::string>();
  const auto protocols = std::make_shared<bool>(false);
  command->add_option("name", *what, "a keyword, or: all, csv");
  command->add_flag("--protocols", *protocols, "list the application protocols instead");
  const auto docs = std::make_shared<std::string>();
  command->add_option("--docs", *docs,
                      "write a page for each keyword, and the list of counters, into that folder");
  command->callback([what, protocols, docs, &status] {
    if (!docs->empty()) {
      const auto done = write_reference_docs(*docs);
      if (!done) log_error(done.error().text());
      status = done ? 0 : 1;
      return;
    }
    status = *protocols ? list_protocols() : list_keywords(*what);
  });
}

}  // namespace culvert
