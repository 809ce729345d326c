// Rules about transactions as they advance, and what a drop or a full queue of alerts means for
// others.
#include <gtest/gtest.h>

#include "app/app_parser.h"
#include "builtin/rule_testing.h"
#include "testing/decode_packet.h"

namespace culvert {
namespace {

const ProtocolSpec& spec_of(AppProto proto) {
  for (const ProtocolSpec* spec : builtin_protocols()) {
    if (spec->proto == proto) return *spec;
  }
  throw proto;
}

/// Holds one transaction, which the test advances.
struct OneTransaction final : AppParser {
  OneTransaction() { transactions_.push_back(&transaction); }
  ~OneTransaction() override { transactions_.clear(); }  // a member, not to be deleted
  ParseStatus feed(const AppInput&) override { return ParseStatus::kDone; }
  void free_transaction(Transaction*) override {}
  Transaction transaction;
};

/// A flow of TLS, of which packets are inspected one after another.
struct Inspection {
  explicit Inspection(const std::string& rules, DetectOptions options = {})
      : detector(options, shared.get()) {
    std::string complaint;
    detector.use(compile_rules_for_test(rules, complaint, shared));
    EXPECT_EQ(complaint, "") << rules;
  }
  /// The sids that match with a packet to the server; the transaction is that far.
  std::string operator()(std::uint8_t progress) {
    parser.transaction.progress[0] = progress;
    parser.transaction.updated[0] = true;
    const auto bytes =
        PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").tcp(1000, 443).payload("x").build();
    PacketStack stack;
    Packet packet;
    packet.time = make_timestamp(100);
    decode_packet(bytes, packet, stack);
    packet.flow = &flow;
    DetectInput input;
    input.packet = &packet;
    input.flow = &flow;
    input.time = packet.time;
    input.app.spec = &spec_of(AppProto::kTls);
    input.app.parser = &parser;
    input.app.proto = AppProto::kTls;
    input.app.by_direction[0] = by_direction[0];
    input.app.by_direction[1] = by_direction[1];
    detector.inspect(input);
    std::string sids;
    for (const Alert& alert : detector.alerts()) sids += std::to_string(alert.rule->sid) + " ";
    return sids;
  }
  ~Inspection() {
    detector.release(parser.transaction);
    detector.release(flow);
  }

  std::shared_ptr<DetectShared> shared = std::make_shared<DetectShared>();
  Detector detector;
  OneTransaction parser;
  Flow flow;
  AppProto by_direction[2] = {AppProto::kTls, AppProto::kTls};
};

TEST(RuleStates, TheProtocolIsThatOfTheDirection) {
  Inspection inspect(
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:tls; sid:1;)\n"
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:!http; sid:2;)\n"
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:unknown; sid:3;)\n"
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:!unknown; sid:4;)\n"
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:tls,final; sid:5;)\n"
      "alert tcp any any -> any any (content:\"x\"; app-layer-protocol:unknown,either; sid:6;)\n");
  inspect.by_direction[0] = AppProto::kUnknown;
  EXPECT_EQ(inspect(0), "3 5 6 ");
  inspect.by_direction[0] = AppProto::kTls;
  EXPECT_EQ(inspect(0), "1 2 5 ");
}

TEST(RuleStates, AHookAloneMatchesWhileTheStateLasts) {
  const struct {
    const char* rule;
    const char* expected[4];  ///< at progress 0, 1, 1, 2
  } cases[] = {
      {"alert tls:client_hello_done any any -> any any (sid:1;)", {"", "1 ", "1 ", "1 "}},
      {"alert tls any any -> any any (app-layer-state:client_hello_done; sid:1;)",
       {"", "1 ", "1 ", "1 "}},
      {"alert tls any any -> any any (app-layer-state:client_in_progress; sid:1;)",
       {"1 ", "1 ", "", ""}},
      {"alert tls any any -> any any (app-layer-state:<client_hello_done; sid:1;)",
       {"1 ", "", "", ""}},
      {"alert tls any any -> any any (app-layer-state:>client_in_progress; sid:1;)",
       {"", "1 ", "", ""}},
  };
  for (const auto& [rule, expected] : cases) {
    Inspection run(rule);
    const std::uint8_t progress[] = {0, 1, 1, 2};
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(run(progress[i]), expected[i]) << rule << i;
  }
}

TEST(RuleStates, NotInlineADropEndsTheInspectionOfItsFlow) {
  Inspection run(
      "drop tls any any -> any any (sid:1;)\nalert tcp any any -> any any (dsize:1; sid:2;)");
  EXPECT_EQ(run(0), "1 2 ");
  EXPECT_EQ(run.flow.action, Action::kDrop);
  EXPECT_EQ(run.flow.verdict, FlowVerdict::kInspect);  // its packets go on
  EXPECT_EQ(run(spec_of(AppProto::kTls).complete(Direction::kToServer)), "");
  EXPECT_TRUE(run.parser.transaction.inspected[0]);  // so that it can be freed
}

TEST(RuleStates, AFullQueueGivesUpTheLastRule) {
  DetectOptions options;
  options.packet_alert_max = 2;
  // Rules about transactions are asked after those about packets.
  Inspection run(
      "alert tls any any -> any any (app-layer-state:<client_hello_done; sid:1;)\n"
      "alert tcp any any -> any any (dsize:1; sid:2;)\n"
      "alert tcp any any -> any any (dsize:<9; sid:3;)",
      options);
  EXPECT_EQ(run(0), "1 2 ");
}

}  // namespace
}  // namespace culvert
