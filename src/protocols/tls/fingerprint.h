// Fingerprints of hellos: JA3 and JA3S (Salesforce: MD5 of the numbers that a hello offers) and JA4
// (FoxIO: readable head, then hashes of what is sorted, so that shuffling changes nothing).
//
//   ja3:  771,4865-4866,0-23-65281,29-23,0         version,ciphers,extensions,groups,point formats
//   ja3s: 771,4865,43-51                           version,cipher,extensions
//   ja4:  t13d1516h2_8daaf6152771_e5627efa2ab1     TCP, TLS 1.3, SNI, 15 ciphers, 16 extensions,
//   ALPN
#pragma once

#include <array>
#include <string>
#include <string_view>

#include "protocols/tls/tls_transaction.h"

namespace culvert::tls {

std::string format_ja3(const Peer& client);
std::string format_ja3s(const Peer& server);
std::array<char, 32> md5_hex(std::string_view text);
/// `transport`: 't' for TCP, 'q' for QUIC.
std::array<char, 36> compute_ja4(const Peer& client, char transport = 't');

/// Fill the transaction's cache once. False when that end sent no hello of TLS (or only SSLv2's),
/// or the configuration says no.
bool make_ja3(const TlsTransaction& tx);
bool make_ja3s(const TlsTransaction& tx);
bool make_ja4(const TlsTransaction& tx);

}  // namespace culvert::tls
