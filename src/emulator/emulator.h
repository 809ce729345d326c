// The Gateway Load Balancer at work: devices, sockets, health checks and the clock around a
// Balancer.
#pragma once

#include <atomic>
#include <string_view>

#include "base/result.h"
#include "emulator/emulator_options.h"

namespace culvert::emulator {

/// Opens everything, then forwards until `stop` is set. Writes the statistics at the end, too.
/// Needs the rights to open TUN devices and raw sockets.
Result<void> run_emulator(const EmulatorOptions& options, const std::atomic<bool>& stop);

/// What the control socket takes, a line each, for help texts.
inline constexpr std::string_view kControlCommands =
    "stats                 the statistics as JSON\n"
    "register ADDRESS      adds a target\n"
    "deregister ADDRESS    drains a target, and ends it after the deregistration delay\n"
    "change-cookies        gives every flow another cookie\n"
    "change-addresses      moves flows to other addresses of the load balancer\n"
    "expire-flows          as if every flow had been idle for too long\n";

}  // namespace culvert::emulator
