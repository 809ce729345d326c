// The way to write a keyword that looks at packets only: a function of the packet.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include "detect/keyword.h"
#include "detect/rule_draft.h"

namespace culvert::keywords {

/// `test(const Packet&)`, as a keyword. It does not match where there is no packet (a flow's end).
template <class Test>
class PacketTest final : public Keyword {
 public:
  explicit PacketTest(Test test) : test_(std::move(test)) {}
  bool match(const MatchContext& context) const noexcept override {
    return context.packet != nullptr && test_(*context.packet);
  }

 private:
  Test test_;
};

/// Adds it; the rule then looks at packets, not only at reassembled streams.
template <class Test>
void add_packet_test(RuleBuilder& rule, Test test) {
  RuleDraft& draft = draft_of(rule);
  draft.needs_packet = true;
  draft.looks_at_flow_only = false;
  rule.add_packet_match(std::make_unique<PacketTest<Test>>(std::move(test)));
}

}  // namespace culvert::keywords
