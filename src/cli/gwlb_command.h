// `culvert gwlb`: a Gateway Load Balancer in software (see src/emulator).
#pragma once

namespace CLI {
class App;
}

namespace culvert {

/// Adds the subcommand to the program's. When it is the one that was given, it runs while the
/// command line is being parsed, and leaves the exit status in `status`.
void add_gwlb_command(CLI::App& program, int& status);

}  // namespace culvert
