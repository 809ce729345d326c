// The grammar that address and port expressions share, with variables filled in:
//
//   expression = element *( "," element ) [ "," ]
//   element    = [ "!" ] ( "[" [ expression ] "]" / "$" name / word )
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

/// Names without '$' to what they stand for, as in the configuration's `vars`. Names are case
/// sensitive. Values may use other variables of the same map.
using VariableMap = std::map<std::string, std::string, std::less<>>;

/// A tree of what was written. A variable has become the list that it stands for.
struct SetExpression {
  bool negated = false;
  bool is_list = false;
  std::string word;                     ///< when no list: "10.0.0.0/8", "80:90", "any"
  std::vector<SetExpression> elements;  ///< when a list
};

/// Deepest nesting of lists and variables together, and most elements after filling in.
inline constexpr unsigned kMaxSetDepth = 32;
inline constexpr std::size_t kMaxSetElements = 1u << 17;

/// Parses an expression to its list of elements. `kind` names the variables in complaints, such as
/// "address-groups". Refuses variables that are not there or that use themselves.
[[nodiscard]] Result<SetExpression> parse_set_expression(std::string_view text,
                                                         const VariableMap& variables,
                                                         std::string_view kind);

}  // namespace culvert
