// Statistics: the counters of all workers as EVE `stats` records and as stats.log tables. Control
// thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "eve/eve_config.h"
#include "event/event_output.h"
#include "event/json_writer.h"
#include "metrics/counter.h"

namespace culvert {

/// The counters of one thread, under its name ("W#01").
struct ThreadCounters {
  std::string_view name;
  std::span<const NamedCounter> counters;
};

/// One value by name, over all threads: the sum, or for maxima the largest.
struct CounterTotal {
  std::string_view name;
  std::string_view help;
  CounterKind kind;
  std::uint64_t value;
};
std::vector<CounterTotal> total_counters(std::span<const ThreadCounters> threads);

class StatsLog {
 public:
  StatsLog(const EveConfig& config, EventOutput& output) : config_(config), output_(output) {}

  /// Writes a record to each output that wants one.
  void write(Timestamp now, std::chrono::seconds uptime, std::span<const ThreadCounters> threads);

 private:
  void write_eve(const EveOutput& output, Timestamp now, std::chrono::seconds uptime,
                 std::span<const ThreadCounters> threads, std::span<const CounterTotal> totals);
  void write_table(const TextOutput& output, Timestamp now, std::chrono::seconds uptime,
                   std::span<const ThreadCounters> threads, std::span<const CounterTotal> totals);
  std::uint64_t last_value(std::string_view name) const;

  const EveConfig& config_;
  EventOutput& output_;
  JsonWriter json_;
  std::vector<std::pair<std::string, std::uint64_t>> last_;  ///< totals of the last record
};

}  // namespace culvert
