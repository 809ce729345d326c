// Rules files, and that what parses prints to what parses to the same.
#include "base/bytes.h"
#include "rule/dump.h"
#include "rule/parser.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace culvert;
  const std::string_view text = as_text(std::as_bytes(std::span(data, size)));
  for (const RuleKind kind : {RuleKind::kDetection, RuleKind::kFirewall}) {
    const RuleFile file = parse_rules(text, "fuzz.rules", {.keep_disabled = true, .kind = kind});
    for (const RuleAst& ast : file.rules) {
      const std::string printed = dump(ast);
      const auto again = parse_rule(printed, kind);
      if (!again || dump(*again) != printed) __builtin_trap();
      for (const RuleOption& option : ast.options)
        if (ast.where(option.value_offset).empty() || option.offset > ast.text->size())
          __builtin_trap();
    }
  }
  return 0;
}
