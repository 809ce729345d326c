// Firewall mode: what rules of firewall files, default policies and threat detection make of packets.
#include <gtest/gtest.h>

#include <algorithm>

#include "builtin/keywords.h"
#include "builtin/protocols.h"
#include "config/config_file.h"
#include "detect/detector.h"
#include "detect/rule_set.h"
#include "flow/flow.h"
#include "packet/decoder.h"
#include "testing/packet_builder.h"

namespace culvert {
namespace {

/// A detector in firewall mode with its rules.
struct Firewall {
  explicit Firewall(const std::string& firewall_rules, const std::string& detection_rules = {},
                    const std::string& config = {}) {
    root = parse_config("%YAML 1.1\n---\n" + config, "test.yaml", complaints);
    options.firewall = parse_firewall_options(root, builtin_protocols(), complaints);
    options.firewall.enabled = true;
    options.inline_mode = true;
    detector = std::make_unique<Detector>(options);
    detector->use(load(firewall_rules, detection_rules));
  }

  std::shared_ptr<const RuleSet> load(const std::string& firewall_rules,
                                      const std::string& detection_rules) {
    RuleEnvironment environment;
    environment.protocols = builtin_protocols();
    environment.keywords = builtin_keywords();
    environment.config = &root;
    environment.options = options;
    environment.previous = rules;
    RuleSources sources;
    sources.files.push_back({"fw.rules", firewall_rules, true});
    sources.files.push_back({"td.rules", detection_rules, false});
    rules = compile_rules(environment, sources, complaints);
    return rules;
  }

  /// "accept", or why it was dropped; and the alerts: "accept: 1 7".
  std::string verdict_of(const std::vector<std::byte>& bytes, Flow* flow = nullptr,
                         bool pre_flow = false) {
    bytes_ = bytes;
    packet = Packet{};
    packet.data = bytes_;
    packet.wire_length = static_cast<std::uint32_t>(bytes_.size());
    PacketStack stack;
    decoder.decode(packet, stack);
    packet.flow = flow;
    DetectInput input;
    input.packet = &packet;
    input.flow = flow;
    if (pre_flow) {
      detector->inspect_pre_flow(input);
    } else {
      detector->inspect(input);
    }
    std::string text = packet.verdict.is_drop() ? std::string(name_of(packet.verdict.reason)) : "accept";
    if (packet.verdict.action == Action::kReject) text += " (reject)";
    const char* separator = ":";
    for (const Alert& alert : detector->alerts()) {
      if (!alert.logged) continue;
      text += separator;
      text += " " + std::to_string(alert.rule->sid);
      separator = "";
    }
    return text;
  }

