// One function a subcommand: it adds the subcommand to the program's. When it is the one that was
// given, it runs while the command line is being parsed, and leaves the exit status in `status`.
#pragma once

namespace CLI {
class App;
}

namespace culvert {

void add_run_command(CLI::App& program, int& status);       // run_command.cc
void add_read_command(CLI::App& program, int& status);      // read_command.cc
void add_check_command(CLI::App& program, int& status);     // check_command.cc
void add_config_command(CLI::App& program, int& status);    // config_command.cc
void add_keywords_command(CLI::App& program, int& status);  // keywords_command.cc
void add_explain_command(CLI::App& program, int& status);   // explain_command.cc
void add_rules_command(CLI::App& program, int& status);     // rules_command.cc
void add_version_command(CLI::App& program, int& status);   // version_command.cc

}  // namespace culvert
