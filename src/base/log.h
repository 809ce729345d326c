// The operator's log: from the control path only, never per packet.
#pragma once

#include <string>
#include <string_view>

namespace culvert {

enum class LogLevel { kError, kWarning, kNotice, kInfo, kDebug };

struct LogOptions {
  LogLevel level = LogLevel::kNotice;  ///< of the console
  bool to_console = true;              ///< errors to standard error, all else to standard output
  bool quiet_stdout = false;           ///< all to standard error: standard output has data
  std::string file = {};               ///< also to this file, appended; empty: none
  LogLevel file_level = LogLevel::kInfo;
  bool file_json = false;    ///< EVE records of type `engine`, one a line
  int syslog_facility = -1;  ///< also to syslog, as syslog(3) takes it; negative: not
  LogLevel syslog_level = LogLevel::kNotice;
};

/// Once at start, before other threads; may be called again to change levels or files.
void configure_log(const LogOptions& options);
/// Thread-safe.
/// `module`: which part of the program speaks, for JSON.
void log(LogLevel level, std::string_view message, std::string_view module = {});

inline void log_error(std::string_view message, std::string_view module = {}) {
  log(LogLevel::kError, message, module);
}
inline void log_warning(std::string_view message, std::string_view module = {}) {
  log(LogLevel::kWarning, message, module);
}
inline void log_notice(std::string_view message) { log(LogLevel::kNotice, message); }
inline void log_info(std::string_view message, std::string_view module = {}) {
  log(LogLevel::kInfo, message, module);
}
inline void log_debug(std::string_view message) { log(LogLevel::kDebug, message); }

}  // namespace culvert
