// Writing over payload bytes of a packet that goes on to its target: a rule's `replace`, overlaps in
// an inline stream. The transport's checksum follows by differences (RFC 1624), so that one that was
// wrong stays wrong.
#pragma once

#include <cstddef>

#include "base/bytes.h"
#include "packet/packet.h"

namespace culvert {

/// Puts `bytes` at `offset` of the packet's payload, as far as it reaches; marks the packet as
/// modified where they differ from what was there. The source's memory has to be writable, as that
/// of all sources is: packets go back on the wire from there.
void overwrite_payload(Packet& packet, std::size_t offset, Bytes bytes);

}  // namespace culvert
