// Why a rule did or did not fire on a capture: the rule's conditions, one by one and in the order in
// which they are asked, against each packet and transaction, with the bytes at hand.
//
//   Explainer explainer(options);
//   run_options.watch = &explainer;      // the engine runs as ever, the explainer looks on
//   ... run ...
//   explainer.explanation()
//
// The account is made by the slow and obvious way just before detection evaluates the rule, with the
// state as it is then (flowbits of rules that come earlier in the order). What detection then says is
// kept beside it: where the two differ, the account says so.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "detect/detect_watch.h"
#include "detect/detector_impl.h"
#include "detect/rule_set.h"
#include "insight/chain_account.h"
#include "insight/rule_origins.h"

namespace culvert {

struct ExplainOptions {
  std::uint32_t sid = 0, gid = 1;
  std::uint64_t first_packet = 0, last_packet = 0;  ///< 0: no limit
  RuleEnvironment environment;                      ///< to find the origins of the rule's parts
};

/// One time that the rule was held against something.
struct Attempt {
  std::uint64_t packet = 0;  ///< number in the capture; 0: the end of a flow
  std::string when;          ///< "packet 4 (to_server), transaction 0"
  std::string ends;          ///< "10.0.0.1:1025 -> 10.0.0.2:80 tcp"
  std::vector<AccountStep> steps;
  std::size_t held = 0;       ///< conditions that held before the first that did not
  bool account_matches = false;  ///< what the account says
  bool matched = false;          ///< what detection said
  bool alerted = false;          ///< and it came through thresholds and action order
  std::string stopped_at;        ///< the first condition that did not hold
};

struct Explanation {
  bool found = false;  ///< there is such a rule
  std::string text, file, msg;
  std::uint32_t line = 0, sid = 0, gid = 1, rev = 0;
  std::string type;          ///< "app_tx"
  std::string fast_pattern;  ///< "\"evil\" in http.uri", or "none"
  std::uint64_t packets = 0, not_inspected = 0;
  std::uint64_t matches = 0, alerts = 0;
  std::map<std::string, std::uint64_t> stops;  ///< how often which condition was the one
  std::vector<Attempt> attempts;  ///< all that matched, and the best of the others
  std::map<std::string, std::uint64_t> notes;
  std::uint64_t disagreements = 0;
};

class Explainer final : public DetectWatch {
 public:
  /// Attempts kept: those that match, and as many others.
  static constexpr std::size_t kMaxAttempts = 1000;

  explicit Explainer(ExplainOptions options) : options_(std::move(options)) {}

  const Explanation& explanation() const { return explanation_; }

  void on_not_inspected(const Packet& packet, const Flow* flow, NotInspected why) override;
  void begin_inspect(Detector::Impl& detector) override;
  void end_inspect(Detector::Impl& detector) override;
  void begin_rules(Detector::Impl& detector, WatchStage stage,
                   std::span<const std::uint32_t> rules) override;
  void before_rule(Detector::Impl& detector, const CompiledRule& rule) override;
  void end_rules(Detector::Impl& detector, WatchStage stage) override;
  void on_match(Detector::Impl& detector, const CompiledRule& rule, bool stream) override;
  void on_outcome(Detector::Impl& detector, const CompiledRule& rule, const Alert& alert,
                  ThresholdOutcome outcome, bool ends) override;

 private:
  void find_rule(const Detector::Impl& detector);
  void tell(Detector::Impl& detector);
  void begin_attempt(Detector::Impl& detector);
  void keep(Attempt attempt);

  // explain_parts.cc: each appends steps and says whether the condition holds.
  bool add(AccountStep::Answer answer, std::string what, std::string detail = {});
  bool tell_header(const Detector::Impl& detector);
  bool tell_flow(const Detector::Impl& detector);
  bool tell_protocol(const Detector::Impl& detector);
  bool tell_packet_matches(Detector::Impl& detector);
  bool tell_payload(Detector::Impl& detector);
  bool tell_frame(Detector::Impl& detector);
  bool tell_chain(Detector::Impl& detector, const DraftBuffer& buffer, const InspectBuffer& bytes,
                  const std::string& where);
  bool tell_transaction(Detector::Impl& detector);
  bool tell_buffer_check(Detector::Impl& detector, const TransactionCheck& check);
  void tell_stage_not_reached(const Detector::Impl& detector);
  void tell_fast_pattern(Detector::Impl& detector);
  std::string set_bits(const Detector::Impl& detector) const;
  const DraftBuffer* buffer_of(const InspectChain* chain, std::size_t& index) const;

  const ExplainOptions options_;
  Explanation explanation_;
  const CompiledRule* rule_ = nullptr;
  const RuleProgram* program_ = nullptr;
  RuleOrigins origins_;
  RuleAst ast_;

  // of the inspection under way
  bool in_range_ = false;
  WatchStage stage_ = WatchStage::kPackets;
  bool stage_is_ours_ = false, told_ = false, any_told_ = false;
  std::optional<Attempt> attempt_;
  std::vector<Attempt> of_packet_;  ///< attempts of this inspection, until the outcome is known
  std::string ended_by_;            ///< the pass rule that ended the order of evaluation
  std::map<std::uint64_t, std::string> flow_ends_;  ///< flow id: which rule decided it, where
};

}  // namespace culvert
