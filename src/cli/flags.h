// What was said on the command line, before it meets the configuration; the same whether by
// Suricata's flags or by a subcommand's options.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"
#include "engine/run_options.h"

namespace culvert {

struct Flags {
  std::string config_file;             ///< -c; empty: the built-in defaults
  std::vector<std::string> includes;   ///< --include
  std::vector<std::string> overrides;  ///< --set
  std::vector<std::string> rule_files;
  bool rule_files_exclusive = false;
  std::vector<std::string> firewall_rule_files;
  bool firewall_mode = false;

  SourceKind source = SourceKind::kNone;
  std::vector<std::string> captures;
  std::vector<std::string> interfaces;
  std::vector<std::string> queues;  ///< "3", or "0:3" for a range
  PcapFileOptions pcap_file;
  std::string bpf;       ///< what stands behind the options
  std::string bpf_file;  ///< -F

  std::string log_dir;
  std::string data_dir;
  std::string runmode;
  std::string checksums;  ///< -k: "all", "none" or empty
  std::string health_address;
  std::string user, group;
  std::string pidfile;
  int verbosity = 0;  ///< -v, -vv, ...
  bool daemon = false;
  bool quiet = false;        ///< only errors on the console
  bool no_log_file = false;  ///< whatever `logging:` says
  bool simulate_ips = false;
  bool test_only = false;
  bool engine_analysis = false;
  bool disable_detection = false;
  bool init_errors_fatal = false;
  bool strict_rule_keywords = false;
  bool unix_socket = false;      ///< --unix-socket
  std::string unix_socket_path;  ///< empty: as configured
};

/// The configuration in effect: the file or the defaults, with includes and overrides.
ConfigNode load_effective_config(const Flags& flags, Complaints& complaints);

/// Everything together, checked. Not ok() in complaints: do not run it.
RunOptions make_run_options(const Flags& flags, ConfigNode config, Complaints& complaints);

/// `logging:` of the configuration, with -v. `log_dir`: where its file is relative to.
LogOptions make_log_options(const Flags& flags, const ConfigNode& config,
                            const std::string& log_dir, Complaints& complaints);

}  // namespace culvert
