// dsize: size of a packet's payload. `dsize:10`, `dsize:>5`, `dsize:5<>10`.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/number_match.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct PayloadSize final : Keyword {
  // As in the reference, what is not a size is not no payload either.
  explicit PayloadSize(NumberMatch m)
      : size(m), wants_payload(!m.matches(0) || m.kind() == NumberMatch::Kind::kNotEqual) {}
  bool match(const MatchContext& context) const noexcept override {
    const Packet* const packet = context.packet;
    if (packet == nullptr || !size.matches(packet->payload.size())) return false;
    return !wants_payload || (!packet->payload.empty() && !packet->no_payload_inspection);
  }
  const NumberMatch size;
  const bool wants_payload;  ///< also: none of a payload that is not inspected, as it is encrypted
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  if (draft.has_dsize) return failure("dsize is there twice");
  const auto size = NumberMatch::parse(trim(argument), 65535);
  if (!size) return tl::unexpected(size.error());
  draft.has_dsize = draft.needs_packet = true;
  switch (size->kind()) {
    case NumberMatch::Kind::kEqual:
    case NumberMatch::Kind::kNotEqual:
    case NumberMatch::Kind::kLess:
    case NumberMatch::Kind::kLessOrEqual:
      draft.dsize_max = static_cast<std::int64_t>(size->a());
      break;
    case NumberMatch::Kind::kInside:
      draft.dsize_max = static_cast<std::int64_t>(size->b());
      break;
    default:
      break;
  }
  draft.add_packet_match(std::make_unique<PayloadSize>(*size));
  return {};
}

}  // namespace

const KeywordSpec keywords::kDsize{"dsize", "size of the packet's payload", KeywordArgument::kRequired,
                         compile};

}  // namespace culvert
