// The command line as a whole: subcommands, or Suricata's flags when the first word is none.
#pragma once

namespace culvert {

/// main(): the exit status of the process. 2: the command line made no sense.
int run_cli(int argc, char** argv);

}  // namespace culvert
