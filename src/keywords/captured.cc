// flowvar, pktvar: looks for bytes in what a pcre captured into a variable of the flow or the packet.
// `flowvar:name,"text"`, with |hex| as in content.
#include <algorithm>

#include "detect/detect_state.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "match/single_pattern_matcher.h"
#include "rule/content_pattern.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct CapturedTest final : Keyword {
  CapturedTest(std::string_view text, std::uint16_t v, bool p)
      : matcher(text, false), variable(v), of_packet(p) {}
  bool match(const MatchContext& context) const noexcept override {
    if (of_packet) {
      if (context.state == nullptr) return false;
      for (const auto& value : context.state->packet_values()) {
        if (value.variable == variable && contains(value.bytes)) return true;
      }
      return false;
    }
    if (context.flow == nullptr || context.flow->detect == nullptr) return false;
    const FlowDetectState& state = *context.flow->detect;
    for (std::uint32_t i = 0; i < state.used_values; ++i) {
      if (state.values[i].first == variable && contains(state.values[i].second)) return true;
    }
    return false;
  }
  bool contains(Bytes bytes) const {
    return matcher.find(bytes, 0, bytes.size()) != SinglePatternMatcher::kNotFound;
  }
  const SinglePatternMatcher matcher;
  const std::uint16_t variable;
  const bool of_packet;
};

template <bool kOfPacket>
Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const std::size_t comma = argument.find(',');
  if (comma == argument.npos) return failure("it takes a name and a text: name,\"text\"");
  const std::string_view name = trim(argument.substr(0, comma));
  std::string_view text = trim(argument.substr(comma + 1));
  take_quotes(text);
  if (name.empty() || text.empty()) return failure("it takes a name and a text: name,\"text\"");
  auto bytes = parse_content_pattern(text);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto variable =
      draft.catalog.names.id(kOfPacket ? VariableKind::kPktvar : VariableKind::kFlowvar, name);
  draft.looks_at_flow_only = false;
  draft.add_packet_match(std::make_unique<CapturedTest>(*bytes, variable, kOfPacket));
  return {};
}

}  // namespace

const KeywordSpec keywords::kFlowvar{"flowvar", "looks into what a pcre captured of the flow",
                                     KeywordArgument::kRequired, compile<false>};
const KeywordSpec keywords::kPktvar{"pktvar", "looks into what a pcre captured of the packet",
                                    KeywordArgument::kRequired, compile<true>};

}  // namespace culvert
