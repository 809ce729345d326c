#include "rule/set_expression.h"

#include <algorithm>
#include <utility>

#include "rule/value.h"

namespace culvert {
namespace {

constexpr bool is_variable_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

/// Recursive descent. Each text (the expression, a variable's value) has its own position.
class SetParser {
 public:
  SetParser(const VariableMap& variables, std::string_view kind)
      : variables_(variables), kind_(kind) {}

  Result<SetExpression> parse(std::string_view text) {
    std::string_view rest = text;
    auto list = parse_list(rest, false);
    if (list && !rest.empty())
      return failure("unexpected ']' in '" + std::string(text) + "': no '[' belongs to it");
    return list;
  }

 private:
  /// Up to the ']' that closes the list, which is consumed, or the end of the text.
  Result<SetExpression> parse_list(std::string_view& rest, bool bracketed) {
    SetExpression list;
    list.is_list = true;
    if (depth_ == kMaxSetDepth)
      return failure("lists and variables are nested more than " + std::to_string(kMaxSetDepth) +
                     " deep");
    ++depth_;
    for (;;) {
      skip_space(rest);
      const bool ends = rest.empty() || rest.front() == ']';
      if (ends && rest.empty() == bracketed) {
        if (bracketed) return failure("a ']' is missing at the end of a list");
        break;  // a ']' too many: the caller's complaint
      }
      if (ends) {
        if (bracketed) rest.remove_prefix(1);
        break;
      }
      if (auto done = parse_element(rest, list); !done) return tl::unexpected(done.error());
      skip_space(rest);
      if (rest.empty() || rest.front() == ']') continue;
      if (rest.front() != ',')
        return failure("a ',' is missing before '" + std::string(rest.substr(0, 20)) + "'");
      rest.remove_prefix(1);
    }
    --depth_;
    return list;
  }

  Result<void> parse_element(std::string_view& rest, SetExpression& list) {
    bool negated = false;
    for (; !rest.empty() && rest.front() == '!'; skip_space(rest)) {
      negated = true;  // any number of '!' negates once, as in the reference
      rest.remove_prefix(1);
    }
    if (++elements_ > kMaxSetElements)
      return failure("more than " + std::to_string(kMaxSetElements) + " elements");
    Result<SetExpression> element = parse_atom(rest);
    if (!element) return tl::unexpected(element.error());
    element->negated = negated;
    list.elements.push_back(std::move(*element));
    return {};
  }

  Result<SetExpression> parse_atom(std::string_view& rest) {
    if (!rest.empty() && rest.front() == '[') {
      rest.remove_prefix(1);
      return parse_list(rest, true);
    }
    const std::string_view word = trim(rest.substr(0, rest.find_first_of(",[]!")));
    if (word.empty()) return failure("an element of a list is empty");
    rest.remove_prefix(static_cast<std::size_t>(word.data() + word.size() - rest.data()));
    if (word.front() == '$') return fill_in(word.substr(1));
    SetExpression atom;
    atom.word = word;
    return atom;
  }

  Result<SetExpression> fill_in(std::string_view name) {
    if (name.empty() || !std::all_of(name.begin(), name.end(), is_variable_character))
      return failure("'$" + std::string(name) + "' is not a variable: write $NAME");
    const auto variable = variables_.find(name);
    if (variable == variables_.end())
      return failure("the variable $" + std::string(name) + " is not defined under vars." +
                     std::string(kind_));
    if (std::find(open_.begin(), open_.end(), name) != open_.end())
      return failure("the variable $" + std::string(name) + " is defined by itself");
    open_.push_back(name);
    auto value = parse(variable->second);
    open_.pop_back();
    if (!value)
      return failure("in the variable $" + std::string(name) + ": " + value.error().message);
    return value;
  }

  static void skip_space(std::string_view& rest) {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) rest.remove_prefix(1);
  }

  const VariableMap& variables_;
  std::string_view kind_;
  std::vector<std::string_view> open_;  ///< variables that are being filled in
  unsigned depth_ = 0;
  std::size_t elements_ = 0;
};

}  // namespace

Result<SetExpression> parse_set_expression(std::string_view text, const VariableMap& variables,
                                           std::string_view kind) {
  return SetParser(variables, kind).parse(text);
}

}  // namespace culvert
