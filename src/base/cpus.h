// What the system lets this process have of its CPUs.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace culvert {

/// The CPUs that the calling thread may run on, ascending: what taskset, systemd or a cpuset left
/// of the machine's. Never empty.
std::vector<unsigned> allowed_cpus();

/// How much time the process's control groups give it, in CPUs; the least of the group's and those
/// around it. Nothing when there is no limit.
std::optional<double> cpu_quota();

/// How many threads can run at once: allowed CPUs, or fewer where the quota is smaller. A part of a
/// CPU is left to the other threads, unless there is no more. At least 1.
unsigned usable_cpus();

/// A file's text, or nothing; how cpu_quota() reads, so that tests can pass their own.
using ReadText = std::optional<std::string> (*)(const std::string& path);
/// As cpu_quota(), of what `read` gives.
std::optional<double> cpu_quota(ReadText read);

}  // namespace culvert
