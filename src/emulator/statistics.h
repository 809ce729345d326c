// The emulator's numbers as JSON: for the operator, the demo and the tests.
#pragma once

#include <string>

#include "emulator/balancer.h"

namespace culvert::emulator {

/// One object: "traffic", "flows", "targets", "not_forwarded", "violations" (with "total"),
/// "violation_notes". `receive_overruns`: packets that the system had no room for.
std::string statistics_json(const Balancer& balancer, EmulatorTime uptime,
                            std::uint64_t receive_overruns);

}  // namespace culvert::emulator
