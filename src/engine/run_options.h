// What the engine is asked to do: the command line and the configuration, checked, as one value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/config_node.h"

namespace culvert {

class DetectWatch;

/// Where packets come from.
enum class SourceKind {
  kNone,       ///< -T: nothing is read
  kPcapFile,   ///< a capture file, a folder of them, or "-" (standard input): `captures`
  kGwlb,       ///< GENEVE of a Gateway Load Balancer over AF_PACKET: `interfaces`
  kAfPacket,   ///< sniffing: `interfaces`; empty: those of the configuration's `af-packet`
  kNfqueue,    ///< `queues`
};

/// -k
enum class ChecksumMode {
  kConfigured,  ///< as `stream.checksum-validation` and `pcap-file.checksum-checks` say
  kAll,         ///< wrong checksums count
  kNone,
};

struct PcapFileOptions {
  bool recursive = false;         ///< descend into folders
  bool continuous = false;        ///< go on looking for new files until stopped
  bool delete_when_done = false;
};

struct RunOptions {
  ConfigNode config;  ///< with includes and overrides applied
  /// Whether `config` is the built-in defaults (no -c).
  bool uses_built_in_config = true;

  SourceKind source = SourceKind::kNone;
  std::vector<std::string> captures;
  std::vector<std::string> interfaces;
  std::vector<std::uint16_t> queues;
  PcapFileOptions pcap_file;
  std::string bpf;  ///< libpcap filter expression, empty: everything

  std::vector<std::string> rule_files;   ///< -s, -S: files or patterns, relative to the caller
  bool rule_files_exclusive = false;     ///< -S: the configuration's `rule-files` are not read
  std::vector<std::string> firewall_rule_files;  ///< --firewall-rules-exclusive
  bool firewall_mode = false;            ///< --firewall, or implied by the files above
  bool disable_detection = false;
  bool strict_rule_keywords = false;
  bool init_errors_fatal = false;        ///< rules that do not load end the program

  std::string log_dir;   ///< -l, else `default-log-dir`
  std::string data_dir;  ///< --data-dir
  std::string runmode;   ///< --runmode: "single", "autofp", "workers" or empty
  ChecksumMode checksums = ChecksumMode::kConfigured;
  bool simulate_ips = false;  ///< verdicts as if inline, with packets from a file
  bool test_only = false;     ///< -T: load everything, run nothing
  bool engine_analysis = false;  ///< write the rule analysis, run nothing

  DetectWatch* watch = nullptr;  ///< looks on while rules are evaluated (one worker only); or null

  /// Address and port of the health service; none: `culvert.health` in the configuration.
  std::optional<std::string> health_address;
};

}  // namespace culvert
