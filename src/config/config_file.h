// Reading the configuration: the YAML file with its includes, then the overrides of the command
// line.
//
// The file is what Suricata takes: it begins with "%YAML 1.1" and "---"; `include:` names a file or
// a list of them, read into the place where the key is, relative to the folder of the main file; of
// a key given twice the last counts, whole, also when it comes from an include; names may be
// written with dots ("vars.port-groups.FTP_PORTS: 21", which sets that one); underscores in names
// outside `vars` mean dashes.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"

namespace culvert {

/// The file read into a tree. Not `ok()` in complaints: parts may be missing from what is returned.
ConfigNode load_config_file(const std::filesystem::path& file, Complaints& complaints);
/// The same from a text, under a name for complaints; includes are relative to `folder`.
ConfigNode parse_config(std::string_view text, const std::string& name, Complaints& complaints,
                        const std::filesystem::path& folder = ".");
/// Reads one more file over `root`, as `--include` does.
void include_config_file(ConfigNode& root, const std::filesystem::path& file,
                         Complaints& complaints);
/// What `culvert` uses without `-c`: the values of Suricata 8's packaged suricata.yaml, with our
/// comments (etc/culvert.yaml, embedded).
ConfigNode built_in_config();
std::string_view built_in_config_text();

/// Applies one `--set a.b.c=value`.
void apply_override(ConfigNode& root, std::string_view assignment, Complaints& complaints);

}  // namespace culvert
