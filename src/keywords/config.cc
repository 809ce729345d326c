// config: what the engine does with what the rule matches, as `config` rules use it.
//
//     config dns any any -> any any (dns.query; content:"x"; config: logging disable, type tx, scope tx;)
//     config tcp:pre_flow any any -> any any (config: tracking disable, type flow, scope packet;)
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

/// No record is written of the transaction.
struct LoggingOff final : Keyword {
  bool match(const MatchContext& context) const noexcept override {
    if (context.transaction != nullptr) context.transaction->logged = ~std::uint64_t{0};
    return true;
  }
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(trim(argument));
  if (parts.size() != 3) {
    return failure("config is of the form 'logging disable, type tx, scope tx'");
  }
  std::vector<std::string_view> words;
  for (const std::string_view part : parts) {
    const auto two = split_words(part);
    if (two.size() != 2) return failure("config is of the form 'logging disable, type tx, scope tx'");
    words.insert(words.end(), two.begin(), two.end());
  }
  if (words[2] != "type" || words[4] != "scope") {
    return failure("config: after the action come 'type' and 'scope'");
  }
  if (words[0] == "logging" && words[1] == "disable" && words[3] == "tx" && words[5] == "tx") {
    draft_of(rule).add_post_match(std::make_unique<LoggingOff>());
    return {};
  }
  if (words[0] == "tracking" && words[1] == "disable" && words[3] == "flow" &&
      words[5] == "packet") {
    draft_of(rule).disables_tracking = true;
    return {};
  }
  return failure(
      "config knows 'logging disable, type tx, scope tx' and 'tracking disable, type flow, scope "
      "packet'");
}

}  // namespace

const KeywordSpec keywords::kConfig{"config", "what the engine does with what matches",
                                    KeywordArgument::kRequired, compile};

}  // namespace culvert
