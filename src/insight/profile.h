// What each rule costs on a capture: how often it was looked at, how often it matched, and the ticks
// spent on it; and of these, what its buffers' steps take.
//
//   Profiler profiler;
//   run_options.watch = &profiler;  ... run ...  profiler.profile()
//
// A rule's ticks are those of its real evaluation. Those of its steps are measured beside it, by
// walking its buffers a second time with a clock at each step, which is why they can add up to more:
// what counts is their relation.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "detect/detect_watch.h"
#include "detect/detector_impl.h"

namespace culvert {

struct TickSum {
  std::uint64_t count = 0, ticks = 0, most = 0;
  void add(std::uint64_t value) {
    ++count;
    ticks += value;
    if (value > most) most = value;
  }
  double average() const { return count == 0 ? 0 : static_cast<double>(ticks) / static_cast<double>(count); }
};

struct StepProfile {
  std::string buffer, step;  ///< "http.uri", "content \"abc\""
  TickSum ticks;
  std::uint64_t matches = 0;
};

struct RuleProfile {
  std::uint32_t sid = 0, gid = 0, rev = 0, line = 0;
  std::string msg, file, type;
  std::uint64_t checks = 0, matches = 0, alerts = 0;
  TickSum ticks, ticks_match, ticks_no_match;
  std::vector<StepProfile> steps;
};

/// Searching for fast patterns in one kind of buffer, for all rules at once.
struct ScanProfile {
  std::string buffer;
  TickSum ticks;
  std::uint64_t bytes = 0, patterns = 0;
};

struct Profile {
  std::uint64_t packets = 0;
  std::uint64_t total_ticks = 0;  ///< of all rules' evaluation
  std::uint64_t scan_ticks = 0;
  std::vector<RuleProfile> rules;  ///< those that were checked at least once
  std::vector<ScanProfile> scans;
  std::map<std::string, TickSum> keywords;  ///< by kind of step, over all rules
};

class Profiler final : public DetectWatch {
 public:
  explicit Profiler(bool with_steps = true) : with_steps_(with_steps) {}

  Profile profile() const;

  void begin_inspect(Detector::Impl& detector) override;
  void on_scan(Detector::Impl& detector, const Prefilter& prefilter, Bytes bytes,
               std::uint64_t ticks) override;
  void begin_rules(Detector::Impl& detector, WatchStage stage,
                   std::span<const std::uint32_t> rules) override;
  void before_rule(Detector::Impl& detector, const CompiledRule& rule) override;
  void after_rule(Detector::Impl& detector, const CompiledRule& rule, std::uint64_t ticks) override;
  void on_match(Detector::Impl& detector, const CompiledRule& rule, bool stream) override;
  void on_outcome(Detector::Impl& detector, const CompiledRule& rule, const Alert& alert,
                  ThresholdOutcome outcome, bool ends) override;

 private:
  struct Counts {
    std::uint64_t matches = 0, alerts = 0;
    TickSum ticks, ticks_match, ticks_no_match;
    std::vector<std::vector<std::pair<TickSum, std::uint64_t>>> steps;  ///< by buffer, by step
  };
  void measure_steps(Detector::Impl& detector, const CompiledRule& rule);
  void measure_chain(Detector::Impl& detector, const CompiledRule& rule, const InspectChain& chain,
                     const InspectBuffer& bytes);

  const bool with_steps_;
  std::shared_ptr<const RuleSet> held_;  ///< the rule set that the counts are about
  const RuleProgram* program_ = nullptr;
  std::vector<Counts> counts_;  ///< by rule number
  std::map<const Prefilter*, ScanProfile> scans_;
  std::uint64_t packets_ = 0;
  WatchStage stage_ = WatchStage::kPackets;
  bool matched_ = false;
};

}  // namespace culvert
