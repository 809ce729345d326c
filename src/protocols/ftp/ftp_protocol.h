// FTP: commands, and data connections.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::ftp {

extern const ProtocolSpec kFtpProtocol, kFtpDataProtocol;

}  // namespace culvert::ftp
