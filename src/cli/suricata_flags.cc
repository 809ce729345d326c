#include "cli/suricata_flags.h"

#include <getopt.h>

#include <iterator>
#include <string_view>

namespace culvert {
namespace {

/// Long options without a short form get numbers above those of characters.
enum LongOption : int {
  kSet = 256,
  kInclude,
  kRunmode,
  kSimulateIps,
  kInitErrorsFatal,
  kDisableDetection,
  kFirewall,
  kFirewallRules,
  kPcapContinuous,
  kPcapRecursive,
  kPcapDelete,
  kPcapBufferSize,
  kEngineAnalysis,
  kUser,
  kGroup,
  kPidfile,
  kDataDir,
  kStrictRuleKeywords,
  kUnixSocket,
  kAfPacket,
  kPcap,
  kRejectDevice,
  kNotBuiltIn,
  kGwlb,
  kHealth,
  kListKeywords,
  kListProtocols,
  kListRunmodes,
  kListHooks,
  kNoRandom,
  kListFrames,
  kDumpConfig,
  kDumpFeatures,
  kBuildInfo,
};

constexpr char kShort[] = ":c:r:S:s:l:k:i:q:F:TVDvh";

const option kLong[] = {
    {"set", required_argument, nullptr, kSet},
    {"include", required_argument, nullptr, kInclude},
    {"runmode", required_argument, nullptr, kRunmode},
    {"simulate-ips", no_argument, nullptr, kSimulateIps},
    {"no-random", no_argument, nullptr, kNoRandom},
    {"init-errors-fatal", no_argument, nullptr, kInitErrorsFatal},
    {"disable-detection", no_argument, nullptr, kDisableDetection},
    {"firewall", no_argument, nullptr, kFirewall},
    {"firewall-rules-exclusive", required_argument, nullptr, kFirewallRules},
    {"pcap-file-continuous", no_argument, nullptr, kPcapContinuous},
    {"pcap-file-recursive", no_argument, nullptr, kPcapRecursive},
    {"pcap-file-delete", no_argument, nullptr, kPcapDelete},
    {"pcap-file-buffer-size", required_argument, nullptr, kPcapBufferSize},
    {"pcap-buffer-size", required_argument, nullptr, kPcapBufferSize},
    {"engine-analysis", no_argument, nullptr, kEngineAnalysis},
    {"user", required_argument, nullptr, kUser},
    {"group", required_argument, nullptr, kGroup},
    {"pidfile", required_argument, nullptr, kPidfile},
    {"data-dir", required_argument, nullptr, kDataDir},
    {"strict-rule-keywords", optional_argument, nullptr, kStrictRuleKeywords},
    {"unix-socket", optional_argument, nullptr, kUnixSocket},
    {"af-packet", optional_argument, nullptr, kAfPacket},
    {"pcap", optional_argument, nullptr, kPcap},
    {"reject-dev", required_argument, nullptr, kRejectDevice},
    // Suricata's ways to get packets that are none of ours: told by name. (An ambiguous
    // abbreviation such as `--af` is unrecognized, as there.)
    {"af-xdp", optional_argument, nullptr, kNotBuiltIn},
    {"dpdk", no_argument, nullptr, kNotBuiltIn},
    {"netmap", optional_argument, nullptr, kNotBuiltIn},
    {"nflog", optional_argument, nullptr, kNotBuiltIn},
    {"dag", required_argument, nullptr, kNotBuiltIn},
    {"napatech", no_argument, nullptr, kNotBuiltIn},
    {"windivert", required_argument, nullptr, kNotBuiltIn},
    {"erf-in", required_argument, nullptr, kNotBuiltIn},
    {"gwlb", required_argument, nullptr, kGwlb},
    {"health", required_argument, nullptr, kHealth},
    {"list-keywords", optional_argument, nullptr, kListKeywords},
    {"list-app-layer-protos", no_argument, nullptr, kListProtocols},
    {"list-app-layer-protocols", no_argument, nullptr, kListProtocols},
    {"list-runmodes", no_argument, nullptr, kListRunmodes},
    {"list-app-layer-hooks", no_argument, nullptr, kListHooks},
    {"list-app-layer-frames", no_argument, nullptr, kListFrames},
    {"dump-config", no_argument, nullptr, kDumpConfig},
    {"dump-features", no_argument, nullptr, kDumpFeatures},
    {"build-info", no_argument, nullptr, kBuildInfo},
    {"help", no_argument, nullptr, 'h'},
    {"version", no_argument, nullptr, 'V'},
    {nullptr, 0, nullptr, 0},
};

constexpr std::string_view kUsage = R"(USAGE: culvert [OPTIONS] [BPF FILTER]
       culvert COMMAND ...          (culvert --help names the commands)

