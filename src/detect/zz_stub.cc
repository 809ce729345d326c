#include "builtin/keywords.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
namespace culvert {
struct Detector::Impl { DetectCounters c; std::shared_ptr<const RuleSet> r; };
Detector::Detector(const DetectOptions&) : impl_(new Impl) {}
Detector::~Detector() = default;
void Detector::use(std::shared_ptr<const RuleSet> r) { impl_->r = r; }
const std::shared_ptr<const RuleSet>& Detector::rules() const { return impl_->r; }
void Detector::inspect(const DetectInput&) {}
std::span<const Alert> Detector::alerts() const { return {}; }
std::uint32_t Detector::discarded_alerts() const { return 0; }
void Detector::release(Flow&) {}
void Detector::release(Transaction&) {}
void Detector::flow_variables(const Flow&, std::vector<std::string_view>&, std::vector<std::pair<std::string_view, std::uint32_t>>&) const {}
const DetectCounters& Detector::counters() const { return impl_->c; }
const std::span<const CounterSpec<DetectCounters>> kDetectCounters{};
struct R : RuleSet { RuleLoadCounts c; const RuleLoadCounts& counts() const override { return c; } std::span<const RuleMeta* const> rules() const override { return {}; } bool empty() const override { return true; } bool wants_raw_stream() const override { return false; } };
std::shared_ptr<const RuleSet> compile_rules(const RuleEnvironment&, const RuleSources&, Complaints&) { return std::make_shared<R>(); }
DetectOptions parse_detect_options(const ConfigNode&, Complaints&) { return {}; }
std::span<const KeywordSpec* const> builtin_keywords() { return {}; }
}
