#include "control/control_service.h"

#include <chrono>
#include <utility>

#include "metrics/prometheus.h"

namespace culvert {
namespace {

void append_status(const EngineStatus& status, const HealthReport& report, std::string& out) {
  constexpr CounterKind kGauge = CounterKind::kGauge, kCounter = CounterKind::kCounter;
  append_prometheus("ready", "1 when /health/ready says 200", kGauge, report.ready(), out);
  append_prometheus("live", "1 when /health/live says 200", kGauge, report.live(), out);
  append_prometheus("draining", "1 while it is about to stop", kGauge, status.draining, out);
  append_prometheus("workers", "packet worker threads", kGauge, status.workers.size(), out);
  append_prometheus("rule_generation", "rule sets published so far", kGauge, status.rule_generation,
                    out);
  append_prometheus("rules_loaded", "rules in use", kGauge, status.rules_loaded, out);
  append_prometheus("rules_failed", "rules that could not be loaded", kGauge, status.rules_failed,
                    out);
  append_prometheus("reload_failures", "reloads that did not replace the rules in use", kCounter,
                    status.reload_failures, out);
  append_prometheus("events_lost", "events that no output took in time", kCounter,
                    status.events_lost, out);
}

/// Loop turns by worker, in the shape that the formatter takes.
void append_turns(const EngineStatus& status, std::string& out) {
  std::vector<Counter> turns(status.workers.size());
  std::vector<std::vector<NamedCounter>> lists(turns.size());
  std::vector<const std::vector<NamedCounter>*> workers;
  for (std::size_t i = 0; i < turns.size(); ++i) {
    turns[i].set(status.workers[i].turns);
    lists[i].push_back({"worker.turns", "turns of the worker's loop, with packets or without",
                        CounterKind::kCounter, &turns[i]});
    workers.push_back(&lists[i]);
  }
  append_prometheus(workers, out);
}

}  // namespace

ControlService::ControlService(EngineView view, const HealthLimits& limits)
    : view_(std::move(view)), limits_(limits) {}

Result<std::unique_ptr<ControlService>> ControlService::start(std::string_view address,
                                                              EngineView view,
                                                              const HealthLimits& limits) {
  const auto parsed = parse_http_address(address);
  if (!parsed) return tl::unexpected(parsed.error());
  std::unique_ptr<ControlService> service(new ControlService(std::move(view), limits));
  ControlService* const self = service.get();
  auto http =
      HttpService::start(*parsed, {{"/health/ready", [self] { return self->answer_health(false); }},
                                   {"/health/live", [self] { return self->answer_health(true); }},
                                   {"/metrics", [self] { return self->answer_metrics(); }}});
  if (!http) return tl::unexpected(http.error());
  service->http_ = std::move(*http);
  service->watcher_ = std::thread([self] { self->watch(); });
  return service;
}

ControlService::~ControlService() {
  http_.reset();
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (watcher_.joinable()) watcher_.join();
}

void ControlService::watch() {
  std::unique_lock lock(mutex_);
  const auto interval = limits_.ready_stall / 4;
  while (!wake_.wait_for(lock, interval, [this] { return stopping_; })) measure();
}

ControlService::Measurement ControlService::measure() {
  Measurement measured{view_.status(), {}};
  const WorkerStalls stalls = watch_.observe(measured.status, std::chrono::steady_clock::now());
  measured.report = evaluate_health(measured.status, stalls, limits_);
  return measured;
}

HealthReport ControlService::report() { return measure().report; }

HttpAnswer ControlService::answer_health(bool live) {
  constexpr int kOk = 200, kServiceUnavailable = 503;
  const auto [status, report] = measure();
  HttpAnswer answer;
  answer.status = (live ? report.live() : report.ready()) ? kOk : kServiceUnavailable;
  answer.body = live ? format_live(report, status) : format_ready(report, status);
  return answer;
}

HttpAnswer ControlService::answer_metrics() {
  const auto [status, report] = measure();
  HttpAnswer answer;
  answer.content_type = kPrometheusContentType;
  append_status(status, report, answer.body);
  append_turns(status, answer.body);
  append_prometheus(view_.counters(), answer.body);
  return answer;
}

}  // namespace culvert
