// A TUN device: a network interface whose packets a program reads and writes.
#pragma once

#include "base/fd.h"
#include "base/result.h"
#include "emulator/emulator_options.h"

namespace culvert::emulator {

/// Opens (or makes) the device in its network namespace; non-blocking, one IP packet a read or
/// write, without any header. The descriptor works from any namespace. Changes the calling thread's
/// namespace meanwhile. A device that was made here goes with its descriptor.
Result<Fd> open_tun(const DeviceOptions& options);

}  // namespace culvert::emulator
