// From flags to a running engine: configuration, log, user, engine, exit status. Every subcommand
// that runs something ends here.
#pragma once

#include "cli/flags.h"

namespace CLI {
class App;
}

namespace culvert {

/// The exit status of the process.
int start(const Flags& flags);

/// Writes the configuration in effect to standard output, as `a.b.c = value` lines.
int dump_config_in_effect(const Flags& flags);

/// -c, --include, --set, -s, -S, -l, -v ..., which all subcommands have. `flags` outlives
/// `command`.
void add_common_options(CLI::App& command, Flags& flags);

}  // namespace culvert
