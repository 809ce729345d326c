// ClientHello and ServerHello (RFC 8446 section 4.1, RFC 5246 section 7.4.1), and the hello of
// SSLv2 that old clients wrap a newer one in (RFC 5246 appendix E.2).
//
//   2 bytes version | 32 random | 1 + n session id | client: 2 + 2n ciphers, 1 + n compressions
//                                                  | server: 2 cipher, 1 compression
//   [2 + n extensions: each 2 type, 2 + n data]
#pragma once

#include "base/bytes.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

/// Reads a ClientHello's body into the transaction. False: malformed; the event is raised, and what
/// came before the fault is kept. A second hello adds nothing.
[[nodiscard]] bool parse_client_hello(Bytes body, TlsTransaction& tx);
[[nodiscard]] bool parse_server_hello(Bytes body, TlsTransaction& tx);
/// `body` begins after the message type.
[[nodiscard]] bool parse_sslv2_client_hello(Bytes body, TlsTransaction& tx);

}  // namespace culvert::tls
