// The process itself: the user it runs as, the background, the file with its id.
#pragma once

#include <string>

#include "base/result.h"
#include "cli/flags.h"

namespace culvert {

/// Who to become; resolved before anything is opened, so that a wrong name is known early.
struct RunAs {
  bool wanted = false;
  unsigned user_id = 0;
  unsigned group_id = 0;
};
/// From --user and --group, else `run-as.user` and `run-as.group`.
Result<RunAs> find_run_as(const Flags& flags, const ConfigNode& config);
/// Gives up root for good, but keeps what capturing and pinning threads need (CAP_NET_RAW,
/// CAP_NET_ADMIN, CAP_IPC_LOCK, CAP_SYS_NICE).
Result<void> become(const RunAs& run_as);

/// Goes on in a child without a terminal; the parent ends with 0.
Result<void> become_daemon();

/// The file is there as long as the object; refuses when another process has it already.
class PidFile {
 public:
  PidFile() = default;
  PidFile(const PidFile&) = delete;
  PidFile& operator=(const PidFile&) = delete;
  ~PidFile();
  Result<void> write(const std::string& path);

 private:
  std::string path_;
};

}  // namespace culvert
