#include "cli/process.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>

#include "base/fd.h"

namespace culvert {
namespace {

tl::unexpected<Error> system_failure(const std::string& what) {
  return failure(what + ": " + std::strerror(errno));
}

Result<void> keep_capabilities() {
  constexpr unsigned kKept[] = {CAP_NET_RAW, CAP_NET_ADMIN, CAP_IPC_LOCK, CAP_SYS_NICE};
  __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct have[2] = {};
  if (::syscall(SYS_capget, &header, have) != 0) return system_failure("cannot read capabilities");
  __user_cap_data_struct data[2] = {};
  for (const unsigned capability : kKept) {
    const unsigned bit = 1u << capability % 32 & have[capability / 32].permitted;
    data[capability / 32].permitted |= bit;
    data[capability / 32].effective |= bit;
  }
  if (::syscall(SYS_capset, &header, data) != 0) return system_failure("cannot keep capabilities");
  return {};
}

}  // namespace

Result<RunAs> find_run_as(const Flags& flags, const ConfigNode& config) {
  const std::string user = flags.user.empty() ? config.text("run-as.user") : flags.user;
  const std::string group = flags.group.empty() ? config.text("run-as.group") : flags.group;
  RunAs run_as;
  const bool user_is_null =
      config.find("run-as.user") != nullptr && !config.has("run-as.user") && flags.user.empty();
  if (user.empty() && group.empty() && !user_is_null) return run_as;
  if (user.empty()) {
    return failure(
        "no user name was provided - ensure it is specified either in the configuration file "
        "(run-as.user) or in command-line arguments (--user)");
  }
  const passwd* const entry = ::getpwnam(user.c_str());
  if (entry == nullptr) return failure("unable to get the user ID, check if user exist!!");
  run_as.wanted = true;
  run_as.user_id = entry->pw_uid;
  run_as.group_id = entry->pw_gid;
  if (!group.empty()) {
    const ::group* const found = ::getgrnam(group.c_str());
    if (found == nullptr) return failure("unable to get the group ID, check if group exist!!");
    run_as.group_id = found->gr_gid;
  }
  return run_as;
}

Result<void> become(const RunAs& run_as) {
  if (!run_as.wanted) return {};
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0) return system_failure("cannot keep capabilities");
  if (::setgroups(0, nullptr) != 0 || ::setgid(run_as.group_id) != 0) {
    return system_failure("cannot change the group");
  }
  if (::setuid(run_as.user_id) != 0) return system_failure("cannot change the user");
  return keep_capabilities();
}

Result<void> become_daemon() {
  const pid_t child = ::fork();
  if (child < 0) return system_failure("cannot go to the background");
  if (child > 0) ::_exit(0);
  if (::setsid() < 0) return system_failure("cannot leave the terminal");
  const Fd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return system_failure("cannot open /dev/null");
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::dup2(null.get(), fd) < 0) return system_failure("cannot leave the terminal");
  }
  return {};
}

Result<void> PidFile::write(const std::string& path) {
  if (std::ifstream old(path); old) {
    pid_t pid = 0;
    if (old >> pid && pid > 0 && pid != ::getpid() && (::kill(pid, 0) == 0 || errno == EPERM)) {
      return failure("pid file " + path + " belongs to the running process " + std::to_string(pid));
    }
  }
  std::ofstream out(path, std::ios::trunc);
  out << ::getpid() << '\n';
  out.flush();
  if (!out) return system_failure("cannot write the pid file " + path);
  path_ = path;
  return {};
}

PidFile::~PidFile() {
  if (!path_.empty()) ::unlink(path_.c_str());
}

}  // namespace culvert
