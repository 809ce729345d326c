#pragma once

#include "app/protocol_spec.h"

namespace culvert::bittorrent {

extern const ProtocolSpec kDhtProtocol;

}  // namespace culvert::bittorrent
