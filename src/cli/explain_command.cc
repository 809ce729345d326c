// `culvert explain`: why a rule did or did not fire on a capture.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "cli/commands.h"
#include "cli/start.h"
#include "cli/watched_run.h"
#include "insight/explain.h"
#include "insight/explain_report.h"

namespace culvert {
namespace {

struct ExplainArguments {
  Flags flags;
  std::string sid;
  std::string packets;
  std::size_t attempts = 3;
  bool all = false, json = false;
  std::string color = "auto";
};

/// "7", or "1:7".
bool parse_sid(const std::string& text, ExplainOptions& options) {
  unsigned gid = 1, sid = 0;
  char rest = 0;
  const bool both = std::sscanf(text.c_str(), "%u:%u%c", &gid, &sid, &rest) == 2;
  if (!both && (gid = 1, std::sscanf(text.c_str(), "%u%c", &sid, &rest) != 1)) return false;
  options.gid = gid;
  options.sid = sid;
  return true;
}

/// "7", "7-9", "7-", "-9" or nothing.
bool parse_packets(const std::string& text, ExplainOptions& options) {
  if (text.empty()) return true;
  unsigned long long first = 0, last = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "%llu-%llu%c", &first, &last, &rest) == 2 ||
      (text.starts_with('-') && std::sscanf(text.c_str(), "-%llu%c", &last, &rest) == 1)) {
  } else if (text.ends_with('-') && std::sscanf(text.c_str(), "%llu-", &first) == 1) {
  } else if (std::sscanf(text.c_str(), "%llu%c", &first, &rest) == 1) {
    last = first;
  } else {
    return false;
  }
  options.first_packet = first;
  options.last_packet = last;
  return true;
}

int explain(const ExplainArguments& arguments) {
  ExplainOptions options;
  if (!parse_sid(arguments.sid, options)) {
    std::fprintf(stderr, "Error: --sid: \"%s\" is no rule id; write SID or GID:SID\n",
                 arguments.sid.c_str());
    return 2;
  }
  if (!parse_packets(arguments.packets, options)) {
    std::fprintf(stderr, "Error: --packets: \"%s\" is no packet number or range such as 3-9\n",
                 arguments.packets.c_str());
    return 2;
  }
  auto run = WatchedRun::prepare(arguments.flags);
  if (!run) {
    std::fprintf(stderr, "Error: %s\n", run.error().text().c_str());
    return 2;
  }
  options.environment.protocols = builtin_protocols();
  options.environment.keywords = builtin_keywords();
  options.environment.config = &run->config();
  Explainer explainer(options);
  if (auto done = run->run(explainer); !done) {
    std::fprintf(stderr, "Error: %s\n", done.error().text().c_str());
    return 2;
  }
  const Explanation& explanation = explainer.explanation();
  if (!explanation.found) {
    const std::string complaint = run->complaint_of(options.gid, options.sid);
    std::fprintf(stderr, "Error: rule %u:%u %s\n", options.gid, options.sid,
                 complaint.empty() ? "is not among the rules that were read"
                                   : ("did not load: " + complaint).c_str());
    return 2;
  }
  ExplainReportOptions report;
  report.attempts = arguments.all ? 0 : arguments.attempts;
  report.color = wants_color(arguments.color);
  const std::string text = arguments.json ? explanation_json(explanation, report)
                                          : explanation_text(explanation, report);
  std::fputs(text.c_str(), stdout);
  return explanation.alerts != 0 ? 0 : 1;
}

}  // namespace

void add_explain_command(CLI::App& program, int& status) {
  CLI::App* const command = program.add_subcommand(
      "explain", "why a rule did or did not fire on a capture, condition by condition");
  const auto arguments = std::make_shared<ExplainArguments>();
  add_common_options(*command, arguments->flags);
  command->add_option("-r,--read", arguments->flags.captures, "pcap or pcapng file")
      ->required()
      ->expected(1);
  command->add_option("--sid", arguments->sid, "the rule: SID, or GID:SID")->required();
  command->add_option("--packets", arguments->packets, "only these packets: 7, or 7-9");
  command->add_option("--attempts", arguments->attempts,
                      "how many tries to show: matches, then those that came farthest (3)");
  command->add_flag("--all", arguments->all, "show every try");
  command->add_flag("--simulate-ips", arguments->flags.simulate_ips, "act as if inline");
  command->add_flag("--json", arguments->json, "as JSON");
  command->add_option("--color", arguments->color, "auto, always or never")
      ->check(CLI::IsMember({"auto", "always", "never"}));
  command->footer("The exit status is 0 when the rule alerts, 1 when it does not, 2 for an error.");
  command->callback([arguments, &status] { status = explain(*arguments); });
}

}  // namespace culvert
