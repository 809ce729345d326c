#include "base/log.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/syslog_sink.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <memory>
#include <mutex>
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

std::string_view name_of(spdlog::level::level_enum level) {
  constexpr std::string_view kNames[] = {"Debug", "Info", "Notice", "Warning", "Error"};
  return kNames[std::min<std::size_t>(static_cast<std::size_t>(level), 4)];
}

/// %N in a pattern: the level's name as people know it from Suricata.
class LevelName final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const std::string_view name = name_of(message.level);
    out.append(name.data(), name.data() + name.size());
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<LevelName>();
  }
};

/// %J in a pattern: the message as the inside of a JSON string. What is no ASCII stays: messages
/// are ours, and file names in them UTF-8.
class JsonMessage final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    for (const char c : message.payload) {
      if (c == '"' || c == '\\') {
        out.push_back('\\');
        out.push_back(c);
      } else if (static_cast<unsigned char>(c) < 0x20) {
        fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
      } else {
        out.push_back(c);
      }
    }
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<JsonMessage>();
  }
};

std::unique_ptr<spdlog::formatter> make_formatter(const std::string& pattern) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<LevelName>('N').add_flag<JsonMessage>('J').set_pattern(pattern);
  return formatter;
}

/// Errors to standard error, the rest to standard output, as Suricata has it.
class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit ConsoleSink(bool quiet_stdout) : quiet_stdout_(quiet_stdout) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t text;
    formatter_->format(message, text);
    std::FILE* const file = quiet_stdout_ || message.level >= spdlog::level::err ? stderr : stdout;
    std::fwrite(text.data(), 1, text.size(), file);
    std::fflush(file);
  }
  void flush_() override {}

 private:
  const bool quiet_stdout_;
};

}  // namespace

void configure_log(const LogOptions& options) {
  std::vector<spdlog::sink_ptr> sinks;
  if (options.to_console) {
    auto sink = std::make_shared<ConsoleSink>(options.quiet_stdout);
    sink->set_level(to_spdlog(options.level));
    sink->set_formatter(make_formatter("%N: %v"));
    sinks.push_back(std::move(sink));
  }
  std::string complaint;
  if (!options.file.empty()) {
    try {
      auto sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file);
      sink->set_level(to_spdlog(options.file_level));
      sink->set_formatter(make_formatter(
          options.file_json
              ? R"({"timestamp":"%Y-%m-%dT%H:%M:%S.%f%z","log_level":"%N","event_type":"engine",)"
                R"("engine":{"message":"%J","module":"%n"}})"
              : "[%P] %Y-%m-%d %H:%M:%S %N: %v"));
      sinks.push_back(std::move(sink));
    } catch (const spdlog::spdlog_ex& error) {
      complaint = error.what();
    }
  }
  if (options.syslog_facility >= 0) {
    auto sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("culvert", 0,
                                                                options.syslog_facility, true);
    sink->set_level(to_spdlog(options.syslog_level));
    sink->set_formatter(make_formatter("%N: %v"));
    sinks.push_back(std::move(sink));
  }
  auto logger = std::make_shared<spdlog::logger>("culvert", sinks.begin(), sinks.end());
  logger->set_level(spdlog::level::trace);  // the sinks decide
  logger->flush_on(spdlog::level::trace);
  spdlog::set_default_logger(logger);
  if (!complaint.empty()) log_error(complaint);
}

void log(LogLevel level, std::string_view message, std::string_view module) {
  const fmt::string_view text(message.data(), message.size());
  if (module.empty()) {
    spdlog::log(to_spdlog(level), text);
  } else {
    spdlog::default_logger()->clone(std::string(module))->log(to_spdlog(level), text);
  }
}

}  // namespace culvert
