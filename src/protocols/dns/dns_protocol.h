// DNS and multicast DNS (RFC 6762) as two of the built-in protocols.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::dns {

extern const ProtocolSpec kDnsProtocol;
extern const ProtocolSpec kMdnsProtocol;

}  // namespace culvert::dns
