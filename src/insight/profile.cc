#include "insight/profile.h"

#include <fmt/format.h>

#include "base/ticks.h"
#include "insight/chain_account.h"
#include "insight/hex_excerpt.h"

namespace culvert {
namespace {

std::string_view kind_name(const InspectItem& item) {
  switch (item.kind) {
    case InspectKind::kContent:
      return "content";
    case InspectKind::kPcre:
      return "pcre";
    case InspectKind::kIsDataAt:
      return "isdataat";
    case InspectKind::kBsize:
      return "bsize";
    case InspectKind::kByteTest:
      return "byte_test";
    case InspectKind::kByteJump:
      return "byte_jump";
    case InspectKind::kByteExtract:
      return "byte_extract";
    case InspectKind::kByteMath:
      return "byte_math";
    case InspectKind::kCustom:
      return "other";
  }
  return "other";
}

std::string step_name(const InspectItem& item) {
  std::string name(kind_name(item));
  if (item.kind == InspectKind::kContent) {
    const auto& content = static_cast<const ContentItem&>(item);
    name += fmt::format(":{}\"{}\"", content.negated ? "!" : "", quote_content(content.bytes, 24));
  }
  return name;
}

/// Ticks of each step without those of the steps after it.
class StepClock final : public InspectTrace {
 public:
  explicit StepClock(std::vector<std::pair<TickSum, std::uint64_t>>& steps) : steps_(steps) {}
  void before_step(std::size_t, const InspectItem&, const InspectBuffer&,
                   const InspectState&) override {
    begin_ = read_ticks();
  }
  void after_step(std::size_t step, const InspectItem&, const InspectBuffer&, const InspectState&,
                  const Found& found) override {
    const std::uint64_t now = read_ticks();
    if (step >= steps_.size()) return;
    steps_[step].first.add(now - begin_);
    steps_[step].second += found.matched ? 1 : 0;
    begin_ = read_ticks();  // a step that is tried again begins here
  }

