#include "control/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "event/json_writer.h"

namespace culvert {
namespace {

std::string format(std::string_view word, const std::vector<std::string>& reasons,
                   const std::vector<std::string>& warnings, const EngineStatus& status) {
  JsonWriter json(1024);
  const auto list = [&json](std::string_view key, const std::vector<std::string>& texts) {
    json.begin_array(key);
    for (const std::string& text : texts) json.item(text);
    json.end_array();
  };
  json.begin_object();
  json.field("status", word);
  list("reasons", reasons);
  list("warnings", warnings);
  json.field("workers", status.workers.size());
  json.field("draining", status.draining);
  json.begin_object("rules");
  json.field("generation", status.rule_generation);
  json.field("loaded", status.rules_loaded);
  json.field("failed", status.rules_failed);
  json.field("reload_failures", status.reload_failures);
  json.end_object();
  json.end_object();
  return std::string(json.text()) + '\n';
}

void judge_worker(std::size_t number, const WorkerStatus& worker, std::chrono::milliseconds stall,
                  const HealthLimits& limits, HealthReport& report) {
  if (worker.finished) {
    report.not_ready.push_back(fmt::format("worker {} has come to the end of its source", number));
    return;
  }
  const std::string stalled = fmt::format("worker {} has not moved for {:.1f} s", number,
                                          std::chrono::duration<double>(stall).count());
  if (worker.turns == 0) {
    report.not_ready.push_back(fmt::format("worker {} has not begun", number));
  } else if (stall > limits.ready_stall) {
    report.not_ready.push_back(stalled);
  }
  if (stall > limits.live_stall) report.not_live.push_back(stalled);
  if (!worker.capture_open) {
    const std::string& error = worker.capture_error;
    report.not_ready.push_back(
        fmt::format("worker {} has no open capture{}{}", number, error.empty() ? "" : ": ", error));
  } else if (!worker.capture_error.empty()) {
    report.not_ready.push_back(fmt::format("worker {}: {}", number, worker.capture_error));
  }
}

}  // namespace

HealthReport evaluate_health(const EngineStatus& status, const WorkerStalls& stalls,
                             const HealthLimits& limits) {
  HealthReport report;
  if (status.draining) report.not_ready.emplace_back("draining: about to stop");
  if (status.workers.empty()) report.not_ready.emplace_back("no worker runs yet");
  for (std::size_t i = 0; i < status.workers.size(); ++i) {
    judge_worker(i, status.workers[i], stalls[i], limits, report);
  }
  if (status.detection_wanted && status.rule_generation == 0) {
    report.not_ready.emplace_back("rules are not loaded yet");
  } else if (status.detection_wanted && status.rules_loaded == 0 && status.rules_failed > 0) {
    report.not_ready.emplace_back("none of the rules could be loaded");
  }
  if (status.rules_failed > 0) {
    report.warnings.push_back(fmt::format("{} rules could not be loaded", status.rules_failed));
  }
  if (status.reload_failures > 0) {
    report.warnings.push_back(
        fmt::format("{} reloads did not replace the rules in use", status.reload_failures));
  }
  if (status.events_lost > 0) {
    report.warnings.push_back(fmt::format("{} events were lost", status.events_lost));
  }
  return report;
}

WorkerStalls WorkerWatch::observe(const EngineStatus& status, Time now) {
  const std::lock_guard lock(mutex_);
  WorkerStalls stalls;
  stalls.reserve(status.workers.size());
  for (std::size_t i = 0; i < status.workers.size(); ++i) {
    const std::uint64_t turns = status.workers[i].turns;
    if (i == seen_.size()) seen_.push_back({turns, now});
    // Two that ask at once may come here in the wrong order: turns only go up.
    if (turns > seen_[i].turns) seen_[i] = {turns, now};
    const auto stall = std::max(Time::duration::zero(), now - seen_[i].since);
    stalls.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(stall));
  }
  return stalls;
}

std::string format_ready(const HealthReport& report, const EngineStatus& status) {
  return format(report.ready() ? "ready" : "not ready", report.not_ready, report.warnings, status);
}
std::string format_live(const HealthReport& report, const EngineStatus& status) {
  return format(report.live() ? "live" : "not live", report.not_live, {}, status);
}

}  // namespace culvert
