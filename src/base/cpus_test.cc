#include "base/cpus.h"

#include <gtest/gtest.h>
#include <sched.h>

#include <map>
#include <thread>

namespace culvert {
namespace {

std::map<std::string, std::string> files;
std::optional<std::string> read_text(const std::string& path) {
  const auto found = files.find(path);
  if (found == files.end()) return std::nullopt;
  return found->second;
}

TEST(CpuQuota, IsTheLeastOfAllGroupsAround) {
  struct Case {
    const char* name;
    std::map<std::string, std::string> files;
    std::optional<double> quota;
  };
  const Case cases[] = {
      {"nothing known", {}, std::nullopt},
      {"v2, no limit",
       {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "max 100000\n"}},
       std::nullopt},
      {"v2 in a container",
       {{"/proc/self/cgroup", "0::/\n"}, {"/sys/fs/cgroup/cpu.max", "150000 100000\n"}},
       1.5},
      {"v2, the slice around has less",
       {{"/proc/self/cgroup", "0::/system.slice/culvert.service\n"},
        {"/sys/fs/cgroup/system.slice/culvert.service/cpu.max", "400000 100000\n"},
        {"/sys/fs/cgroup/system.slice/cpu.max", "200000 100000\n"}},
       2.0},
      {"v1",
       {{"/proc/self/cgroup", "4:memory:/a\n2:cpu,cpuacct:/a\n0::/\n"},
        {"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n"},
        {"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_quota_us", "-1\n"},
        {"/sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n"}},
       0.5},
      {"v1, cpuset is not cpu",
       {{"/proc/self/cgroup", "3:cpuset:/a\n"},
        {"/sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "50000\n"},
        {"/sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000\n"}},
       std::nullopt},
      {"garbage",
       {{"/proc/self/cgroup", "0\n::\n0::/x\n"},
        {"/sys/fs/cgroup/x/cpu.max", "many\n"},
        {"/sys/fs/cgroup/cpu.max", "x y\n"}},
       std::nullopt},
  };
  for (const Case& each : cases) {
    files = each.files;
    EXPECT_EQ(cpu_quota(read_text), each.quota) << each.name;
  }
}

TEST(AllowedCpus, AreThoseOfTheThread) {
  const std::vector<unsigned> all = allowed_cpus();
  ASSERT_FALSE(all.empty());
  EXPECT_GE(usable_cpus(), 1u);
  EXPECT_LE(usable_cpus(), all.size());
  std::thread([&] {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(all.back(), &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(allowed_cpus(), std::vector<unsigned>{all.back()});
    EXPECT_EQ(usable_cpus(), 1u);
  }).join();
}

}  // namespace
}  // namespace culvert
