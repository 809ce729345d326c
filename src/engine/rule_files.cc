#include "engine/rule_files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>

#include "base/fd.h"

namespace culvert {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (fd.get() < 0 || ::fstat(fd.get(), &status) != 0) return std::nullopt;
  std::string text;
  // One byte more than there should be, to see the end; a pipe says nothing of its size.
  text.resize(std::max<std::size_t>(static_cast<std::size_t>(status.st_size) + 1, 1u << 16));
  std::size_t have = 0;
  for (;;) {
    const ssize_t count = ::read(fd.get(), text.data() + have, text.size() - have);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    have += static_cast<std::size_t>(count);
    if (have == text.size()) text.resize(2 * have);
  }
  text.resize(have);
  return text;
}

/// The files that `pattern` stands for, in order; the pattern itself when there are none.
std::vector<std::string> expand(const std::string& pattern) {
  glob_t found{};
  std::vector<std::string> files;
  if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
    files.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  }
  ::globfree(&found);
  if (files.empty()) files.push_back(pattern);
  return files;
}

class Reader {
 public:
  Reader(RuleSources& sources, Complaints& complaints)
      : sources_(sources), complaints_(complaints) {}

  void add(const std::string& pattern, bool firewall, bool must_exist) {
    for (const std::string& file : expand(pattern)) {
      if (auto text = read_file(file)) {
        sources_.files.push_back({file, std::move(*text), firewall});
        continue;
      }
      const std::string message =
          fmt::format("cannot read the rule file {}: {}", file, std::strerror(errno));
      if (must_exist) {
        complaints_.error(message);
      } else {
        complaints_.warning(message);
      }
    }
  }

  /// Reads what `key` names (or `fallback`) into `text`, and notes the name.
  void add_table(const ConfigNode& config, std::string_view key, std::string& text,
                 std::string& name) {
    const std::string file = config.text(key);
    if (file.empty()) return;
    name = file;
    if (auto content = read_file(file)) {
      text = std::move(*content);
    } else {
      complaints_.warning(fmt::format("{}: cannot read {}: {}", key, file, std::strerror(errno)));
    }
  }

 private:
  RuleSources& sources_;
  Complaints& complaints_;
};

}  // namespace

RuleSources read_rule_sources(const ConfigNode& config, const RuleFileChoice& choice,
                              Complaints& complaints) {
  RuleSources sources;
  Reader reader(sources, complaints);
  reader.add_table(config, "classification-file", sources.classification,
                   sources.classification_name);
  reader.add_table(config, "reference-config-file", sources.references, sources.reference_name);
  reader.add_table(config, "threshold-file", sources.thresholds, sources.threshold_name);
  if (!choice.detection) return sources;

  // Firewall rules come first, whatever the order of the options.
  const std::string folder = config.text("default-rule-path");
  const auto located = [&](const std::string& name, std::string_view path_key) {
    const std::string own = config.text(path_key);
    const std::string& base = own.empty() ? folder : own;
    return name.starts_with('/') || base.empty() ? name : base + "/" + name;
  };
  if (!choice.firewall_exclusive.empty()) {
    for (const auto& file : choice.firewall_exclusive) reader.add(file, true, true);
  } else if (const ConfigNode* firewall = config.find("firewall");
             choice.firewall && firewall != nullptr) {
    for (const auto& file : firewall->texts("rule-files")) {
      reader.add(located(file, "firewall.rule-path"), true, false);
    }
  }
  if (!choice.exclusive.empty()) {
    for (const auto& file : choice.exclusive) reader.add(file, false, true);
    return sources;
  }
  if (choice.firewall_exclusive.empty()) {
    for (const auto& file : config.texts("rule-files")) {
      reader.add(located(file, "default-rule-path"), false, false);
    }
  }
  for (const auto& file : choice.additional) reader.add(file, false, true);
  return sources;
}

}  // namespace culvert
