// The ports that a rule's source or destination means.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "rule/interval_set.h"
#include "rule/set_expression.h"

namespace culvert {

/// An immutable set of ports, 0 to 65535.
using PortSet = IntervalSet<std::uint16_t>;

/// Compiles a port expression: `any`, numbers, ranges `80:90`, `1024:`, `:1023`, $variables, lists,
/// nested, and negation anywhere. What is negated an odd number of times is taken out of the union
/// of the rest; where there is no rest, out of all ports. Fails when no port is left.
[[nodiscard]] Result<PortSet> compile_ports(std::string_view expression,
                                            const VariableMap& port_groups = {});

}  // namespace culvert
