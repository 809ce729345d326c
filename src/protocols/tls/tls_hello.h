// ClientHello and ServerHello (RFC 8446 section 4.1, RFC 5246 section 7.4.1), and the hello of
// SSLv2 that old clients wrap a newer one in (RFC 5246 appendix E.2).
//
//   2 bytes version | 32 random | 1 + n session id | client: 2 + 2n ciphers, 1 + n compressions
//                                                  | server: 2 cipher, 1 compression
//   [2 + n extensions: each 2 type, 2 + n data]
#pragma once

#include <optional>

#include "base/byte_cursor.h"
#include "base/bytes.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

/// A hello cut into its parts, as they are on the wire. Views the message.
struct HelloParts {
  bool ok = false;  ///< false: malformed; what came before the fault is there
  Version version = 0;
  Bytes random, session_id;
  Bytes ciphers;     ///< numbers of 16 bits; the server's: its one choice
  Bytes extensions;  ///< for ExtensionReader; empty: the hello ends before them

  static HelloParts parse_client(Bytes body);
  static HelloParts parse_server(Bytes body);
};

/// Walks the extensions of a hello: while (reader.next()) ... reader.type(), reader.data().
class ExtensionReader {
 public:
  /// Their size in 2 bytes, and they; or nothing at all.
  explicit ExtensionReader(Bytes block);

  bool next();
  std::uint16_t type() const { return type_; }
  Bytes data() const { return data_; }
  /// False: the list is cut short, before or at the next one.
  bool ok() const { return ok_ && list_.ok(); }

 private:
  ByteCursor list_;
  bool ok_ = true;
  std::uint16_t type_ = 0;
  Bytes data_;
};

/// The bytes after a length of `width` bytes that announces them; nothing when there are fewer.
std::optional<Bytes> read_counted(Bytes data, std::size_t width);

/// Reads a ClientHello's body into the transaction. False: malformed; the event is raised, and what
/// came before the fault is kept. A second hello adds nothing.
[[nodiscard]] bool parse_client_hello(Bytes body, TlsTransaction& tx);
[[nodiscard]] bool parse_server_hello(Bytes body, TlsTransaction& tx);
/// `body` begins after the message type.
[[nodiscard]] bool parse_sslv2_client_hello(Bytes body, TlsTransaction& tx);

}  // namespace culvert::tls
