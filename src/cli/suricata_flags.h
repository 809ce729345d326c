// The command line that Suricata users have in their scripts: its flags, when the first word is no
// subcommand of ours. Read with getopt_long, as there: abbreviations, `--list-keywords=csv` (an
// argument that may be left out needs its "="), and a BPF expression behind the options all mean
// the same.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/flags.h"

namespace culvert {

/// What is asked for besides, or instead of, a run.
enum class CliAction {
  kRun,
  kUsage,
  kVersion,
  kBuildInfo,
  kListKeywords,
  kListProtocols,
  kListRunmodes,
  kListHooks,
  kListFrames,
  kDumpConfig,
  kDumpFeatures,
};

struct SuricataFlags {
  Flags flags;
  CliAction action = CliAction::kRun;
  std::string list_argument;  ///< of --list-keywords: "all", "csv", a keyword, or empty
};

/// Not for two threads at once: getopt_long has state of its own.
Result<SuricataFlags> parse_suricata_flags(int argc, char** argv);

/// The text of --help for these flags.
std::string_view suricata_usage();

}  // namespace culvert
