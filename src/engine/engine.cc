#include "engine/engine.h"

#include <fmt/format.h>
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/cpus.h"
#include "base/hash.h"
#include "base/log.h"
#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/rule_analysis.h"
#include "detect/rule_failures.h"
#include "detect/shared_state.h"
#include "engine/lane.h"
#include "engine/rule_files.h"
#include "engine/sources.h"
#include "lua/script_counters.h"

namespace culvert {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurn{100};
constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR2};

sigset_t engine_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : kSignals) sigaddset(&set, signal);
  return set;
}

void log_complaints(const Complaints& complaints) {
  for (const Error& error : complaints.errors) log_error(error.text());
  for (const Error& warning : complaints.warnings) log_warning(warning.text());
}

/// As Suricata does: what is wrong, then which rule it is about.
void log_rule_complaints(const RuleSet& rules, const RuleSources& sources, Complaints& complaints) {
  for (const RuleFailure& failure : rule_failures(rules)) {
    log_error(failure.message, failure.module);
    log_error(fmt::format("error parsing signature \"{}\" from file {} at line {} ({})", failure.text,
                          failure.file, failure.line, failure.where),
              "detect");
  }
  bool thresholds_said = false;
  for (const Error& error : complaints.errors) {
    const bool said = std::ranges::any_of(rule_failures(rules), [&](const RuleFailure& failure) {
      return failure.message == error.message && failure.where == error.where;
    });
    if (said) continue;
    const bool thresholds = error.where.starts_with(sources.threshold_name + ":");
    log_error(error.text(), thresholds ? "detect-engine-threshold" : "detect");
    if (thresholds && !thresholds_said) {
      thresholds_said = true;
      log_error("Error loading threshold configuration from " + sources.threshold_name);
    }
  }
  for (const Error& warning : complaints.warnings) log_warning(warning.text(), "detect-parse");
  if (rules.counts().loaded == 0 && !sources.files.empty()) {
    log_warning(fmt::format("{} rule files specified, but no rules were loaded!", sources.files.size()),
                "detect");
  }
}

/// `pcap-file.checksum-checks`: whether checksums in captures are to be trusted.
void apply_capture_file_checksums(const ConfigNode& root, DecodeOptions& options,
                                  Complaints& complaints) {
  enum class Checks { kYes, kNo, kAuto };
  constexpr ConfigChoice<Checks> kChoices[] = {
      {"yes", Checks::kYes}, {"no", Checks::kNo}, {"auto", Checks::kAuto}};
  const Checks checks =
      root.choice("pcap-file.checksum-checks", kChoices, Checks::kAuto, complaints);
  options.validate_checksums = checks != Checks::kNo;
  options.give_up_on_bad_checksums = checks == Checks::kAuto;
}

}  // namespace

Engine::Engine(const RunOptions& options) : run_(options) {}

