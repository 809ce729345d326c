#include "cli/run_engine.h"

#include <fmt/format.h>

#include "base/log.h"
#include "control/control_service.h"
#include "engine/engine.h"

namespace culvert {

int run_engine(const RunOptions& options) {
  auto engine = Engine::start(options);
  if (!engine) {
    log_error(engine.error().text());
    return 1;
  }
  if (options.test_only) {
    log_notice("configuration and rules are good");
    return 0;
  }
  std::unique_ptr<ControlService> control;
  const std::string address = options.health_address.value_or(options.config.text("culvert.health"));
  if (!address.empty()) {
    const EngineView view{[&] { return (*engine)->status(); }, [&] { return (*engine)->counters(); }};
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
