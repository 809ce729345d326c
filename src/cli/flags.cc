#include "cli/flags.h"

#include <sys/syslog.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <filesystem>

#include "config/config_file.h"
#include "config/line_file.h"

namespace culvert {
namespace {

/// "3" or "0:3" to the queues it names.
void add_queues(const std::string& text, std::vector<std::uint16_t>& queues,
                Complaints& complaints) {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  const char* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, first);
  last = first;
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == ':') {
    parsed = std::from_chars(parsed.ptr + 1, end, last);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end || last < first) {
    complaints.error("-q: \"" + text + "\" is not a queue or a range of queues such as 0:3");
    return;
  }
  for (unsigned queue = first; queue <= last; ++queue) {
    queues.push_back(static_cast<std::uint16_t>(queue));
  }
}

/// The folder of the logs: -l has to be there, as with Suricata; that of the configuration is made.
std::string find_log_dir(const Flags& flags, const ConfigNode& config, Complaints& complaints) {
  std::error_code code;
  if (!flags.log_dir.empty()) {
    if (!std::filesystem::is_directory(flags.log_dir, code)) {
      complaints.error("The logging directory \"" + flags.log_dir +
                       "\" supplied at the command-line (-l " + flags.log_dir +
                       ") doesn't exist. Shutting down the engine.");
    } else if (::access(flags.log_dir.c_str(), W_OK) != 0) {
      complaints.error("The logging directory \"" + flags.log_dir + "\" is not writable.");
    }
    return flags.log_dir;
  }
  std::string folder = config.text("default-log-dir", "/var/log/suricata");
  std::filesystem::create_directories(folder, code);
  if (!std::filesystem::is_directory(folder, code)) {
    complaints.error("the log folder " + folder +
                     " (default-log-dir) is not there and cannot be made; name another with -l");
  }
  return folder;
}

void check_captures(const Flags& flags, Complaints& complaints) {
  for (const std::string& capture : flags.captures) {
    if (capture != "-" && ::access(capture.c_str(), F_OK) != 0) {
      complaints.error("pcap file '" + capture + "': No such file or directory");
    }
  }
}

std::string read_bpf(const Flags& flags, const ConfigNode& config, Complaints& complaints) {
  if (flags.bpf_file.empty()) {
    return flags.bpf.empty() ? config.text("bpf-filter") : flags.bpf;
  }
  const Result<std::string> text = read_text_file(flags.bpf_file);
  if (!text) {
    complaints.errors.push_back(text.error());
    return {};
  }
  std::string filter;
  for (const ConfigLine& line : split_config_lines(*text, flags.bpf_file)) {
    if (!filter.empty()) filter += ' ';
    filter += line.text;
  }
  return filter;
}

constexpr ConfigChoice<LogLevel> kLogLevels[] = {
    {"emergency", LogLevel::kError}, {"alert", LogLevel::kError},
    {"critical", LogLevel::kError},  {"error", LogLevel::kError},
    {"warning", LogLevel::kWarning}, {"notice", LogLevel::kNotice},
    {"info", LogLevel::kInfo},       {"perf", LogLevel::kDebug},
    {"config", LogLevel::kDebug},    {"debug", LogLevel::kDebug}};

constexpr ConfigChoice<int> kFacilities[] = {
    {"auth", LOG_AUTH},     {"daemon", LOG_DAEMON}, {"user", LOG_USER},     {"local0", LOG_LOCAL0},
    {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2}, {"local3", LOG_LOCAL3}, {"local4", LOG_LOCAL4},
    {"local5", LOG_LOCAL5}, {"local6", LOG_LOCAL6}, {"local7", LOG_LOCAL7}};

}  // namespace

ConfigNode load_effective_config(const Flags& flags, Complaints& complaints) {
  ConfigNode config = flags.config_file.empty() ? built_in_config()
                                                : load_config_file(flags.config_file, complaints);
  for (const std::string& file : flags.includes) include_config_file(config, file, complaints);
  for (const std::string& assignment : flags.overrides) {
    apply_override(config, assignment, complaints);
  }
  if (flags.unix_socket) {
    apply_override(config, "unix-command.enabled=yes", complaints);
    if (!flags.unix_socket_path.empty()) {
      apply_override(config, "unix-command.filename=" + flags.unix_socket_path, complaints);
    }
  }
  return config;
}

