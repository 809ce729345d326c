// frame: the part of a stream or datagram that a parser has named; what follows looks there.
//
//     alert tls any any -> any any (frame:tls.pdu; content:"|16 03|"; startswith; sid:1;)
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  return draft_of(rule).select_frame(trim(argument));
}

}  // namespace

const KeywordSpec keywords::kFrame{"frame", "sticky buffer: a frame, such as tls.pdu",
                                   KeywordArgument::kRequired, compile};

}  // namespace culvert
