// Recognising DNS: on its ports, by parsing the first message.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::dns {

ProbeResult probe_udp(Direction direction, Bytes datagram);
ProbeResult probe_tcp(Direction direction, Bytes stream);
ProbeResult probe_mdns(Direction direction, Bytes datagram);

}  // namespace culvert::dns