  Complaints complaints;
  ConfigNode root;
  DetectOptions options;
  std::unique_ptr<Detector> detector;
  std::shared_ptr<const RuleSet> rules;
  DecodeCounters counters;
  Decoder decoder{DecodeOptions{}, counters};
  Packet packet;
  std::vector<std::byte> bytes_;
};

std::vector<std::byte> udp(std::string_view payload = "abc") {
  return PacketBuilder().ethernet().ipv4("10.0.0.1", "10.0.0.2").udp(1000, 2000).payload(payload)
      .build();
}

struct Row {
  const char* what;
  const char* firewall;
  const char* detection;
  const char* expected;
};

TEST(Firewall, DecidesOnPackets) {
  const Row rows[] = {
      {"nothing accepts", "", "", "firewall default packet policy"},
      {"a rule accepts", "accept:packet udp:all any any -> any any (sid:1;)", "", "accept"},
      {"and alerts when it says so",
       "accept:packet udp:all any any -> any any (alert; sid:1;)", "", "accept: 1"},
      {"or in its action", "accept:hook,alert udp:all any any -> any any (sid:1;)", "", "accept: 1"},
      {"noalert wins", "accept:hook,alert udp:all any any -> any any (noalert; sid:1;)", "", "accept"},
      {"of another protocol", "accept:packet tcp:all any any -> any any (sid:1;)", "",
       "firewall default packet policy"},
      {"of other content", "accept:packet udp:all any any -> any any (content:\"x\"; sid:1;)", "",
       "firewall default packet policy"},
      {"in the order of the file",
       "drop:packet ip:all any any -> any any (alert; sid:1;)\n"
       "accept:packet udp:all any any -> any any (alert; sid:2;)",
       "", "firewall rules: 1"},
      {"the first that matches decides",
       "accept:packet udp:all any any -> any any (alert; sid:1;)\n"
       "drop:packet ip:all any any -> any any (alert; sid:2;)",
       "", "accept: 1"},
      {"drops are silent", "drop:packet udp:all any any -> any any (sid:1;)", "", "firewall rules"},
      {"rejects", "reject:packet udp:all any any -> any any (alert; sid:1;)", "",
       "firewall rules (reject): 1"},
      {"threat detection comes after", "accept:hook udp:all any any -> any any (alert; sid:1;)",
       "alert udp any any -> any any (content:\"abc\"; sid:7;)", "accept: 1 7"},
      {"and may drop", "accept:hook udp:all any any -> any any (alert; sid:1;)",
       "drop udp any any -> any any (content:\"abc\"; sid:7;)", "rules: 1 7"},
      {"but not what a rule dropped", "drop:packet udp:all any any -> any any (alert; sid:1;)",
       "alert udp any any -> any any (content:\"abc\"; sid:7;)", "firewall rules: 1"},
      {"a pass of the firewall leaves it out",
       "accept:packet,pass:packet udp:all any any -> any any (alert; sid:1;)",
       "drop udp any any -> any any (content:\"abc\"; sid:7;)", "accept: 1"},
      {"a pass of detection is no accept", "",
       "pass udp any any -> any any (sid:7;)\nalert udp any any -> any any (sid:8;)",
       "firewall default packet policy"},
  };
  for (const Row& row : rows) {
    Firewall firewall(row.firewall, row.detection);
    ASSERT_TRUE(firewall.complaints.ok()) << row.what << firewall.complaints.errors.front().text();
    EXPECT_EQ(firewall.verdict_of(udp()), row.expected) << row.what;
  }
}

TEST(Firewall, FollowsTheConfiguredPolicies) {
  const std::pair<const char*, const char*> rows[] = {
      {"[ \"accept:hook\" ]", "accept"},
      {"[ \"accept:packet\", \"alert\" ]", "accept: 2201000"},
      {"[ \"drop:flow\", \"alert\" ]", "firewall default packet policy: 2201000"},
      {"[ \"reject:packet\" ]", "firewall default packet policy (reject)"},
  };
  for (const auto& [policy, expected] : rows) {
    Firewall firewall("", "", "firewall:\n  policies:\n    packet:\n      filter: " + std::string(policy) + "\n");
    ASSERT_TRUE(firewall.complaints.ok()) << policy << firewall.complaints.errors.front().text();
    EXPECT_EQ(firewall.verdict_of(udp()), expected) << policy;
  }
}

TEST(Firewall, RefusesPoliciesThatAreNone) {
  const char* const rows[] = {
      "    packet:\n      filter: [ \"accept:foo\" ]\n",
      "    packet:\n      filter: [ \"alert\" ]\n",
      "    packet:\n      filter: [ \"drop\" ]\n",
      "    app:\n      tls:\n        no-such-state: [ \"accept:hook\" ]\n",
      "    app:\n      nosuchproto:\n        request-started: [ \"accept:hook\" ]\n",
  };
  for (const char* const row : rows) {
    EXPECT_FALSE(Firewall("", "", "firewall:\n  policies:\n" + std::string(row)).complaints.ok()) << row;
  }
}

TEST(Firewall, RefusesRulesWithoutMeaning) {
  const std::pair<const char*, const char*> rows[] = {
      {"alert tcp:all any any -> any any (sid:1;)", "accept, drop, reject or config"},
      {"accept tcp:all any any -> any any (sid:1;)", "needs a scope"},
      {"accept:hook tcp any any -> any any (sid:1;)", "explicit hook"},
      {"drop:hook tcp:all any any -> any any (sid:1;)", "scope"},
      {"drop:tx tls:client_in_progress any any -> any any (sid:1;)", "scope"},
      {"accept:packet tls:client_in_progress any any -> any any (sid:1;)", "UDP"},
      {"accept:flow ip:pre_flow any any -> any any (sid:1;)", "pre_flow"},
      {"accept:hook tls:nosuchstate any any -> any any (sid:1;)", "does not support hook"},
      {"accept:hook tls:client_in_progress any any -> any any (tls.sni; content:\"a\"; sid:1;)",
       "doesn't match hook"},
      {"accept:hook tls:client_in_progress any any => any any (sid:1;)",
       "=>|both directions"},
      {"drop:flow tls:<client_hello_done any any -> any any (sid:1;)", "auto-accept"},
      {"accept:hook tcp:<all any any -> any any (sid:1;)", "<hook"},
      {"accept:hook tcp:all any any -> any any (tls.sni; content:\"a\"; sid:1;)", "transactions"},
  };
  for (const auto& [rule, part] : rows) {
    Firewall firewall(rule);
    ASSERT_FALSE(firewall.complaints.ok()) << rule;
    const std::string text = firewall.complaints.errors.front().text();
    const std::string_view wanted(part);
    const bool found = text.find(wanted.substr(wanted.find('|') + 1)) != std::string::npos;
    EXPECT_TRUE(found) << rule << ": " << text;
  }
  const char* const fine[] = {
      "accept:tx tcp:all any any -> any any (sid:1;)",
      "accept:packet dns:request_started any any -> any any (sid:1;)",
      "drop:packet dns:request_complete any any -> any any (sid:1;)",
      "accept:tx tls:<client_hello_done any any -> any any (tls.sni; content:\"a\"; sid:1;)",
      "drop:flow tcp:pre_stream any any -> any any (sid:1;)",
      "reject:packet ip:pre_flow any any -> any any (sid:1;)",
  };
  for (const char* const rule : fine) {
    Firewall firewall(rule);
    EXPECT_TRUE(firewall.complaints.ok()) << rule << firewall.complaints.errors.front().text();
  }
}

TEST(Firewall, AnAcceptedFlowIsLeftAloneButDetected) {
  Firewall firewall("accept:flow udp:all any any -> any any (content:\"first\"; alert; sid:1;)",
                    "alert udp any any -> any any (content:\"bad\"; sid:7;)");
  Flow flow;
  EXPECT_EQ(firewall.verdict_of(udp("first"), &flow), "accept: 1");
  EXPECT_TRUE(flow.firewall_accepted);
  EXPECT_EQ(firewall.verdict_of(udp("other"), &flow), "accept");
  EXPECT_EQ(firewall.verdict_of(udp("bad"), &flow), "accept: 7");
  firewall.detector->release(flow);
}

TEST(Firewall, AFlowDropHoldsForTheFlow) {
  Firewall firewall("drop:flow udp:all any any -> any any (sid:1;)");
  Flow flow;
  EXPECT_EQ(firewall.verdict_of(udp(), &flow), "firewall rules");
  EXPECT_EQ(flow.verdict, FlowVerdict::kDrop);
  firewall.detector->release(flow);
}

TEST(Firewall, HasAWordBeforeThereIsAFlow) {
  Firewall firewall(
      "drop:packet udp:pre_flow any any -> any any (content:\"evil\"; alert; sid:1;)\n"
      "accept:packet udp:all any any -> any any (sid:2;)");
  EXPECT_TRUE(firewall.rules->has_pre_flow_rules());
  EXPECT_FALSE(firewall.rules->has_pre_stream_rules());
  EXPECT_EQ(firewall.verdict_of(udp("evil"), nullptr, true), "firewall pre flow hook: 1");
  EXPECT_EQ(firewall.verdict_of(udp("good"), nullptr, true), "accept");
}

TEST(Variables, KeepTheirNumbersOverAReload) {
  const std::string accept = "accept:hook udp:all any any -> any any (sid:1;)";
  Firewall firewall(accept, "alert udp any any -> any any (flowbits:set,one; sid:7;)");
  Flow flow;
  EXPECT_EQ(firewall.verdict_of(udp(), &flow), "accept: 7");
  firewall.detector->use(firewall.load(
      accept, "alert udp any any -> any any (flowbits:isset,other; sid:8;)\n"
              "alert udp any any -> any any (flowbits:isset,one; sid:9;)"));
  EXPECT_EQ(firewall.verdict_of(udp(), &flow), "accept: 9");
  std::vector<std::string_view> bits;
  std::vector<std::pair<std::string_view, std::uint32_t>> ints;
  firewall.detector->flow_variables(flow, bits, ints);
  EXPECT_EQ(bits, std::vector<std::string_view>{"one"});
  firewall.detector->release(flow);
}

TEST(Replace, ChangesThePacketInline) {
  Firewall firewall("accept:hook udp:all any any -> any any (sid:1;)",
                    "alert udp any any -> any any (content:\"GET\"; replace:\"PUT\"; "
                    "content:\"x\"; distance:0; replace:\"y\"; sid:7;)");
  EXPECT_EQ(firewall.verdict_of(udp("a GET of x"), nullptr), "accept: 7");
  EXPECT_TRUE(firewall.packet.modified);
  EXPECT_EQ(as_text(firewall.packet.payload), "a PUT of y");
  const auto expected = udp("a PUT of y");
  EXPECT_TRUE(std::ranges::equal(firewall.bytes_, expected)) << "the checksum follows";
  EXPECT_EQ(firewall.verdict_of(udp("a GET of z"), nullptr), "accept");
  EXPECT_FALSE(firewall.packet.modified);
}

}  // namespace
}  // namespace culvert
