// What the program says it is.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace culvert {

/// "This is culvert version 0.1.0, compatible with Suricata version 8.0.8".
std::string version_text();
/// For --build-info: the lines that tools read (`Features: ...`, `NAME support: yes`), and the
/// libraries in use.
std::string build_info_text();
/// What rules can ask for with `requires: feature`.
std::span<const std::string_view> rule_features();

}  // namespace culvert
