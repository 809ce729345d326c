// byte_jump: moves on by a number in the buffer.
//
//     byte_jump:4,0,relative,little,multiplier 2,align,post_offset -4;

#include "detect/inspect_number.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "keywords/number_field.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  std::string_view text = trim(argument);
  const auto parts = split_list(text);
  if (parts.size() < 2) return failure("byte_jump takes bytes, offset and options");
  auto item = std::make_unique<ByteJumpItem>();
  const bool no_bytes = parts[0] == "0";  // from_end and the like without a number
  const auto count = draft.number_or_variable(parts[0], 0, 23);
  if (!count) return tl::unexpected(count.error());
  item->field.count = *count;
  const auto offset = draft.number_or_variable(parts[1], -65535, 65535);
  if (!offset) return tl::unexpected(offset.error());
  item->field.offset = *offset;
  for (std::size_t i = 2; i < parts.size(); ++i) {
    const std::string_view option = parts[i];
    const auto taken = take_field_option(option, item->field, item->relative);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) continue;
    if (option == "align") {
      item->align = true;
    } else if (option == "from_beginning") {
      item->origin = ByteJumpItem::Origin::kBeginning;
    } else if (option == "from_end") {
      item->origin = ByteJumpItem::Origin::kEnd;
    } else if (option.starts_with("multiplier ")) {
      const auto number = parse_unsigned(trim(option.substr(11)), 65535);
      if (!number || *number == 0) return failure("byte_jump: multiplier is 1 to 65535");
      item->multiplier = *number;
    } else if (option.starts_with("post_offset ")) {
      const auto number = draft.number_or_variable(option.substr(12), -65535, 65535);
      if (!number) return tl::unexpected(number.error());
      item->post_offset_variable = *number;
    } else {
      return failure("byte_jump has no option \"" + std::string(option) + "\"");
    }
  }
  if (!no_bytes) {
    if (auto done = check_field(item->field, "byte_jump"); !done) return done;
  }
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kByteJump{"byte_jump", "moves on by a number in the buffer",
                            KeywordArgument::kRequired, compile};

}  // namespace culvert
