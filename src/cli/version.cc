#include "cli/version.h"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace culvert {
namespace {

/// The Suricata release whose rule language, configuration and events we follow.
constexpr std::string_view kCompatibleRelease = "8.0.8";

/// Names as Suricata's --build-info has them. Only what really works is here: rules and test suites
/// rely on it.
constexpr std::array<std::string_view, 4> kFeatures = {"AF_PACKET", "HAVE_JA3", "HAVE_JA4",
                                                       "HAVE_LUA"};

constexpr std::array<std::string_view, 2> kRuleFeatures = {"ja3", "ja4"};

}  // namespace

std::span<const std::string_view> rule_features() { return kRuleFeatures; }

std::string version_text() {
  return fmt::format("This is culvert version {}, compatible with Suricata version {}",
                     CULVERT_VERSION, kCompatibleRelease);
}

std::string build_info_text() {
  std::string text = version_text() + "\nFeatures:";
  for (const std::string_view feature : kFeatures) text += fmt::format(" {}", feature);
  text += fmt::format("\nCompiler: {} {}, C++ {}\n",
#if defined(__clang__)
                      "Clang", __clang_version__,
#else
                      "GCC", __VERSION__,
#endif
                      __cplusplus);
  text += "\nCulvert Configuration:\n";
  constexpr std::pair<std::string_view, bool> kSupport[] = {
      {"AF_PACKET", true}, {"GENEVE", true}, {"AF_XDP", false},
      {"NFQueue", false},  {"GeoIP2", true},
  };
  for (const auto& [name, supported] : kSupport) {
    text +=
        fmt::format("  {:<40} {}\n", fmt::format("{} support:", name), supported ? "yes" : "no");
  }
  return text;
}

}  // namespace culvert
