// What the control plane serves over HTTP: /health/ready, /health/live and /metrics.
//
//   auto service = ControlService::start("0.0.0.0:8080", view);   // keeps running until destroyed
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <vector>

#include "base/result.h"
#include "control/health.h"
#include "control/http_service.h"
#include "engine/engine_status.h"
#include "metrics/counter.h"

namespace culvert {

/// How the service looks at the engine. Called by several threads at once; must not wait for
/// workers.
struct EngineView {
  std::function<EngineStatus()> status;
  /// The counters of each worker; views that live as long as the engine.
  std::function<std::vector<const std::vector<NamedCounter>*>()> counters;
};

class ControlService {
 public:
  /// The engine must outlive what is returned.
  static Result<std::unique_ptr<ControlService>> start(std::string_view address, EngineView view,
                                                       const HealthLimits& limits = {});
  ~ControlService();
  ControlService(const ControlService&) = delete;
  ControlService& operator=(const ControlService&) = delete;

  std::uint16_t port() const { return http_->port(); }
  /// What /health would say now.
  HealthReport report();

 private:
  /// What was measured just now, and the verdict on it.
  struct Measurement {
    EngineStatus status;
    HealthReport report;
  };
  ControlService(EngineView view, const HealthLimits& limits);
  Measurement measure();
  HttpAnswer answer_health(bool live);
  HttpAnswer answer_metrics();
  void watch();

  const EngineView view_;
  const HealthLimits limits_;
  WorkerWatch watch_;
  std::unique_ptr<HttpService> http_;

  // Looks at the workers also when nobody asks, so that a stall is dated right.
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread watcher_;
};

}  // namespace culvert