  General:
    -c PATH                          configuration file; without one, the built-in defaults
    --include PATH                   one more configuration file, read over the first
    --set NAME=VALUE                 set a configuration value
    -l DIR                           folder of the logs
    -v                               say more (twice: still more)
    -T                               load everything, report what is wrong, and stop
    --init-errors-fatal              do not run with rules that do not load
    --pidfile FILE                   write the process id there
    -D                               run in the background
    --user USER, --group GROUP       run as them once all is open
    --data-dir DIR                   folder of data that outlives a run
    --runmode MODE                   single, autofp or workers

  Packets:
    -r PATH                          a capture file, a folder of them, or - for standard input
    --pcap-file-recursive            also the folders below
    --pcap-file-continuous           go on looking for new files until stopped
    --pcap-file-delete               delete files that have been read
    -i INTERFACE, --af-packet[=INTERFACE], --pcap[=INTERFACE]
                                     listen on an interface
    --reject-dev INTERFACE           taken, and left aside: answers to rejected packets leave where
                                     those came in
    -q QUEUE[:QUEUE]                 decide on packets of NFQUEUE
    --gwlb INTERFACE                 stand behind a Gateway Load Balancer (GENEVE)
    --health ADDRESS:PORT            serve health and metrics over HTTP there
    --unix-socket[=PATH]             wait for captures to read at the control socket
    -F FILE                          file with a BPF filter
    -k all|none                      whether wrong checksums count

  Rules:
    -s PATH                          a rule file besides those of the configuration
    -S PATH                          a rule file instead of those of the configuration
    --firewall                       firewall mode
    --firewall-rules-exclusive PATH  rule file of the firewall, instead of the configuration's
    --disable-detection              no rules at all
    --strict-rule-keywords           options of rules that are deprecated are errors
    --engine-analysis                write reports on the rules, and stop
    --simulate-ips                   act as if inline

  Information:
    -V                               version
    --build-info                     what is built in
    --list-keywords[=all|csv|NAME]   keywords of the rule language
    --list-app-layer-protos          application protocols
    --list-app-layer-hooks           hooks of theirs that rules can name
    --list-app-layer-frames          frames of theirs that rules can name
    --list-runmodes                  run modes
    --dump-config                    the configuration in effect
    --dump-features                  features that rules can require
)";

/// Takes the values of options one by one, and remembers what did not go together.
class Parser {
 public:
  Result<SuricataFlags> parse(int argc, char** argv) {
    optind = 0;  // begin anew, also after a call before
    opterr = 0;
    for (;;) {
      const int option = ::getopt_long(argc, argv, kShort, kLong, nullptr);
      if (option == -1) break;
      if (option == '?') return failure("unrecognized option '" + current(argc, argv) + "'");
      if (option == ':') {
        return failure("option '" + current(argc, argv) + "' requires an argument");
      }
      if (option == kNotBuiltIn) {
        return failure("option '" + current(argc, argv) +
                       "': not built in; packets come from -r, -i (AF_PACKET), -q or --gwlb");
      }
      apply(option, optarg == nullptr ? std::string() : std::string(optarg));
      if (!complaint_.empty()) return failure(complaint_);
    }
    for (int i = optind; i < argc; ++i) {
      if (!flags_.bpf.empty()) flags_.bpf += ' ';
      flags_.bpf += argv[i];
    }
    finish();
    if (!complaint_.empty()) return failure(complaint_);
    return std::move(result_);
  }

 private:
  static std::string current(int argc, char** argv) {
    if (optopt > 0 && optopt < 256) return std::string("-") + static_cast<char>(optopt);
    return optind > 0 && optind <= argc ? argv[optind - 1] : "";
  }

  void use_source(SourceKind source) {
    if (flags_.source != SourceKind::kNone && flags_.source != source) {
      complaint_ = "more than one run mode has been specified";
    }
    flags_.source = source;
  }
  void show(CliAction action) { result_.action = action; }

  void apply(int option, std::string value) {
    apply_general(option, value);
    apply_source(option, value);
    apply_rules(option, value);
    apply_information(option, value);
  }

  void apply_general(int option, std::string& value) {
    switch (option) {
      case 'c':
        if (!flags_.config_file.empty()) complaint_ = "can't have multiple -c options";
        flags_.config_file = std::move(value);
        break;
      case kInclude:
        flags_.includes.push_back(std::move(value));
        break;
      case kSet:
        flags_.overrides.push_back(std::move(value));
        break;
      case 'l':
        flags_.log_dir = std::move(value);
        break;
      case 'v':
        ++flags_.verbosity;
        break;
      case 'T':
        flags_.test_only = true;
        break;
      case 'D':
        flags_.daemon = true;
        break;
      case kPidfile:
        flags_.pidfile = std::move(value);
        break;
      case kUser:
        flags_.user = std::move(value);
        break;
      case kGroup:
        flags_.group = std::move(value);
        break;
      case kDataDir:
        flags_.data_dir = std::move(value);
        break;
      case kRunmode:
        flags_.runmode = std::move(value);
        break;
      case kHealth:
        flags_.health_address = std::move(value);
        break;
      default:
        break;
    }
  }

