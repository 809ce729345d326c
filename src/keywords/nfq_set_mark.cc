// nfq_set_mark: the mark that the kernel gives the packet when it comes back from the queue.
// `nfq_set_mark:0x8/0xffffffff`: mark and mask; the mask may be left out.
#include "detect/detect_state.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

struct SetMark final : Keyword {
  SetMark(std::uint32_t m, std::uint32_t mm) : mark(m), mask(mm) {}
  bool match(const MatchContext& context) const noexcept override {
    // A rule's keyword sees the packet as it is; its verdict is what detection settles.
    if (context.state == nullptr || context.packet == nullptr) return true;
    context.state->mark = mark;
    context.state->mark_mask = mask;
    return true;
  }
  const std::uint32_t mark, mask;
};

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  const auto parts = split_list(trim(argument), '/');
  if (parts.size() > 2) return failure("nfq_set_mark takes a mark and a mask: 0x8/0xff");
  std::uint64_t numbers[2] = {0, 0xffffffffu};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto number = parse_unsigned(parts[i], 0xffffffffu);
    if (!number) return tl::unexpected(number.error());
    numbers[i] = *number;
  }
  draft_of(rule).add_post_match(std::make_unique<SetMark>(static_cast<std::uint32_t>(numbers[0]),
                                                          static_cast<std::uint32_t>(numbers[1])));
  return {};
}

}  // namespace

const KeywordSpec keywords::kNfqSetMark{"nfq_set_mark", "mark of the packet for the kernel",
                                        KeywordArgument::kRequired, compile};

}  // namespace culvert
