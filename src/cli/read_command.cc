// `culvert read`: packets from capture files.
#include <CLI/CLI.hpp>
#include <memory>

#include "cli/commands.h"
#include "cli/start.h"

namespace culvert {

void add_read_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand("read", "inspect packets from capture files");
  const auto flags = std::make_shared<Flags>();
  add_common_options(*command, *flags);
  command
      ->add_option("capture", flags->captures,
                   "pcap or pcapng file, folder of them, or - for standard input")
      ->required()
      ->expected(1);
  command->add_flag("--recursive", flags->pcap_file.recursive, "also folders in folders");
  command->add_flag("--continuous", flags->pcap_file.continuous,
                    "go on looking for new files until stopped");
  command->add_flag("--simulate-ips", flags->simulate_ips, "act as if inline");
  command->add_option("--bpf", flags->bpf, "only packets that match this libpcap filter");
  command->add_flag("--strict-rule-keywords", flags->strict_rule_keywords,
                    "deprecated options of rules are errors");
  command->callback([flags, &status] {
    flags->source = SourceKind::kPcapFile;
    if (flags->log_dir.empty()) flags->log_dir = ".";
    status = start(*flags);
  });
}

}  // namespace culvert
