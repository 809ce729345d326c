#include "event/sink_options.h"

#include <sys/syslog.h>

#include <charconv>
#include <filesystem>

namespace culvert {
namespace {

constexpr ConfigChoice<SinkKind> kKinds[] = {{"regular", SinkKind::kFile},
                                             {"file", SinkKind::kFile},
                                             {"stdout", SinkKind::kStdout},
                                             {"unix_stream", SinkKind::kUnixStream},
                                             {"unix_dgram", SinkKind::kUnixDatagram},
                                             {"syslog", SinkKind::kSyslog}};

constexpr ConfigChoice<int> kFacilities[] = {
    {"auth", LOG_AUTH},     {"authpriv", LOG_AUTHPRIV}, {"cron", LOG_CRON},
    {"daemon", LOG_DAEMON}, {"ftp", LOG_FTP},           {"kern", LOG_KERN},
    {"lpr", LOG_LPR},       {"mail", LOG_MAIL},         {"news", LOG_NEWS},
    {"security", LOG_AUTH}, {"syslog", LOG_SYSLOG},     {"user", LOG_USER},
    {"uucp", LOG_UUCP},     {"local0", LOG_LOCAL0},     {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3},     {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6},     {"local7", LOG_LOCAL7}};

constexpr ConfigChoice<int> kLevels[] = {
    {"emergency", LOG_EMERG}, {"emerg", LOG_EMERG}, {"alert", LOG_ALERT}, {"critical", LOG_CRIT},
    {"crit", LOG_CRIT},       {"error", LOG_ERR},   {"err", LOG_ERR},     {"warning", LOG_WARNING},
    {"notice", LOG_NOTICE},   {"info", LOG_INFO},   {"debug", LOG_DEBUG}};

void parse_rotation(const ConfigNode& output, SinkOptions& options, Complaints& complaints) {
  options.rotate_bytes = output.size("rotate-size", 0, complaints);
  const std::string interval = output.text("rotate-interval");
  if (interval.empty()) return;
  constexpr std::pair<std::string_view, RotateAt> kWords[] = {
      {"minute", RotateAt::kMinute}, {"hour", RotateAt::kHour}, {"day", RotateAt::kDay}};
  for (const auto& [word, at] : kWords) {
    if (word == interval) options.rotate_at = at;
  }
  if (options.rotate_at != RotateAt::kNever) return;
  const auto every = parse_duration(interval);
  if (every && *every >= std::chrono::seconds(1)) {
    options.rotate_at = RotateAt::kInterval;
    options.rotate_interval = std::chrono::duration_cast<std::chrono::seconds>(*every);
    return;
  }
  output.find("rotate-interval")
      ->complain("rotate-interval", "minute, hour, day or a time such as 10s, 5m, 2h", complaints);
}

}  // namespace

SinkOptions parse_sink_options(const ConfigNode& output, std::string_view log_dir,
                               std::string_view default_filename, Complaints& complaints) {
  SinkOptions options;
  options.kind = output.choice("filetype", kKinds, SinkKind::kFile, complaints);
  std::string name = output.text("filename", default_filename);
  if (options.kind == SinkKind::kFile && (name == "-" || name == "stdout")) {
    options.kind = SinkKind::kStdout;
  }
  if (name.empty()) name = default_filename;
  options.path = (std::filesystem::path(log_dir) / name).string();  // absolute names stay
  options.append = output.boolean("append", true, complaints);
  options.threaded =
      output.boolean("threaded", false, complaints) && options.kind == SinkKind::kFile;
  static_cast<void>(output.size("buffer-size", 0, complaints));  // records are always collected
  if (const std::string mode = output.text("filemode"); !mode.empty()) {
    unsigned value = 0;
    const auto [rest, error] = std::from_chars(mode.data(), mode.data() + mode.size(), value, 8);
    if (error == std::errc() && rest == mode.data() + mode.size() && value <= 07777) {
      options.file_mode = value;
    } else {
      output.find("filemode")->complain("filemode", "an octal mode such as 640", complaints);
    }
  }
  parse_rotation(output, options, complaints);
  options.prefix = output.text("prefix");
  options.identity = output.text("identity", "suricata");
  options.syslog_priority = output.choice("facility", kFacilities, LOG_LOCAL5, complaints);
  // `level` has other words in outputs that are not syslog.
  if (options.kind == SinkKind::kSyslog) {
    options.syslog_priority |= output.choice("level", kLevels, LOG_INFO, complaints);
  }
  return options;
}

}  // namespace culvert
