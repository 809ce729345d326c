// Which names of states are hooks for rules.
#pragma once

#include <string_view>

#include "app/protocol_spec.h"

namespace culvert {

/// One that each protocol has: "request_started".
bool is_general_hook(std::string_view hook);

/// Whether rules can name it, if it is a state of `spec` or a general one. The states of HTTP/2 are
/// our own: of it only the general ones.
bool is_rule_hook(const ProtocolSpec& spec, std::string_view hook);

}  // namespace culvert
