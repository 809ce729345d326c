// `culvert run`: packets from the network.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "cli/commands.h"
#include "cli/start.h"

namespace culvert {

void add_run_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand("run", "inspect packets from the network");
  const auto flags = std::make_shared<Flags>();
  add_common_options(*command, *flags);
  const auto gwlb = std::make_shared<std::vector<std::string>>();
  const auto sniffed = std::make_shared<std::vector<std::string>>();
  auto* const source = command->add_option_group("source", "where packets come from");
  source->require_option(1);
  source
      ->add_option("--gwlb", *gwlb,
                   "interface behind a Gateway Load Balancer: GENEVE in, the same packets back "
                   "(may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  source->add_option("-i,--af-packet", *sniffed, "interface to listen on (may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--health", flags->health_address,
                      "ADDRESS:PORT to serve /health/ready, /health/live and /metrics at");
  command->add_option("--user", flags->user, "run as this user once all is open");
  command->add_option("--group", flags->group, "and this group");
  command->add_option("--pidfile", flags->pidfile, "file for the process id");
  command->add_option("--bpf", flags->bpf, "only packets that match this libpcap filter");
  command->add_flag("-D,--daemon", flags->daemon, "run in the background");
  command->add_flag("--strict-rule-keywords", flags->strict_rule_keywords,
                    "deprecated options of rules are errors");
  command->callback([flags, gwlb, sniffed, &status] {
    flags->source = gwlb->empty() ? SourceKind::kAfPacket : SourceKind::kGwlb;
    flags->interfaces = gwlb->empty() ? *sniffed : *gwlb;
    status = start(*flags);
  });
}

}  // namespace culvert
