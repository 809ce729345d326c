#include "cli/gwlb_command.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "base/log.h"
#include "cli/cli.h"
#include "config/config_file.h"
#include "emulator/blast.h"
#include "emulator/control_socket.h"
#include "emulator/emulator.h"

namespace culvert {
namespace {

// The one thing that a signal handler can reach.
std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free);
void on_stop_signal(int) { stop_requested = true; }

int complain(const Error& error) {
  std::fprintf(stderr, "culvert gwlb: %s\n", error.text().c_str());
  return 1;
}

struct RunFlags {
  std::string config_file;
  std::vector<std::string> endpoints, addresses, targets, overrides;
};

/// "vpce-...,client=NAMESPACE:DEVICE,internet=NAMESPACE:DEVICE" into the tree; the namespace may be
/// left out.
void add_endpoint(ConfigNode& root, std::size_t index, const std::string& text) {
  const ConfigPlace place{std::make_shared<const std::string>("--endpoint"), 0, 0};
  const std::string path = fmt::format("endpoints.{}.", index);
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    const std::string part = text.substr(begin, end - begin);
    begin = end + 1;
    const std::size_t equals = part.find('=');
    if (equals == part.npos) {
      root.make_path(path + "id", place).set_value(part);
      continue;
    }
    const std::string side = part.substr(0, equals), where = part.substr(equals + 1);
    const std::size_t colon = where.rfind(':');
    if (colon != where.npos)
      root.make_path(path + side + ".namespace", place).set_value(where.substr(0, colon));
    root.make_path(path + side + ".device", place)
        .set_value(colon == where.npos ? where : where.substr(colon + 1));
  }
}

void add_list(ConfigNode& root, const std::string& key, const std::vector<std::string>& values) {
  const ConfigPlace place{std::make_shared<const std::string>("--" + key), 0, 0};
  for (std::size_t i = 0; i < values.size(); ++i)
    root.make_path(fmt::format("{}.{}", key, i), place).set_value(values[i]);
  if (!values.empty()) root.make_path(key, place).set_kind(ConfigNode::Kind::kSequence);
}

int run(const RunFlags& flags) {
  Complaints complaints;
  ConfigNode root;
  if (!flags.config_file.empty()) root = load_config_file(flags.config_file, complaints);
  for (std::size_t i = 0; i < flags.endpoints.size(); ++i)
    add_endpoint(root, i, flags.endpoints[i]);
  if (!flags.endpoints.empty())
    root.make_path("endpoints", {}).set_kind(ConfigNode::Kind::kSequence);
  add_list(root, "addresses", flags.addresses);
  add_list(root, "targets", flags.targets);
  for (const std::string& assignment : flags.overrides)
    apply_override(root, assignment, complaints);
  const emulator::EmulatorOptions options = emulator::parse_emulator_options(root, complaints);
  for (const auto& [path, node] : unknown_keys(root, nullptr))
    complaints.error(path + ": there is no such key", node->place().text());
  for (const Error& error : complaints.errors) complain(error);
  if (!complaints.ok()) return kUsageError;

  struct sigaction action {};
  action.sa_handler = on_stop_signal;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  const Result<void> result = emulator::run_emulator(options, stop_requested);
  return result ? 0 : complain(result.error());
}

void add_run(CLI::App& gwlb, int& status) {
  CLI::App* const command = gwlb.add_subcommand(
      "run", "forward the packets of TUN devices to targets and back, and check what comes back");
  const auto flags = std::make_shared<RunFlags>();
  command->add_option("-c,--config", flags->config_file,
                      "YAML file; its keys are in src/emulator/README.md");
  command->add_option("--endpoint", flags->endpoints,
                      "ID,client=[NAMESPACE:]DEVICE,internet=[NAMESPACE:]DEVICE (may be repeated)");
  command->add_option("--address", flags->addresses,
                      "an address of this machine to send from (may be repeated)");
  command->add_option("--target", flags->targets, "an appliance's address (may be repeated)");
  command->add_option("--set", flags->overrides, "KEY=VALUE, as in the file (may be repeated)");
  command->callback([flags, &status] { status = run(*flags); });
}

void add_control(CLI::App& gwlb, int& status) {
  CLI::App* const command = gwlb.add_subcommand("control", "tell a running one something");
  command->footer("Commands:\n" + std::string(emulator::kControlCommands));
  const auto socket = std::make_shared<std::string>();
  const auto words = std::make_shared<std::vector<std::string>>();
  command->add_option("socket", *socket, "its control socket")->required();
  command->add_option("command", *words, "the command")->required();
  command->callback([socket, words, &status] {
    std::string line;
    for (const std::string& word : *words) line += line.empty() ? word : " " + word;
    const Result<std::string> answer = emulator::ask_control_socket(*socket, line);
    if (!answer) {
      status = complain(answer.error());
      return;
    }
    std::fputs(answer->c_str(), stdout);
    status = answer->starts_with("error") ? 1 : 0;
  });
}

void add_blast(CLI::App& gwlb, int& status) {
  CLI::App* const command = gwlb.add_subcommand(
      "blast", "send UDP flows in GENEVE to a target, and count what comes back");
  struct Flags {
    std::vector<std::string> addresses;
    std::string target, endpoint = "vpce-0123456789abcdef0";
    double seconds = 2;
    emulator::BlastOptions options;
  };
  const auto flags = std::make_shared<Flags>();
  command->add_option("--address", flags->addresses, "an address of this machine to send from")
      ->required();
  command->add_option("--target", flags->target, "the appliance's address")->required();
  command->add_option("--endpoint", flags->endpoint, "the endpoint's id");
  command->add_option("--flows", flags->options.flows, "number of flows (64)");
  command->add_option("--size", flags->options.inner_bytes, "bytes of an inner packet (64)");
  command->add_option("--rate", flags->options.packets_per_second,
                      "packets per second (0: as fast as they come back)");
  command->add_option("--window", flags->options.window, "packets under way at full speed (512)");
  command->add_option("--seconds", flags->seconds, "how long (2)");
  command->callback([flags, &status] {
    emulator::BlastOptions& options = flags->options;
    for (const std::string& text : flags->addresses) {
      const auto address = emulator::parse_v4(text);
      if (!address) {
        status = complain(address.error());
        return;
      }
      options.addresses.push_back(*address);
    }
    const auto target = emulator::parse_v4(flags->target);
    options.target = target.value_or(0);
    options.endpoint = emulator::parse_endpoint_id(flags->endpoint).value_or(options.endpoint);
    options.duration = std::chrono::milliseconds(static_cast<int>(flags->seconds * 1000));
    const Result<emulator::BlastReport> report = emulator::run_blast(options);
    if (!report) {
      status = complain(report.error());
      return;
    }
    std::fputs(report->json().c_str(), stdout);
    status = report->wrong == 0 ? 0 : 1;
  });
}

}  // namespace

void add_gwlb_command(CLI::App& program, int& status) {
  CLI::App* const gwlb =
      program.add_subcommand("gwlb", "a Gateway Load Balancer in software, for tests and demos");
  gwlb->require_subcommand(1);
  add_run(*gwlb, status);
  add_control(*gwlb, status);
  add_blast(*gwlb, status);
}

}  // namespace culvert
