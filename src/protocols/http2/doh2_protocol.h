// DNS over HTTPS (RFC 8484): a flow of HTTP/2 becomes one of `doh2` when a request or response has
// carried a DNS message (http2_dns.cc finds it). The keywords of both protocols work on it, those
// of DNS when a stream's direction is complete; EVE has a record `dns` for such a stream, with the
// objects `http` and `dns`, instead of one of type `http`.
#pragma once

#include "app/protocol_spec.h"

namespace culvert::http2 {

extern const ProtocolSpec kDoh2Protocol;

}  // namespace culvert::http2
