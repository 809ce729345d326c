// The protocols that are built in.
#pragma once

#include <span>

#include "app/protocol_spec.h"

namespace culvert {

std::span<const ProtocolSpec* const> builtin_protocols();

}  // namespace culvert