Engine::~Engine() {
  stop_ = true;
  for (auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
  if (reloader_.joinable()) reloader_.join();
  lanes_.clear();
  if (file_store_ != nullptr) file_store_->stop();
  if (writer_ != nullptr) writer_->stop();
}

Result<std::unique_ptr<Engine>> Engine::start(const RunOptions& options) {
  std::unique_ptr<Engine> engine(new Engine(options));
  // Before any thread is made, so that all inherit it: signals are this thread's alone.
  const sigset_t signals = engine_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  if (auto ready = engine->set_up(); !ready) return tl::unexpected(ready.error());
  return engine;
}

Result<void> Engine::set_up() {
  Complaints complaints;
  const bool firewall = run_.firewall_mode || !run_.firewall_rule_files.empty() ||
                        run_.config.boolean("firewall.enabled", false, complaints);
  // A firewall drops: even with packets from a file, it acts as if inline.
  options_ = parse_engine_options(run_.config, firewall || is_inline(run_), is_live(run_.source),
                                  complaints);
  options_.watch = run_.watch;
  options_.detect.firewall.enabled = firewall;
  if (run_.checksums != ChecksumMode::kConfigured) {
    options_.decode.validate_checksums = run_.checksums == ChecksumMode::kAll;
    options_.stream.checksum_validation = run_.checksums == ChecksumMode::kAll;
  } else {
    options_.decode.validate_checksums = options_.stream.checksum_validation;
  }
  if (run_.source == SourceKind::kPcapFile && options_.decode.validate_checksums) {
    apply_capture_file_checksums(run_.config, options_.decode, complaints);
  }
  log_dir_ = run_.log_dir.empty() ? run_.config.text("default-log-dir", ".") : run_.log_dir;
  eve_ = EveConfig(run_.config, log_dir_, builtin_protocols(), complaints);
  FileStoreOptions store = parse_file_store(run_.config, log_dir_, complaints);
  scripts_ = lua::read_output_scripts(run_.config, log_dir_, complaints);
  options_.files.needs.add(eve_.file_needs());
  options_.files.needs.add(lua::file_needs_of(scripts_));
  options_.files.needs.add(store.needs);
  options_.files.ranges = parse_file_ranges(run_.config, complaints);
  if (!complaints.ok()) {  // the caller tells of the last one
    Error last = std::move(complaints.errors.back());
    complaints.errors.pop_back();
    log_complaints(complaints);
    return tl::unexpected(std::move(last));
  }
  log_complaints(complaints);

  shared_ = std::make_shared<DetectShared>();
  Complaints dataset_complaints;
  shared_->datasets.configure(run_.config, run_.data_dir, dataset_complaints);
  log_complaints(dataset_complaints);
  if (!dataset_complaints.ok() && run_.init_errors_fatal) return failure("not all datasets could be read");
  // The heap grows by little at a time. Rules need much: at once it comes in huge pages, and they
  // load in two thirds of the time. What comes after them is used here and there: by little again.
  constexpr int kHeapBytes = 64 << 20, kUsualBytes = 128 << 10;
  ::mallopt(M_TOP_PAD, kHeapBytes);
  auto rules = load_rules();
  ::mallopt(M_TOP_PAD, kUsualBytes);
  if (!rules) return tl::unexpected(rules.error());
  // A live engine may be given rules later; a firewall drops without any.
  options_.has_rules =
      !run_.disable_detection && (firewall || options_.live || !(*rules)->empty());
  if (!options_.has_rules) options_.stream.raw = false;  // nobody to look at it
  options_.app_layer.has_detection = options_.has_rules;
  options_.app_layer.logs_files = eve_.wants(EveType::kFiles);
  publish(std::move(*rules));
  if (run_.test_only || run_.engine_analysis) return {};

  if (::mkdir(log_dir_.c_str(), 0755) != 0 && errno != EEXIST) {
    return failure(
        fmt::format("cannot make the log folder {}: {}", log_dir_, std::strerror(errno)));
  }
  Complaints output_complaints;
  writer_ = std::make_unique<EventWriter>(
      eve_.sinks(), EventWriterOptions{.wait_when_full = !options_.live}, output_complaints);
  log_complaints(output_complaints);
  if (!output_complaints.ok()) return failure("not all outputs could be opened");
  stats_ = std::make_unique<StatsLog>(eve_, writer_->add_output());
  lua_stats_ = std::make_unique<lua::LuaStats>(scripts_, log_dir_);
  lua::script_counters().append(control_counters_);
  if (store.enabled) {
    file_store_ = std::make_unique<FileStore>(std::move(store), !options_.live);
    if (auto opened = file_store_->open(); !opened) return opened;
    append_counters(file_store_->counters(), kFileStoreCounters, control_counters_);
  }
  if (auto opened = open_lanes(); !opened) return opened;
  append_counters(writer_->counters(), kEventWriterCounters, control_counters_);
  control_counters_.push_back({"memcap.pressure",
                               "Use of the memory limit that is nearest, percent",
                               CounterKind::kGauge, &memcap_pressure_});
  control_counters_.push_back({"memcap.pressure_max",
                               "The most that memcap.pressure has been, percent",
                               CounterKind::kMaximum, &memcap_pressure_max_});
  // The heap of another thread grows by pages, with a system call for each: here by all that such a
  // heap can have, which becomes real as it is used.
  ::mallopt(M_TOP_PAD, kHeapBytes);
  start_lanes();
  return {};
}

Result<std::shared_ptr<const RuleSet>> Engine::load_rules() {
  Complaints complaints;
  RuleFileChoice choice;
  (run_.rule_files_exclusive ? choice.exclusive : choice.additional) = run_.rule_files;
  choice.firewall = options_.detect.firewall.enabled;
  choice.firewall_exclusive = run_.firewall_rule_files;
  choice.detection = !run_.disable_detection;
  const RuleSources sources = read_rule_sources(run_.config, choice, complaints);

  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.file_buffers = builtin_file_buffers();
  environment.config = &run_.config;
  environment.options = options_.detect;
  environment.shared = shared_;
  environment.strict_keywords = run_.strict_rule_keywords;
  environment.ignores_checksums = run_.checksums == ChecksumMode::kNone;
  environment.previous = in_use_;  // replaced only when no reload is under way
  auto rules = compile_rules(environment, sources, complaints);
  // Compiling databases leaves more behind than the rules take: 100 MB of 170 (bench/load).
  if (!run_.test_only) ::malloc_trim(0);
  log_rule_complaints(*rules, sources, complaints);
  if (run_.engine_analysis) {
    ::mkdir(log_dir_.c_str(), 0755);
    if (auto done = write_rule_analysis(environment, *rules, log_dir_); !done) {
      log_error(done.error().text());
    }
  }
  const RuleLoadCounts& counts = rules->counts();
  log_notice(fmt::format("{} rules loaded, {} failed, {} skipped", counts.loaded, counts.failed,
                         counts.skipped));
  // In Suricata's words too: scripts look for them.
  if (counts.loaded != 0) log_info(fmt::format("{} rule files processed. {} rules successfully loaded, {} rules failed, {} "
                       "rules skipped",
                       sources.files.size(), counts.loaded, counts.failed, counts.skipped),
           "detect");
  log_info(fmt::format("{} signatures processed. {} are IP-only rules, {} are inspecting packet "
                       "payload, {} inspect application layer, {} are decoder event only",
                       counts.loaded, counts.ip_only, counts.packet + counts.stream,
                       counts.app_layer, counts.decoder),
           "detect");
  if (!complaints.ok() && (run_.init_errors_fatal || run_.test_only)) {
    return failure("Loading signatures failed.");
  }
  if (counts.loaded == 0 && counts.failed != 0 && generation_ != 0) {
    return failure("no rule could be loaded");
  }
  loaded_ = counts.loaded;
  failed_ = counts.failed;
  return rules;
}

void Engine::publish(std::shared_ptr<const RuleSet> rules) {
  in_use_ = rules;
  if (auto old = rules_.publish(std::move(rules)); old != nullptr) {
    retired_.push_back(std::move(old));
  }
  ++generation_;
}

Result<void> Engine::open_lanes() {
  auto sources = open_sources(run_);
  if (!sources) return tl::unexpected(sources.error());
  const std::uint64_t seed = random_seed();
  const auto count = static_cast<unsigned>(sources->workers.size());
  for (unsigned i = 0; i < count; ++i) {
    auto lane = std::make_unique<Lane>();
    lane->name = fmt::format("W#{:02}", i + 1);
    lane->source = std::move(sources->workers[i]);
    EventOutput& output = writer_->add_output();
    EventLogParts events{eve_, output};
    events.inline_mode = options_.inline_mode;
    events.interfaces = sources->interfaces;
    events.capture_file = lane->source->capture_file();
    events.worker = i;
    lane->events = std::make_unique<EventLog>(events);
    if (!scripts_.empty()) {
      lane->scripts = std::make_unique<lua::LuaOutput>(scripts_, log_dir_);
      lane->events->add_listener(*lane->scripts);
    }
    lane->worker = std::make_unique<Worker>(
        WorkerParts{options_, rules_, *lane->source, *lane->events, shared_.get(), i, count, seed, &expected_});
    if (file_store_ != nullptr) lane->worker->use_store(file_store_->add_input());
    lane->worker->append_counters(lane->counters);
    append_counters(output.counters(), kEventCounters, lane->counters);
    lane->events->append_counters(lane->counters);
    lanes_.push_back(std::move(lane));
  }
  return {};
}

void Engine::start_lanes() {
  writer_->start();
  if (file_store_ != nullptr) file_store_->start();
  started_ = SteadyClock::now();
  const std::vector<unsigned> cpus = allowed_cpus();
  for (unsigned i = 0; i < lanes_.size(); ++i) {
    Lane& lane = *lanes_[i];
    lane.thread = std::thread([this, &lane] {
      pthread_setname_np(pthread_self(), lane.name.c_str());
      lane.worker->run(stop_);
      lane.finished = true;
    });
    // A CPU of its own, where there are enough: a worker that wanders finds cold caches.
    if (!options_.live || lanes_.size() > cpus.size() || cpus[i] >= CPU_SETSIZE) continue;
    cpu_set_t own;
    CPU_ZERO(&own);
    CPU_SET(cpus[i], &own);
    pthread_setaffinity_np(lane.thread.native_handle(), sizeof own, &own);
  }
}

bool Engine::all_finished() const {
  return std::all_of(lanes_.begin(), lanes_.end(),
                     [](const auto& lane) { return lane->finished.load(); });
}

void Engine::wait() {
  const sigset_t signals = engine_signals();
  const auto interval = eve_.stats_interval();
  auto next_stats = SteadyClock::now() + interval;
  // A capture that takes milliseconds should not end on a turn's edge.
  std::chrono::milliseconds turn{1};
  while (!stop_ && !all_finished()) {
    const timespec timeout{0, std::chrono::nanoseconds(turn).count()};
    const int signal = sigtimedwait(&signals, nullptr, &timeout);
    turn = std::min(turn * 2, kTurn);
    if (signal > 0) handle_signal(signal);
    if (reload_done_) end_reload();
    std::erase_if(retired_, [](const auto& rules) { return rules.use_count() == 1; });
    const auto now = SteadyClock::now();
    if (draining_ && now >= drain_ends_) stop_ = true;
    if (now >= next_stats) {
      write_stats();
      next_stats = now + interval;
    }
  }
}

void Engine::handle_signal(int signal) {
  switch (signal) {
    case SIGHUP:
      log_notice("files are opened anew");
      writer_->request_reopen();
      break;
    case SIGUSR2:
      begin_reload();
      break;
    case SIGTERM:
      if (run_.source == SourceKind::kGwlb && !draining_) {
        begin_drain();
        break;
      }
      [[fallthrough]];
    default:
      log_notice("stopping");
      stop_ = true;
  }
}

void Engine::begin_drain() {
  Complaints ignored;
  const auto limit =
      run_.config.duration("culvert.drain-timeout", std::chrono::seconds(30), ignored);
  log_notice(fmt::format("draining for {} s: health is red, traffic goes on",
                         std::chrono::duration_cast<std::chrono::seconds>(limit).count()));
  drain_ends_ = SteadyClock::now() + limit;
  draining_ = true;
}

void Engine::begin_reload() {
  if (reloader_.joinable()) {
    log_warning("rules are being reloaded already");
    return;
  }
  log_notice("rules are reloaded");
  reloader_ = std::thread([this] {
    auto rules = load_rules();
    if (rules) {
      const std::lock_guard lock(reload_mutex_);
      reloaded_ = std::move(*rules);
    } else {
      ++reload_failures_;
      log_error(fmt::format("{}: the rules in use stay", rules.error().text()));
    }
    reload_done_ = true;
  });
}

void Engine::end_reload() {
  reloader_.join();
  reload_done_ = false;
  std::shared_ptr<const RuleSet> rules;
  {
    const std::lock_guard lock(reload_mutex_);
    rules = std::move(reloaded_);
    reloaded_ = nullptr;
  }
  if (rules == nullptr) return;
  publish(std::move(rules));
  log_notice(fmt::format("rules generation {} is in use", generation_.load()));
}

int Engine::finish() {
  stop_ = true;
  int exit_code = 0;
  for (auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
  if (!lanes_.empty()) {
    write_stats();
    Complaints complaints;
    shared_->datasets.save(complaints);
    log_complaints(complaints);
  }
  for (auto& lane : lanes_) {
    if (!lane->source->is_open()) exit_code = 1;
  }
  if (file_store_ != nullptr) file_store_->stop();
  if (writer_ != nullptr) writer_->stop();
  return exit_code;
}

void Engine::measure_memory_pressure() {
  const std::pair<std::string_view, std::uint64_t> limits[] = {
      {"flow.memuse", options_.flow.memcap_bytes},
      {"defrag.memuse", options_.defrag.memcap_bytes},
      {"tcp.memuse", options_.stream.memcap_bytes},
      {"tcp.reassembly_memuse", options_.stream.reassembly_memcap_bytes},
  };
  std::uint64_t pressure = 0;
  for (const auto& [name, limit] : limits) {
    std::uint64_t used = 0;
    for (const auto& lane : lanes_) {
      for (const NamedCounter& counter : lane->counters) {
        if (counter.name == name) used += counter.counter->value();
      }
    }
    if (limit != 0) pressure = std::max(pressure, used * 100 / limit);
  }
  memcap_pressure_.set(pressure);
  memcap_pressure_max_.set(std::max(pressure, memcap_pressure_max_.value()));
}

void Engine::write_stats() {
  if (!eve_.stats_enabled()) return;
  measure_memory_pressure();
  std::vector<ThreadCounters> threads;
  for (const auto& lane : lanes_) threads.push_back({lane->name, lane->counters});
  threads.push_back({"Global", control_counters_});
  stats_->write(SystemClock().now(),
                std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - started_),
                threads);
  lua_stats_->write(total_counters(threads));
}

EngineStatus Engine::status() const {
  EngineStatus status;
  for (const auto& lane : lanes_) {
    WorkerStatus worker;
    worker.turns = lane->worker->turns();
    worker.rules_version = lane->worker->rules_version();
    worker.capture_open = lane->source->is_open();
    worker.finished = lane->finished;
    if (!worker.capture_open) worker.capture_error = lane->source->error();
    status.workers.push_back(std::move(worker));
  }
  status.rule_generation = generation_;
  status.rules_loaded = loaded_;
  status.rules_failed = failed_;
  status.reload_failures = reload_failures_;
  status.detection_wanted = !run_.disable_detection;
  status.draining = draining_;
  status.events_lost = writer_ != nullptr ? writer_->counters().lost.value() : 0;
  return status;
}

std::vector<const std::vector<NamedCounter>*> Engine::counters() const {
  std::vector<const std::vector<NamedCounter>*> all;
  for (const auto& lane : lanes_) all.push_back(&lane->counters);
  all.push_back(&control_counters_);
  return all;
}

}  // namespace culvert
