// One line an alert, as `fast.log` has had them since Snort.
#pragma once

#include <string>

#include "detect/alert.h"
#include "event/time_text.h"
#include "flow/flow.h"
#include "packet/packet.h"

namespace culvert {

/// Writes the line, with its newline, to `out` (cleared first). `packet` is null at the end of a flow.
/// `inline_mode`: drops are drops; otherwise a drop rule "would drop".
void write_fast_line(const Alert& alert, Timestamp time, const Packet* packet, const Flow* flow,
                     bool inline_mode, TimeText& times, std::string& out);

}  // namespace culvert
