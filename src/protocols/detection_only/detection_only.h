// The protocols that are recognised without being parsed, in the order in which their patterns are
// tried.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::detection_only {

// mail.cc
extern const ProtocolSpec kImap;

}  // namespace culvert::detection_only
