#include "rule/dump.h"

namespace culvert {

std::string dump(const RuleOption& option) {
  std::string text = option.name;
  if (option.has_value) (text += ':') += option.raw;
  if (text.back() == '\\') text += ' ';  // else it would escape the semicolon
  return text += ';';
}

std::string dump(const RuleAst& ast) {
  std::string text = to_string(ast.actions) + ' ' + ast.protocol;
  if (!ast.hook.empty()) text += (ast.up_to_hook ? ":<" : ":") + ast.hook;
  for (const std::string_view part :
       {ast.source.text, ast.source_ports.text, to_string(ast.direction), ast.destination.text,
        ast.destination_ports.text})
    (text += ' ') += part;
  text += " (";
  for (const RuleOption& option : ast.options) {
    if (text.back() != '(') text += ' ';
    text += dump(option);
  }
  return text += ')';
}

}  // namespace culvert
