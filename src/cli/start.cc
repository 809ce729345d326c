#include "cli/start.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <string>

#include "base/log.h"
#include "cli/process.h"
#include "cli/run_engine.h"
#include "cli/version.h"
#include "config/config_file.h"

namespace culvert {
namespace {

void report(const Complaints& complaints) {
  for (const Error& warning : complaints.warnings) log_warning(warning.text());
  for (const Error& error : complaints.errors) log_error(error.text());
}

}  // namespace

int start(const Flags& flags) {
  Complaints complaints;
  ConfigNode config = load_effective_config(flags, complaints);
  const Result<RunAs> run_as = find_run_as(flags, config);
  if (!run_as) complaints.errors.push_back(run_as.error());
  const RunOptions options = make_run_options(flags, std::move(config), complaints);
  LogOptions log_options = make_log_options(flags, options.config, options.log_dir, complaints);
  if (!std::filesystem::is_directory(options.log_dir)) log_options.file.clear();
  configure_log(log_options);
  report(complaints);
  if (!complaints.ok()) return 1;

  PidFile pid_file;
  if (flags.daemon) {
    if (const Result<void> done = become_daemon(); !done) {
      log_error(done.error().text());
      return 1;
    }
  }
  if (!flags.pidfile.empty()) {
    if (const Result<void> written = pid_file.write(flags.pidfile); !written) {
      log_error(written.error().text());
      return 1;
    }
  }
  if (const Result<void> done = become(*run_as); !done) {
    log_error(done.error().text());
    return 1;
  }

  log_notice(version_text());
  return run_engine(options);
}

int dump_config_in_effect(const Flags& flags) {
  LogOptions log_options;
  log_options.quiet_stdout = true;
  configure_log(log_options);
  Complaints complaints;
  const ConfigNode config = load_effective_config(flags, complaints);
  report(complaints);
  if (!complaints.ok()) return 1;
  const std::string text = dump_config(config);
  return std::fwrite(text.data(), 1, text.size(), stdout) == text.size() ? 0 : 1;
}

void add_common_options(CLI::App& command, Flags& flags) {
  command.add_option("-c,--config", flags.config_file, "configuration file (built-in defaults)");
  command
      .add_option("--include", flags.includes, "one more, read over the first (may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--set", flags.overrides, "NAME=VALUE of the configuration (may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command
      .add_option_function<std::vector<std::string>>(
          "-S,--rules",
          [&flags](const std::vector<std::string>& files) {
            flags.rule_files_exclusive = true;
            flags.rule_files = files;
          },
          "rule file, instead of those of the configuration (may be repeated)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("-l,--log-dir", flags.log_dir, "folder of the logs");
  command.add_flag("-v,--verbose", flags.verbosity, "say more (twice: still more)");
  command.add_flag("-q,--quiet", flags.quiet, "only say what is wrong");
  command.add_option("-k,--checksums", flags.checksums, "whether wrong checksums count")
      ->check(CLI::IsMember({"all", "none"}));
  command.add_flag("--init-errors-fatal", flags.init_errors_fatal,
                   "do not run with rules that do not load");
  command.add_flag("--disable-detection", flags.disable_detection, "no rules at all");
}

}  // namespace culvert
