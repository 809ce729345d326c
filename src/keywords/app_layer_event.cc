// app-layer-event: what a parser complained of (`dns.malformed_data`), or protocol detection
// (`applayer_mismatch_protocol_both_directions`).

#include "app/app_event.h"
#include "app/carriage.h"
#include "app/protocol_spec.h"
#include "base/ascii_case.h"
#include "detect/detect_state.h"
#include "detect/detector.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct DetectionEvent final : Keyword {
  explicit DetectionEvent(AppEvent e) : bit(std::uint32_t{1} << static_cast<unsigned>(e)) {}
  bool match(const MatchContext& context) const noexcept override {
    return (context.state->input->app.engine_events & bit) != 0;
  }
  const std::uint32_t bit;
};

struct ParserEvent final : Keyword {
  ParserEvent(AppProto p, std::uint8_t e) : proto(p), event(e) {}
  bool match(const MatchContext& context) const noexcept override {
    // Events of a carried protocol are not those of the transaction.
    const ProtocolSpec& spec = *context.state->input->app.spec;
    const Carriage* const carriage = find_carriage(spec.proto);
    const bool own = spec.proto == proto || (carriage != nullptr && carriage->carrier == proto);
    return own && context.transaction->events.has(event);
  }
  const AppProto proto;
  const std::uint8_t event;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const std::string_view text = trim(argument);
  if (const auto event = find_app_event(ascii_lower(text))) {
    draft.looks_at_flow_only = false;
    draft.add_packet_match(std::make_unique<DetectionEvent>(*event));
    return {};
  }
  const std::size_t dot = text.find('.');
  auto proto = find_app_proto(text.substr(0, dot));
  if (dot == text.npos || !proto) {
    return failure("app-layer-event is protocol.event or one of the applayer_ events");
  }
  // A rule is about one protocol, and HTTP/2 has its own list, in which some names are again.
  if (*proto == AppProto::kHttp) proto = AppProto::kHttp1;
  const std::string_view name = text.substr(dot + 1);
  bool known = false;
  for (const ProtocolSpec* spec : draft.catalog.environment.protocols) {
    if (!covers(*proto, spec->proto) || find_carriage(spec->proto) != nullptr) continue;
    for (std::size_t i = 0; i < spec->events.size(); ++i) {
      if (!equals_ignoring_case(spec->events[i], name)) continue;
      known = true;
      const TransactionHook hook{spec->proto, {true, 0}, {true, 0}};
      if (auto done = draft.add_transaction_match(
              hook, std::make_unique<ParserEvent>(spec->proto, static_cast<std::uint8_t>(i)));
          !done) {
        return done;
      }
    }
  }
  if (known) return {};
  const std::string complaint = "app-layer-event keyword's protocol \"" +
                                std::string(name_of(*proto)) + "\" doesn't have event \"" +
                                std::string(name) + "\" registered";
  if (draft.catalog.environment.strict_keywords) return failure(complaint);
  draft.skip_reason = complaint;  // events come and go: old rules are left out, and said so
  return {};
}

}  // namespace

const KeywordSpec keywords::kAppLayerEvent{"app-layer-event", "what parsers and protocol detection complain of",
                                 KeywordArgument::kRequired, compile};

}  // namespace culvert
