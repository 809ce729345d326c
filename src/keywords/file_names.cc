// filename, fileext, filemagic: the old spellings of contents in file.name and file.magic, in either
// case of letters. `filename:"setup"` is anywhere in the name, `fileext:"exe"` its end.

#include "detect/rule_draft.h"
#include "keywords/keywords.h"
#include "rule/content_pattern.h"
#include "rule/value.h"

namespace culvert {
namespace {

Result<void> add(RuleBuilder& rule, std::string_view buffer, std::string_view argument,
                 std::string_view prefix, bool at_end) {
  std::string_view text = trim(argument);
  auto item = std::make_unique<ContentItem>();
  item->negated = take_negation(text);
  if (!take_quotes(text)) return failure("the text stands in double quotes");
  const auto pattern = parse_content_pattern(text);
  if (!pattern) return tl::unexpected(pattern.error());
  const std::string whole = std::string(prefix) + *pattern;
  item->bytes.assign(as_bytes(whole).begin(), as_bytes(whole).end());
  item->nocase = true;
  item->ends_with = at_end;
  return draft_of(rule).add_item_to(buffer, std::move(item));
}

Result<void> compile_name(RuleBuilder& rule, std::string_view argument) {
  return add(rule, "file.name", argument, "", false);
}
Result<void> compile_extension(RuleBuilder& rule, std::string_view argument) {
  return add(rule, "file.name", argument, ".", true);
}
Result<void> compile_magic(RuleBuilder& rule, std::string_view argument) {
  return add(rule, "file.magic", argument, "", false);
}

}  // namespace

const KeywordSpec keywords::kFilename{.name = "filename",
                                      .help = "part of a file's name",
                                      .compile = compile_name,
                                      .can_negate = true,
                                      .can_quote = true};
const KeywordSpec keywords::kFileext{.name = "fileext",
                                     .help = "extension of a file's name",
                                     .compile = compile_extension,
                                     .can_negate = true,
                                     .can_quote = true};
const KeywordSpec keywords::kFilemagic{.name = "filemagic",
                                       .help = "part of what libmagic says of a file",
                                       .compile = compile_magic,
                                       .can_negate = true,
                                       .can_quote = true};

}  // namespace culvert
