#include "cli/watched_run.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "base/log.h"
#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/detect_watch.h"
#include "engine/engine.h"
#include "engine/rule_files.h"
#include "insight/lint.h"

namespace culvert {

Result<WatchedRun> WatchedRun::prepare(Flags flags) {
  LogOptions log_options;
  log_options.quiet_stdout = true;
  log_options.level = flags.verbosity > 0 ? LogLevel::kInfo : LogLevel::kError;
  // Other rules' complaints would bury the answer; -v shows them.
  log_options.to_console = flags.verbosity > 0;
  configure_log(log_options);
  flags.source = SourceKind::kPcapFile;
  // Nothing is written: any folder will do.
  if (flags.log_dir.empty()) flags.log_dir = std::filesystem::temp_directory_path().string();
  Complaints complaints;
  ConfigNode config = load_effective_config(flags, complaints);
  for (const char* const list : {"outputs", "culvert.health"}) {
    if (ConfigNode* const node = config.find_mutable(list); node != nullptr) {
      node->clear_children();
      node->set_null();
    }
  }
  config.make_path("stats.enabled", {}).set_value("no");
  WatchedRun run;
  run.options_ = make_run_options(flags, std::move(config), complaints);
  if (!complaints.ok()) return tl::unexpected(complaints.errors.front());
  return run;
}

Result<void> WatchedRun::run(DetectWatch& watch) {
  options_.watch = &watch;
  auto engine = Engine::start(options_);
  if (!engine) return tl::unexpected(engine.error());
  (*engine)->wait();
  if ((*engine)->finish() != 0) return failure("the capture could not be read to its end");
  return {};
}

std::string WatchedRun::complaint_of(std::uint32_t gid, std::uint32_t sid) const {
  Complaints complaints;
  RuleFileChoice choice;
  (options_.rule_files_exclusive ? choice.exclusive : choice.additional) = options_.rule_files;
  const RuleSources sources = read_rule_sources(options_.config, choice, complaints);
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.config = &options_.config;
  for (const LintFinding& each : lint_rules(environment, sources).findings) {
    if (each.gid == gid && each.sid == sid && each.check == "load") return each.why;
  }
  return {};
}

bool wants_color(std::string_view choice) {
  if (choice == "always") return true;
  if (choice == "never") return false;
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

}  // namespace culvert