  void apply_source(int option, std::string& value) {
    switch (option) {
      case 'r':
        if (!flags_.captures.empty()) complaint_ = "can't have multiple -r options";
        use_source(SourceKind::kPcapFile);
        flags_.captures.push_back(std::move(value));
        break;
      case 'i':
      case kAfPacket:
      case kPcap:
        use_source(SourceKind::kAfPacket);
        if (!value.empty()) flags_.interfaces.push_back(std::move(value));
        break;
      case 'q':
        use_source(SourceKind::kNfqueue);
        flags_.queues.push_back(std::move(value));
        break;
      case kGwlb:
        use_source(SourceKind::kGwlb);
        flags_.interfaces.push_back(std::move(value));
        break;
      case kPcapContinuous:
        flags_.pcap_file.continuous = true;
        break;
      case kPcapRecursive:
        flags_.pcap_file.recursive = true;
        break;
      case kPcapDelete:
        flags_.pcap_file.delete_when_done = true;
        break;
      case 'F':
        flags_.bpf_file = std::move(value);
        break;
      case 'k':
        flags_.checksums = std::move(value);
        if (flags_.checksums != "all" && flags_.checksums != "none") {
          complaint_ = "option '" + flags_.checksums + "' invalid for -k";
        }
        break;
      case kNoRandom:  // nothing here is up to chance
        break;
      case kSimulateIps:
        flags_.simulate_ips = true;
        break;
      case kUnixSocket:
        flags_.unix_socket = true;
        flags_.unix_socket_path = std::move(value);
        break;
      default:  // kPcapBufferSize, kRejectDevice: nothing to set here
        break;
    }
  }

  void apply_rules(int option, std::string& value) {
    switch (option) {
      case 's':
      case 'S':
        if (!flags_.rule_files.empty() && (option == 'S' || flags_.rule_files_exclusive)) {
          complaint_ = "can't have multiple -S options or mix -s and -S.";
        }
        flags_.rule_files_exclusive = option == 'S';
        flags_.rule_files.push_back(std::move(value));
        break;
      case kFirewall:
        flags_.firewall_mode = true;
        break;
      case kFirewallRules:
        flags_.firewall_rule_files.push_back(std::move(value));
        break;
      case kDisableDetection:
        flags_.disable_detection = true;
        break;
      case kStrictRuleKeywords:
        flags_.strict_rule_keywords = true;
        break;
      case kInitErrorsFatal:
        flags_.init_errors_fatal = true;
        break;
      case kEngineAnalysis:
        flags_.engine_analysis = true;
        break;
      default:
        break;
    }
  }

  void apply_information(int option, std::string& value) {
    switch (option) {
      case 'h':
        show(CliAction::kUsage);
        break;
      case 'V':
        show(CliAction::kVersion);
        break;
      case kBuildInfo:
        show(CliAction::kBuildInfo);
        break;
      case kListKeywords:
        show(CliAction::kListKeywords);
        result_.list_argument = std::move(value);
        break;
      case kListProtocols:
        show(CliAction::kListProtocols);
        break;
      case kListRunmodes:
        show(CliAction::kListRunmodes);
        break;
      case kListHooks:
        show(CliAction::kListHooks);
        break;
      case kListFrames:
        show(CliAction::kListFrames);
        break;
      case kDumpConfig:
        show(CliAction::kDumpConfig);
        break;
      case kDumpFeatures:
        show(CliAction::kDumpFeatures);
        break;
      default:
        break;
    }
  }

  void finish() {
    if (result_.action != CliAction::kRun) return;
    if (flags_.disable_detection &&
        (!flags_.rule_files.empty() || !flags_.firewall_rule_files.empty())) {
      complaint_ = "can't use -s/-S or --firewall-rules-exclusive when detection is disabled";
    } else if (flags_.source == SourceKind::kNone && !flags_.test_only && !flags_.engine_analysis) {
      show(CliAction::kUsage);
      complaint_ = "nothing to read packets from: -r, -i, -q or --gwlb is needed, or -T\n" +
                   std::string(kUsage);
    }
  }

  SuricataFlags result_;
  Flags& flags_ = result_.flags;
  std::string complaint_;
};

}  // namespace

Result<SuricataFlags> parse_suricata_flags(int argc, char** argv) {
  return Parser().parse(argc, argv);
}

std::string_view suricata_usage() { return kUsage; }

}  // namespace culvert
