// byte_extract: keeps a number of the buffer under a name, for keywords that follow.
//
//     byte_extract:2,4,length,relative,little; content:"a"; within:length;

#include "detect/inspect_number.h"
#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "keywords/number_field.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> compile(RuleBuilder& rule, std::string_view argument) {
  RuleDraft& draft = draft_of(rule);
  const auto parts = split_list(argument);
  if (parts.size() < 3) return failure("byte_extract takes bytes, offset, name and options");
  auto item = std::make_unique<ByteExtractItem>();
  const auto count = parse_integer(parts[0], 1, 23);
  if (!count) return tl::unexpected(count.error());
  item->field.count.number = *count;
  const auto offset = draft.number_or_variable(parts[1], -65535, 65535);
  if (!offset) return tl::unexpected(offset.error());
  item->field.offset = *offset;
  for (std::size_t i = 3; i < parts.size(); ++i) {
    const std::string_view option = parts[i];
    const auto taken = take_field_option(option, item->field, item->relative);
    if (!taken) return tl::unexpected(taken.error());
    if (*taken) continue;
    if (option.starts_with("multiplier ")) {
      const auto number = parse_unsigned(trim(option.substr(11)), 65535);
      if (!number || *number == 0) return failure("byte_extract: multiplier is 1 to 65535");
      item->multiplier = *number;
    } else if (option.starts_with("align ")) {
      const auto number = parse_unsigned(trim(option.substr(6)), 4);
      if (!number || (*number != 2 && *number != 4)) return failure("byte_extract: align is 2 or 4");
      item->align = static_cast<std::uint32_t>(*number);
    } else {
      return failure("byte_extract has no option \"" + std::string(option) + "\"");
    }
  }
  if (auto done = check_field(item->field, "byte_extract"); !done) return done;
  const auto variable = draft.add_variable(parts[2]);
  if (!variable) return tl::unexpected(variable.error());
  item->variable = *variable;
  return draft.add_item(std::move(item));
}

}  // namespace

const KeywordSpec keywords::kByteExtract{"byte_extract", "keeps a number of the buffer under a name",
                               KeywordArgument::kRequired, compile};

}  // namespace culvert
