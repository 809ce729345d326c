// content: bytes to look for in the current buffer.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/content_pattern.h"
#include "rule/value.h"

namespace culvert {
namespace {

constexpr std::size_t kMaxSize = 65535;  // as in the reference

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  std::string_view text = trim(argument);
  auto item = std::make_unique<ContentItem>();
  item->negated = take_negation(text);
  if (!take_quotes(text)) return failure("content is a pattern in double quotes");
  const auto bytes = parse_content_pattern(text);
  if (!bytes) return tl::unexpected(bytes.error());
  if (bytes->size() > kMaxSize) {
    return failure("content has " + std::to_string(bytes->size()) + " bytes; at most 65535 are possible");
  }
  const Bytes view = as_bytes(*bytes);
  item->bytes.assign(view.begin(), view.end());
  return draft_of(rule).add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kContent{"content",
                                     "bytes that are in the buffer, or not with !",
                                     KeywordArgument::kRequired,
                                     compile,
                                     {},
                                     true,
                                     true};

}  // namespace culvert
