#include "cli/run_engine.h"

#include <fmt/format.h>

#include "base/log.h"
#include "config/config_file.h"
#include "control/control_service.h"
#include "engine/engine.h"

namespace culvert {

namespace {

/// Keys that no module asked for, and that the built-in configuration does not know either: most
/// are misspelt, or of features that only Suricata has.
void name_unknown_keys(const RunOptions& options) {
  const ConfigNode known = built_in_config();
  for (const auto& [path, node] : unknown_keys(options.config, &known)) {
    log_warning(fmt::format("{}: \"{}\" is not a key that culvert knows; it is ignored",
                            node->place().text(), path));
  }
}

/// The end of the process gives memory back at once: to free each piece of a rule set before is for
/// nothing, and can be felt in a test of the configuration. Still reachable, so that it is no leak.
void leave_to_the_kernel(std::unique_ptr<Engine> engine) {
  [[maybe_unused]] static Engine* const ended = engine.release();
}

}  // namespace

int run_engine(const RunOptions& options) {
  auto engine = Engine::start(options);
  if (!engine) {
    log_error(engine.error().text());
    return 1;
  }
  name_unknown_keys(options);
  if (options.engine_analysis && !options.test_only) return 0;
  if (options.test_only) {
    log_notice("Configuration provided was successfully loaded. Exiting.");
    leave_to_the_kernel(std::move(*engine));
    return 0;
  }
  std::unique_ptr<ControlService> control;
  const std::string address =
      options.health_address.value_or(options.config.text("culvert.health"));
  if (!address.empty()) {
    const EngineView view{[&] { return (*engine)->status(); },
                          [&] { return (*engine)->counters(); }};
    auto started = ControlService::start(address, view);
    if (!started) {
      log_error(started.error().text());
      return 1;
    }
    control = std::move(*started);
    log_notice(fmt::format("health and metrics: port {}", control->port()));
  }
  (*engine)->wait();
  control.reset();  // a probe that comes now finds nobody, which is the truth
  return (*engine)->finish();
}

}  // namespace culvert