RunOptions make_run_options(const Flags& flags, ConfigNode config, Complaints& complaints) {
  RunOptions options;
  options.uses_built_in_config = flags.config_file.empty();
  options.source = flags.source;
  options.captures = flags.captures;
  options.interfaces = flags.interfaces;
  for (const std::string& queue : flags.queues) add_queues(queue, options.queues, complaints);
  options.pcap_file = flags.pcap_file;
  options.bpf = read_bpf(flags, config, complaints);
  check_captures(flags, complaints);

  options.rule_files = flags.rule_files;
  options.rule_files_exclusive = flags.rule_files_exclusive;
  options.firewall_rule_files = flags.firewall_rule_files;
  options.firewall_mode = flags.firewall_mode || !flags.firewall_rule_files.empty();
  options.disable_detection = flags.disable_detection;
  options.strict_rule_keywords = flags.strict_rule_keywords;
  options.init_errors_fatal = flags.init_errors_fatal;

  options.log_dir = find_log_dir(flags, config, complaints);
  options.data_dir = flags.data_dir.empty() ? config.text("default-data-dir", "/var/lib/suricata")
                                            : flags.data_dir;
  options.runmode = flags.runmode.empty() ? config.text("runmode") : flags.runmode;
  constexpr std::string_view kRunmodes[] = {"", "auto", "single", "autofp", "workers"};
  if (std::ranges::find(kRunmodes, options.runmode) == std::end(kRunmodes)) {
    complaints.error("the run mode \"" + options.runmode +
                     "\" doesn't exist; it is one of single, autofp, workers");
  }
  if (flags.checksums == "all") {
    options.checksums = ChecksumMode::kAll;
  } else if (flags.checksums == "none") {
    options.checksums = ChecksumMode::kNone;
  } else if (!flags.checksums.empty()) {
    complaints.error("option '" + flags.checksums + "' invalid for -k: it is all or none");
  }
  options.simulate_ips = flags.simulate_ips;
  options.test_only = flags.test_only;
  options.engine_analysis = flags.engine_analysis;
  if (!flags.health_address.empty()) options.health_address = flags.health_address;
  options.config = std::move(config);
  return options;
}

LogOptions make_log_options(const Flags& flags, const ConfigNode& config,
                            const std::string& log_dir, Complaints& complaints) {
  LogOptions options;
  options.level =
      config.choice("logging.default-log-level", kLogLevels, LogLevel::kNotice, complaints);
  options.file_level = options.level;
  // With a list of outputs, only those in it: a console is not implied.
  options.to_console = !config.has("logging.outputs");
  for (const auto& [name, settings] : config.named_items("logging.outputs")) {
    const bool enabled = settings->boolean("enabled", true, complaints);
    const LogLevel level = settings->choice("level", kLogLevels, options.level, complaints);
    if (name == "console") {
      settings->mark_asked();  // format, type: colours and the like are not ours
      if (!enabled) continue;
      options.to_console = true;
      options.level = level;
    } else if (name == "file") {
      const std::string file = settings->text("filename", "suricata.log");
      const bool json = settings->text("type") == "json";
      settings->mark_asked();
      if (!enabled) continue;
      options.file = (std::filesystem::path(log_dir) / file).string();
      options.file_level = level;
      options.file_json = json;
    } else if (name == "syslog") {
      const int facility = settings->choice("facility", kFacilities, LOG_LOCAL5, complaints);
      settings->mark_asked();
      if (!enabled) continue;
      options.syslog_facility = facility;
      options.syslog_level = level;
    }
  }
  for (int i = 0; i < flags.verbosity; ++i) {
    if (options.level < LogLevel::kDebug) {
      options.level = static_cast<LogLevel>(static_cast<int>(options.level) + 1);
    }
    options.file_level = std::max(options.file_level, options.level);
  }
  if (flags.quiet) options.level = LogLevel::kError;
  if (flags.daemon) options.to_console = false;
  if (flags.no_log_file) options.file.clear();
  return options;
}

}  // namespace culvert
