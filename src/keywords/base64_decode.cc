// base64_decode, base64_data: looks into what is decoded from a part of the buffer.
//
//     content:"Basic "; base64_decode:bytes 20, offset 0, relative; base64_data; content:"admin";
#include "detect/inspect_base64.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile_decode(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  auto item = std::make_unique<Base64DecodeItem>();
  for (const std::string_view part : split_list(trim(argument))) {
    if (part.empty()) continue;
    const auto words = split_words(part);
    if (words.size() == 1 && words[0] == "relative") {
      item->relative = true;
      continue;
    }
    if (words.size() != 2 || (words[0] != "bytes" && words[0] != "offset")) {
      return failure("base64_decode takes 'bytes' and 'offset' with a number, and 'relative'");
    }
    const auto number = parse_unsigned(words[1], words[0] == "bytes" ? 0xffffffffu : 65535u);
    if (!number) return tl::unexpected(number.error());
    (words[0] == "bytes" ? item->bytes : item->offset) = static_cast<std::uint32_t>(*number);
  }
  draft.base64 = item.get();
  return draft.add_item(std::move(item));
}

Result<void> compile_data(RuleBuilder& rule, std::string_view) {
  return draft_of(rule).select_base64();
}

}  // namespace

const KeywordSpec keywords::kBase64Decode{"base64_decode", "decodes a part of the buffer for base64_data",
                                          KeywordArgument::kOptional, compile_decode};
const KeywordSpec keywords::kBase64Data{"base64_data", "what base64_decode made",
                                        KeywordArgument::kNone, compile_data};

}  // namespace culvert
