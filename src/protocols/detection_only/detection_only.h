// The protocols that are recognised without being parsed, in the order in which their patterns are
// tried.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::detection_only {

// web.cc
extern const ProtocolSpec kQuic;
// mail.cc
extern const ProtocolSpec kImap;
// files.cc
extern const ProtocolSpec kNfs;
// login.cc
extern const ProtocolSpec kRdp;
// services.cc
extern const ProtocolSpec kKrb5, kPgsql;
// network.cc
extern const ProtocolSpec kIke;
// industrial.cc
extern const ProtocolSpec kModbus, kEnip, kDnp3;

}  // namespace culvert::detection_only
