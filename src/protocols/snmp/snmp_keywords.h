#pragma once

#include <string_view>

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::snmp {

extern const BufferSpec kSnmpBuffers[2];
extern const KeywordSpec* const kSnmpKeywords[3];

/// RFC 1157 section 4.1.6, in the order of their numbers.
inline constexpr std::string_view kTrapTypes[] = {
    "coldStart",       "warmStart",         "linkDown", "linkUp", "authenticationFailure",
    "egpNeighborLoss", "enterpriseSpecific"};

}  // namespace culvert::snmp
