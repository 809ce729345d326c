#include "flow/exception_policy.h"

#include <gtest/gtest.h>

namespace culvert {
namespace {

ConfigNode config_of(std::string_view path, std::string value) {
  ConfigNode root;
  root.make_path(path, {}).set_value(std::move(value));
  return root;
}

TEST(ExceptionPolicy, MidstreamTakesPoliciesForFlowsOnly) {
  // What the reference accepts (8.0.8): by inline, stream.midstream, policy.
  struct Case {
    const char* word;
    bool ids, ids_midstream, ips, ips_midstream;
  };
  constexpr Case kCases[] = {
      {"auto", true, true, true, true},
      {"ignore", true, true, true, true},
      {"drop-packet", false, false, false, false},
      {"drop-flow", false, false, true, false},
      {"reject", true, false, true, false},
      {"bypass", true, false, true, false},
      {"pass-packet", false, false, false, false},
      {"pass-flow", true, true, true, true},
      {"foo", false, false, false, false},
  };
  for (const Case& row : kCases) {
    const ConfigNode root = config_of("stream.midstream-policy", row.word);
    const auto accepts = [&](bool inline_mode, bool midstream) {
      Complaints complaints;
      static_cast<void>(parse_exception_policy(root, "stream.midstream-policy",
                                               ExceptionTarget::kMidstream,
                                               {.inline_mode = inline_mode}, complaints, midstream));
      return complaints.ok();
    };
    EXPECT_EQ(accepts(false, false), row.ids) << row.word;
    EXPECT_EQ(accepts(false, true), row.ids_midstream) << row.word;
    EXPECT_EQ(accepts(true, false), row.ips) << row.word;
    EXPECT_EQ(accepts(true, true), row.ips_midstream) << row.word;
  }
}

TEST(ExceptionPolicy, TheMasterSwitchDecidesWhatIsNotSet) {
  Complaints complaints;
  const ConfigNode root = config_of("exception-policy", "pass-flow");
  const auto context = parse_exception_policy_context(root, true, complaints);
  EXPECT_EQ(parse_exception_policy(root, "stream.memcap-policy", ExceptionTarget::kStreamMemcap,
                                   context, complaints),
            ExceptionPolicy::kPassFlow);
  EXPECT_EQ(parse_exception_policy(root, "flow.memcap-policy", ExceptionTarget::kFlowMemcap, context,
                                   complaints),
            ExceptionPolicy::kPassPacket);
  EXPECT_TRUE(complaints.ok());
}

TEST(ExceptionPolicy, DefaultsDropInlineOnly) {
  Complaints complaints;
  const ConfigNode none;
  const auto of = [&](bool inline_mode, ExceptionTarget target) {
    return parse_exception_policy(none, "x", target, {.inline_mode = inline_mode}, complaints);
  };
  EXPECT_EQ(of(false, ExceptionTarget::kStreamMemcap), ExceptionPolicy::kIgnore);
  EXPECT_EQ(of(true, ExceptionTarget::kStreamMemcap), ExceptionPolicy::kDropFlow);
  EXPECT_EQ(of(true, ExceptionTarget::kFlowMemcap), ExceptionPolicy::kDropPacket);
  const auto watching = parse_exception_policy_context(config_of("exception-policy", "drop-flow"),
                                                       false, complaints);
  EXPECT_EQ(watching.master, ExceptionPolicy::kIgnore);
}

TEST(ExceptionPolicy, DropFlowDropsWhatFollows) {
  Flow flow;
  Packet packet;
  packet.flow = &flow;
  ExceptionPolicyCounters counters;
  apply_exception_policy(ExceptionPolicy::kDropFlow, ExceptionTarget::kMidstream,
                         DropReason::kStreamMidstream, packet, counters);
  EXPECT_TRUE(packet.verdict.is_drop());
  EXPECT_EQ(flow.verdict, FlowVerdict::kDrop);
  EXPECT_EQ(counters.drop_flow.value(), 1u);
}

}  // namespace
}  // namespace culvert
