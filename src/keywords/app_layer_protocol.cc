// app-layer-protocol: which protocol the flow speaks. `app-layer-protocol:!tls`,
// `app-layer-protocol:http,to_server`; modes: final, original, either, to_server, to_client, toserver,
// toclient, direction.

#include "detect/detector.h"
#include "detect/detect_state.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class Mode { kDirection, kFinal, kOriginal, kEither, kToServer, kToClient };

struct ProtocolIs final : Keyword {
  bool fits(AppProto actual) const {
    return actual == wanted || (actual != AppProto::kUnknown && covers(wanted, actual));
  }
  bool match(const MatchContext& context) const noexcept override {
    const AppView& app = context.state->input->app;
    const AppProto to_server = app.by_direction[0], to_client = app.by_direction[1];
    if (mode == Mode::kEither) {
      const bool none = to_server == AppProto::kUnknown && to_client == AppProto::kUnknown;
      if (none && wanted != AppProto::kUnknown) return false;
      return holds(fits(to_server) || fits(to_client));
    }
    const AppProto actual = actual_of(app, context.direction);
    // While the protocol is not known yet nothing can be said, either way.
    if (actual == AppProto::kUnknown && wanted != AppProto::kUnknown) return false;
    return holds(fits(actual));
  }
  AppProto actual_of(const AppView& app, Direction direction) const {
    switch (mode) {
      case Mode::kDirection:
        return app.by_direction[index_of(direction)];
      case Mode::kFinal:
        return app.proto;
      case Mode::kOriginal:
        return app.original;
      case Mode::kToServer:
        return app.by_direction[0];
      case Mode::kToClient:
        return app.by_direction[1];
      case Mode::kEither:
        break;
    }
    return AppProto::kUnknown;
  }
  /// `!unknown` never holds in the reference, whatever is known.
  bool holds(bool fit) const {
    return fit != negated && !(negated && wanted == AppProto::kUnknown);
  }

  AppProto wanted = AppProto::kUnknown;
  Mode mode = Mode::kDirection;
  bool negated = false;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.has_header_protocol) {
    return failure("app-layer-protocol cannot go with a protocol in the rule's header");
  }
  std::string_view text = argument;
  auto keyword = std::make_unique<ProtocolIs>();
  keyword->negated = take_negation(text);
  take_quotes(text);
  const auto parts = split_list(text);
  if (parts.size() > 2) return failure("app-layer-protocol takes a protocol and a mode");
  const auto proto = find_app_proto(parts[0]);
  if (!proto) return failure("\"" + std::string(parts[0]) + "\" is no application protocol");
  keyword->wanted = *proto;
  if (parts.size() == 2) {
    constexpr std::pair<std::string_view, Mode> kModes[] = {
        {"direction", Mode::kDirection}, {"final", Mode::kFinal},       {"original", Mode::kOriginal},
        {"either", Mode::kEither},       {"to_server", Mode::kToServer}, {"toserver", Mode::kToServer},
        {"to_client", Mode::kToClient},  {"toclient", Mode::kToClient}};
    bool known = false;
    for (const auto& [name, mode] : kModes) {
      if (name != parts[1]) continue;
      keyword->mode = mode;
      known = true;
    }
    if (!known) return failure("app-layer-protocol has no mode \"" + std::string(parts[1]) + "\"");
  }
  ++draft.app_proto_matches;
  draft.add_packet_match(std::move(keyword));
  return {};
}

}  // namespace

const KeywordSpec keywords::kAppLayerProtocol{"app-layer-protocol",
                                              "protocol that the flow speaks",
                                              KeywordArgument::kRequired,
                                              compile,
                                              {},
                                              true,
                                              true};

}  // namespace culvert
