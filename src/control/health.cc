#include "control/health.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string_view>

namespace culvert {
namespace {

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string quote(std::span<const std::string> texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ',';
    out += quote(text);
  }
  return out + ']';
}

std::string format(std::string_view word, std::span<const std::string> reasons,
                   std::span<const std::string> warnings, const EngineStatus& status) {
  return fmt::format(
      "{{\"status\":{},\"reasons\":{},\"warnings\":{},\"workers\":{},\"draining\":{},"
      "\"rules\":{{\"generation\":{},\"loaded\":{},\"failed\":{},\"reload_failures\":{}}}}}\n",
      quote(word), quote(reasons), quote(warnings), status.workers.size(), status.draining,
      status.rule_generation, status.rules_loaded, status.rules_failed, status.reload_failures);
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
