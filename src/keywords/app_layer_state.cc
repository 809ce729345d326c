// app-layer-state: how far a transaction has come. `app-layer-state:client_hello_done` puts a rule at
// that state, as the hook `tls:client_hello_done` in its header does; `app-layer-state:>request_headers`
// and `app-layer-state:<client_hello_done` ask whether it is past a state, or before it.

#include <optional>

#include "app/protocol_spec.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

enum class Compare { kBefore, kAfter };

struct State final : Keyword {
  State(Direction d, std::uint8_t s, Compare c) : direction(d), state(s), compare(c) {}
  bool match(const MatchContext& context) const noexcept override {
    const std::uint8_t progress = context.transaction->progress[index_of(direction)];
    switch (compare) {
      case Compare::kBefore:
        return progress < state;
      case Compare::kAfter:
        return progress > state;
    }
    return false;
  }
  const Direction direction;
  const std::uint8_t state;
  const Compare compare;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (!draft.has_header_protocol) {
    return failure("app-layer-state needs a protocol in the rule's header");
  }
  std::string_view text = trim(argument);
  std::optional<Compare> compare;
  if (text.starts_with('<') || text.starts_with('>')) {
    compare = text.front() == '<' ? Compare::kBefore : Compare::kAfter;
    text = trim(text.substr(1));
  }
  bool found = false;
  for (const ProtocolSpec* spec : draft.catalog.environment.protocols) {
    if ((draft.protos & proto_bit(spec->proto)) == 0) continue;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      const bool to_server = direction == Direction::kToServer;
      const auto& states = to_server ? spec->to_server_states : spec->to_client_states;
      for (std::size_t i = 0; i < states.size(); ++i) {
        if (!equals_ignoring_case(states[i], text)) continue;
        found = true;
        const auto state = static_cast<std::uint8_t>(i);
        TransactionHook hook{spec->proto, {to_server, 0}, {!to_server, 0}};
        std::uint8_t& progress = (to_server ? hook.to_server : hook.to_client).progress;
        if (!compare) {
          progress = state;
          draft.hooks.push_back(hook);
        } else {
          if (compare == Compare::kAfter) progress = static_cast<std::uint8_t>(state + 1);
          if (auto done = draft.add_transaction_match(
                  hook, std::make_unique<State>(direction, state, *compare));
              !done) {
            return done;
          }
        }
        if (auto done = draft.require_direction(direction); !done) return done;
      }
    }
  }
  if (!found) return failure("\"" + std::string(text) + "\" is no state of " + draft.ast.protocol);
  return {};
}

}  // namespace

const KeywordSpec keywords::kAppLayerState{"app-layer-state", "how far a transaction has come",
                                           KeywordArgument::kRequired, compile};

}  // namespace culvert
