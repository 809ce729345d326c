// `culvert run`: packets from the network.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/start.h"

namespace culvert {

void add_run_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand("run", "inspect packets from the network");
  const auto flags = std::make_shared<Flags>();
  add_common_options(*command, *flags);
  command
      ->add_option("--gwlb", flags->interfaces,
                   "interface behind a Gateway Load Balancer: GENEVE in, the same packets back")
      ->required()
      ->expected(1);
  command->add_option("--health", flags->health_address,
                      "ADDRESS:PORT to serve /health/ready, /health/live and /metrics at");
  command->add_option("--user", flags->user, "run as this user once all is open");
  command->add_option("--group", flags->group, "and this group");
  command->add_option("--pidfile", flags->pidfile, "file for the process id");
  command->add_option("--bpf", flags->bpf, "only packets that match this libpcap filter");
  command->add_flag("-D,--daemon", flags->daemon, "run in the background");
  command->add_flag("--strict-rule-keywords", flags->strict_rule_keywords,
                    "deprecated options of rules are errors");
  command->callback([flags, &status] {
    flags->source = SourceKind::kGwlb;
    status = start(*flags);
  });
}

}  // namespace culvert
