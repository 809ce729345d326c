// The engine as a whole: sets up what the configuration asks for, runs workers, reloads rules, stops.
//
//   auto engine = Engine::start(options);       // reads all, opens all; threads run when it returns
//   (*engine)->wait();                          // until the capture ends or a signal asks to stop
//   exit_code = (*engine)->finish();
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "app/expected_flows.h"
#include "base/result.h"
#include "detect/rule_set.h"
#include "engine/engine_options.h"
#include "engine/engine_status.h"
#include "engine/run_options.h"
#include "engine/snapshot.h"
#include "eve/eve_config.h"
#include "eve/stats_log.h"
#include "event/event_writer.h"
#include "files/file_store.h"
#include "lua/lua_output.h"
#include "metrics/counter.h"

namespace culvert {

class Engine {
 public:
  /// Reads configuration and rules, opens outputs and sources, starts the workers. What is wrong is
  /// logged as it is found; the error says what made it give up. With `test_only` it stops before
  /// anything is opened. `options` outlives the engine.
  static Result<std::unique_ptr<Engine>> start(const RunOptions& options);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// The control thread's duties until the sources are finished or SIGINT or SIGTERM asks to stop:
  /// statistics, SIGHUP (reopen files), SIGUSR2 (reload rules). SIGTERM drains first when packets
  /// come from a load balancer: health goes red, traffic goes on; a second one ends it at once.
  void wait();
  /// Ends workers, flows and outputs. The exit code: 0 unless a source failed.
  int finish();

  /// For health and metrics; any thread.
  EngineStatus status() const;
  /// All counters of each worker; views, valid as long as the engine.
  std::vector<const std::vector<NamedCounter>*> counters() const;

 private:
  explicit Engine(const RunOptions& options);
  Result<void> set_up();
  Result<std::shared_ptr<const RuleSet>> load_rules();
  void publish(std::shared_ptr<const RuleSet> rules);
  Result<void> open_lanes();
  void start_lanes();
  void handle_signal(int signal);
  void begin_reload();
  void end_reload();
  void begin_drain();
  bool all_finished() const;
  void write_stats();
  void measure_memory_pressure();

  struct Lane;  ///< a source, its event log, its worker and its thread

  const RunOptions& run_;
  EngineOptions options_;
  EveConfig eve_;
  std::string log_dir_;
  std::unique_ptr<EventWriter> writer_;
  std::unique_ptr<StatsLog> stats_;
  std::vector<lua::OutputScript> scripts_;  ///< of outputs
  std::unique_ptr<lua::LuaStats> lua_stats_;
  ExpectedFlows expected_;
  std::unique_ptr<FileStore> file_store_;  ///< null: off
  Counter memcap_pressure_, memcap_pressure_max_;
  std::vector<NamedCounter> control_counters_;

  std::shared_ptr<DetectShared> shared_;  ///< over all rule sets and workers
  Snapshot<RuleSet> rules_;
  std::vector<std::shared_ptr<const RuleSet>> retired_;  ///< until no worker holds them
  std::atomic<std::uint64_t> generation_{0}, reload_failures_{0}, loaded_{0}, failed_{0};
  std::thread reloader_;
  std::mutex reload_mutex_;
  std::shared_ptr<const RuleSet> reloaded_;  ///< by the reloader, to be published
  std::shared_ptr<const RuleSet> in_use_;  ///< what was published last
  std::atomic<bool> reload_done_{false};

  std::vector<std::unique_ptr<Lane>> lanes_;
  std::atomic<bool> stop_{false}, draining_{false};
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  std::chrono::steady_clock::time_point drain_ends_{};
};

}  // namespace culvert
