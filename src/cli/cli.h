// The command line as a whole: subcommands, or Suricata's flags when the first word is none.
#pragma once

namespace culvert {

/// Exit status: the command line made no sense.
constexpr int kUsageError = 2;

/// main(): the exit status of the process.
int run_cli(int argc, char** argv);

}  // namespace culvert
