// Rules against packets, for tests: compiles them, decodes packets, says which rules match.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "detect/shared_state.h"
#include "testing/decode_packet.h"
#include "testing/packet_builder.h"

namespace culvert {

/// Compiles rules; the first complaint, or "".
inline std::shared_ptr<const RuleSet> compile_rules_for_test(
    const std::string& rules, std::string& complaint,
    const std::shared_ptr<DetectShared>& shared = nullptr) {
  static const ConfigNode kNoConfig;
  RuleEnvironment environment;
  environment.protocols = builtin_protocols();
  environment.keywords = builtin_keywords();
  environment.config = &kNoConfig;
  environment.shared = shared;
  RuleSources sources;
  sources.files.push_back({"test.rules", rules, false});
  Complaints complaints;
  auto set = compile_rules(environment, sources, complaints);
  if (!complaints.ok()) complaint = complaints.errors.front().text();
  return set;
}

/// A worker's detection over one packet after another, each with the flow it is given.
class RuleRun {
 public:
  explicit RuleRun(const std::string& rules,
                   std::shared_ptr<DetectShared> shared = std::make_shared<DetectShared>())
      : shared_(std::move(shared)), detector_(DetectOptions{}, shared_.get()) {
    std::string complaint;
    detector_.use(compile_rules_for_test(rules, complaint, shared_));
    EXPECT_EQ(complaint, "") << rules;
  }
  /// The sids that match, in order: "1 3". `tagged` tells of a tag.
  std::string operator()(const std::vector<std::byte>& bytes, std::int64_t seconds = 100,
                         Flow* flow = nullptr, std::uint64_t tenant = 0,
                         const StreamView& stream = {}) {
    PacketStack stack;
    Packet packet;
    packet.time = make_timestamp(seconds);
    packet.tenant.id = tenant;
    decode_packet(bytes, packet, stack);
    packet.flow = flow;
    packet.established = established;
    DetectInput input;
    input.packet = &packet;
    input.flow = flow;
    input.time = packet.time;
    input.stream = stream;
    detector_.inspect(input);
    std::string sids;
    for (const Alert& alert : detector_.alerts()) {
      sids += (sids.empty() ? "" : " ") + std::to_string(alert.rule->sid);
    }
    tagged = detector_.packet_is_tagged();
    verdict = packet.verdict;
    return sids;
  }
  void release(Flow& flow) { detector_.release(flow); }

  bool established = false;  ///< what packets say of their flow
  bool tagged = false;
  Verdict verdict;

 private:
  std::shared_ptr<DetectShared> shared_;
  Detector detector_;
};

inline std::vector<std::byte> udp_packet(std::string_view payload, const char* from = "10.0.0.1",
                                         const char* to = "10.0.0.2") {
  return PacketBuilder().ethernet().ipv4(from, to).udp(1000, 53).payload(payload).build();
}

}  // namespace culvert
