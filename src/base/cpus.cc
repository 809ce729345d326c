#include "base/cpus.h"

#include <sched.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>
#include <thread>

namespace culvert {
namespace {

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || stop == text.data()) return std::nullopt;
  return value;
}

std::optional<double> share(std::optional<double> quota, std::optional<double> period) {
  if (!quota || !period || *quota <= 0 || *period <= 0) return std::nullopt;
  return *quota / *period;
}

/// cgroup v2: "QUOTA PERIOD" in microseconds, or "max PERIOD".
std::optional<double> v2_quota(ReadText read, const std::string& folder) {
  const auto text = read(folder + "/cpu.max");
  if (!text) return std::nullopt;
  const std::size_t space = text->find(' ');
  if (space == std::string::npos) return std::nullopt;
  const std::string_view line = *text;
  return share(number(line.substr(0, space)), number(line.substr(space + 1)));
}

/// cgroup v1: a file each, quota -1 for none.
std::optional<double> v1_quota(ReadText read, const std::string& folder) {
  const auto quota = read(folder + "/cpu.cfs_quota_us"),
             period = read(folder + "/cpu.cfs_period_us");
  if (!quota || !period) return std::nullopt;
  return share(number(*quota), number(*period));
}

bool has_controller(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (list.substr(0, comma) == name) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

std::vector<unsigned> allowed_cpus() {
  std::vector<unsigned> cpus;
  // The mask must have room for all that the kernel knows of.
  constexpr unsigned kMostCpus = 1u << 16;
  for (unsigned count = CPU_SETSIZE; count <= kMostCpus; count *= 2) {
    cpu_set_t* const set = CPU_ALLOC(count);
    const std::size_t size = CPU_ALLOC_SIZE(count);
    const bool known = set != nullptr && ::sched_getaffinity(0, size, set) == 0;
    for (unsigned cpu = 0; known && cpu < count; ++cpu) {
      if (CPU_ISSET_S(cpu, size, set)) cpus.push_back(cpu);
    }
    CPU_FREE(set);
    if (known) break;
  }
  if (!cpus.empty()) return cpus;
  for (unsigned cpu = 0; cpu < std::max(1u, std::thread::hardware_concurrency()); ++cpu) {
    cpus.push_back(cpu);
  }
  return cpus;
}

std::optional<double> cpu_quota(ReadText read) {
  const auto groups = read("/proc/self/cgroup");
  if (!groups) return std::nullopt;
  std::optional<double> least;
  // Lines are ID:CONTROLLERS:PATH; v2 has no controllers. In a container the path may be of the
  // host's tree, so that only the top is found.
  std::istringstream lines(*groups);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find(':');
    const std::size_t second = first == std::string::npos ? first : line.find(':', first + 1);
    if (second == std::string::npos) continue;
    const std::string_view controllers =
        std::string_view(line).substr(first + 1, second - first - 1);
    const bool v2 = controllers.empty();
    if (!v2 && !has_controller(controllers, "cpu")) continue;
    std::string path = line.substr(second + 1);
    while (true) {
      if (path == "/") path.clear();
      const auto quota = v2 ? v2_quota(read, "/sys/fs/cgroup" + path)
                            : v1_quota(read, "/sys/fs/cgroup/cpu" + path);
      if (quota) least = std::min(least.value_or(*quota), *quota);
      if (path.empty()) break;
      path.resize(std::min(path.rfind('/'), path.size()));
    }
  }
  return least;
}

std::optional<double> cpu_quota() { return cpu_quota(read_file); }

unsigned usable_cpus() {
  const auto allowed = static_cast<unsigned>(allowed_cpus().size());
  const auto quota = cpu_quota();
  if (!quota || *quota >= allowed) return allowed;
  return std::max(1u, static_cast<unsigned>(*quota));
}

}  // namespace culvert
