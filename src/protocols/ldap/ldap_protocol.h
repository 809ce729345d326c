#pragma once

#include "app/protocol_spec.h"

namespace culvert::ldap {

extern const ProtocolSpec kLdapProtocol;

}  // namespace culvert::ldap
