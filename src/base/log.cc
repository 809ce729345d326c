#include "base/log.h"

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <memory>
#include <vector>

namespace culvert {
namespace {

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::kError:
      return spdlog::level::err;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kNotice:
      return spdlog::level::info;
    case LogLevel::kInfo:
      return spdlog::level::debug;
    case LogLevel::kDebug:
      return spdlog::level::trace;
  }
  return spdlog::level::off;
}

const char* name_of(LogLevel level) {
  constexpr const char* kNames[] = {"Error", "Warning", "Notice", "Info", "Debug"};
  return kNames[static_cast<int>(level)];
}

}  // namespace

void configure_log(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks;
  if (options.to_console) sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
  std::string complaint;
  if (!options.file.empty()) {
    try {
      sinks.push_back(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file));
    } catch (const spdlog::spdlog_ex& error) {
      complaint = error.what();
    }
  }
  auto logger = std::make_shared<spdlog::logger>("culvert", sinks.begin(), sinks.end());
  logger->set_pattern("[%Y-%m-%d %H:%M:%S.%e] %v");
  logger->set_level(to_spdlog(options.level));
  logger->flush_on(spdlog::level::info);
  spdlog::set_default_logger(logger);
  if (!complaint.empty()) log_error(complaint);
}

void log(LogLevel level, std::string_view message) {
  spdlog::log(to_spdlog(level), "{}: {}", name_of(level), message);
}

}  // namespace culvert