 private:
  std::vector<std::pair<TickSum, std::uint64_t>>& steps_;
  std::uint64_t begin_ = 0;
};

/// Which buffers a prefilter searches.
std::string scan_name(const RuleProgram& program, const Prefilter& prefilter) {
  constexpr std::string_view kDirections[] = {"to_server", "to_client"};
  constexpr std::string_view kPackets[] = {"TCP", "UDP", "other"};
  for (std::size_t d = 0; d < 2; ++d) {
    for (std::size_t i = 0; i < 3; ++i) {
      for (const PayloadPart& part : program.payload[i][d].parts()) {
        if (&prefilter == &part.stream) return fmt::format("stream {}", kDirections[d]);
        if (&prefilter == &part.packet) {
          return fmt::format("{} payload {}", kPackets[i], kDirections[d]);
        }
      }
    }
  }
  for (const auto& buffer : program.buffers) {
    if (&buffer->prefilter != &prefilter) continue;
    std::string name(buffer->buffer->name);
    for (const auto& transform : buffer->transforms) name += "; " + transform->key();
    return fmt::format("{} {}", name, kDirections[index_of(buffer->direction)]);
  }
  return "other";
}

}  // namespace

void Profiler::begin_inspect(Detector::Impl& detector) {
  ++packets_;
  if (detector.program == program_) return;
  held_ = detector.held;
  program_ = detector.program;
  counts_.clear();
  counts_.resize(program_->all.size());
  scans_.clear();
}

void Profiler::on_scan(Detector::Impl&, const Prefilter& prefilter, Bytes bytes,
                       std::uint64_t ticks) {
  ScanProfile& scan = scans_[&prefilter];
  scan.ticks.add(ticks);
  scan.bytes += bytes.size();
}

void Profiler::begin_rules(Detector::Impl&, WatchStage stage, std::span<const std::uint32_t>) {
  stage_ = stage;
}

void Profiler::before_rule(Detector::Impl& detector, const CompiledRule& rule) {
  matched_ = false;
  const bool ours = (rule.type == RuleType::kTransaction) == (stage_ == WatchStage::kTransactions);
  if (with_steps_ && ours && stage_ >= WatchStage::kPackets) measure_steps(detector, rule);
}

void Profiler::after_rule(Detector::Impl&, const CompiledRule& rule, std::uint64_t ticks) {
  // Rules of transactions that a pattern in the payload found only pass by here.
  if (rule.type == RuleType::kTransaction && stage_ != WatchStage::kTransactions) return;
  Counts& counts = counts_[rule.number];
  counts.ticks.add(ticks);
  (matched_ ? counts.ticks_match : counts.ticks_no_match).add(ticks);
}

void Profiler::on_match(Detector::Impl&, const CompiledRule& rule, bool) {
  matched_ = true;
  ++counts_[rule.number].matches;
}

void Profiler::on_outcome(Detector::Impl&, const CompiledRule& rule, const Alert& alert,
                          ThresholdOutcome outcome, bool) {
  if (alert.logged &&
      (outcome == ThresholdOutcome::kAlert || outcome == ThresholdOutcome::kNewAction)) {
    ++counts_[rule.number].alerts;
  }
}

void Profiler::measure_chain(Detector::Impl& detector, const CompiledRule& rule,
                             const InspectChain& chain, const InspectBuffer& bytes) {
  for (std::size_t i = 0; i < rule.buffers.size(); ++i) {
    if (&rule.buffers[i].chain != &chain) continue;
    Counts& counts = counts_[rule.number];
    if (counts.steps.empty()) counts.steps.resize(rule.buffers.size());
    if (counts.steps[i].empty()) counts.steps[i].resize(chain.size());
    StepClock clock(counts.steps[i]);
    detector.state.inspect.recursions_left = detector.options.inspection_recursion_limit;
    static_cast<void>(
        inspect_buffer_traced(chain, bytes, detector.context, detector.state.inspect, clock));
    return;
  }
}

void Profiler::measure_steps(Detector::Impl& detector, const CompiledRule& rule) {
  if (!detector.header_matches(rule) || !detector.flow_matches(rule) ||
      !detector.protocol_matches(rule)) {
    return;
  }
  const DetectInput& input = *detector.input;
  if (rule.payload != nullptr && detector.payload_may_be_inspected()) {
    const bool stream = rule.payload_on_stream && input.stream.present;
    const Bytes bytes = stream                    ? input.stream.bytes
                        : input.packet != nullptr ? input.packet->payload
                                                  : Bytes{};
    if (!bytes.empty()) measure_chain(detector, rule, *rule.payload, InspectBuffer{bytes});
  }
  Transaction* const transaction = detector.context.transaction;
  if (transaction != nullptr && input.app.spec != nullptr) {
    const Direction direction = input.direction;
    for (const TransactionCheck& check : rule.checks[index_of(direction)]) {
      if (check.kind != TransactionCheck::Kind::kBuffer || check.proto != input.app.spec->proto ||
          check.progress > transaction->progress[index_of(direction)]) {
        continue;
      }
      const TransactionBuffer& source = *program_->buffers[check.buffer];
      for (std::uint32_t i = 0;; ++i) {
        const auto bytes = detector.buffers.get(check.buffer, source, *input.flow, *transaction, i);
        if (!bytes) break;
        measure_chain(detector, rule, *check.chain, InspectBuffer{*bytes});
      }
    }
  }
  detector.state.forget_captures();
}

Profile Profiler::profile() const {
  Profile result;
  result.packets = packets_;
  if (program_ == nullptr) return result;
  for (std::size_t number = 0; number < counts_.size(); ++number) {
    const Counts& counts = counts_[number];
    if (counts.ticks.count == 0) continue;
    const CompiledRule& rule = *program_->all[number];
    RuleProfile each;
    each.sid = rule.meta.sid;
    each.gid = rule.meta.gid;
    each.rev = rule.meta.rev;
    each.msg = rule.meta.msg;
    each.file = rule.meta.file;
    each.line = rule.meta.line;
    each.type = name_of(rule.type);
    each.checks = counts.ticks.count;
    each.matches = counts.matches;
    each.alerts = counts.alerts;
    each.ticks = counts.ticks;
    each.ticks_match = counts.ticks_match;
    each.ticks_no_match = counts.ticks_no_match;
    for (std::size_t b = 0; b < counts.steps.size(); ++b) {
      for (std::size_t s = 0; s < counts.steps[b].size(); ++s) {
        const auto& [ticks, matches] = counts.steps[b][s];
        if (ticks.count == 0) continue;
        const InspectItem& item = *rule.buffers[b].chain[s];
        each.steps.push_back({buffer_name(rule.buffers[b]), step_name(item), ticks, matches});
        TickSum& keyword = result.keywords[std::string(kind_name(item))];
        keyword.count += ticks.count;
        keyword.ticks += ticks.ticks;
        keyword.most = std::max(keyword.most, ticks.most);
      }
    }
    result.total_ticks += counts.ticks.ticks;
    result.rules.push_back(std::move(each));
  }
  for (const auto& [prefilter, scan] : scans_) {
    ScanProfile each = scan;
    each.buffer = scan_name(*program_, *prefilter);
    each.patterns = prefilter->matcher->size();
    result.scan_ticks += each.ticks.ticks;
    result.scans.push_back(std::move(each));
  }
  return result;
}

}  // namespace culvert
