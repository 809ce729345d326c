// What is known of a TLS connection: one transaction a flow, with the handshake of both ends.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "app/transaction.h"
#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/tls/tls_options.h"
#include "protocols/tls/tls_types.h"

namespace culvert::tls {

/// What is left of a list for the next connection: its memory, if it is no more than most need.
template <class Item>
std::vector<Item> emptied(std::vector<Item>& list) {
  constexpr std::size_t kMostKept = 128;
  if (list.capacity() > kMostKept) return {};
  list.clear();
  return std::move(list);
}

/// The fields of an X.509 certificate that rules and logs use. Texts live in the transaction's
/// arena.
struct Certificate {
  bool parsed = false;
  std::string_view subject;  ///< "C=US, O=GitHub, Inc., CN=www.github.com"
  std::string_view issuer;
  std::string_view serial;       ///< "08:3A:84"
  std::string_view fingerprint;  ///< SHA-1: "cc:aa:48:..."
  std::int64_t not_before = 0;   ///< seconds since 1970-01-01 UTC; may be in the year 9999
  std::int64_t not_after = 0;
  std::vector<std::string_view> alternative_names;
};

/// The handshake of one end. Values that grease lists (RFC 8701) are left out.
struct Peer {
  Version version = 0;           ///< the client's highest, the server's choice; 0: not known yet
  Version legacy_version = 0;    ///< of the hello message itself
  bool hello = false;            ///< a whole, valid hello was seen
  std::uint64_t handshakes = 0;  ///< bit set of the message types seen so far, those below 64
  Bytes random;                  ///< 32 bytes, or none
  Bytes session_id;
  std::vector<std::uint16_t> ciphers;  ///< the server's: its one choice
  std::vector<std::uint16_t> extensions;
  std::vector<std::uint16_t> groups;
  std::vector<std::uint16_t> signature_algorithms;
  Bytes point_formats;
  std::vector<std::string_view> alpns;
  std::vector<Bytes> chain;  ///< DER, the end's own certificate first
  Certificate certificate;   ///< the first of the chain

  /// As new, but with its lists' memory.
  void clear() {
    Peer fresh;
    fresh.ciphers = emptied(ciphers);
    fresh.extensions = emptied(extensions);
    fresh.groups = emptied(groups);
    fresh.signature_algorithms = emptied(signature_algorithms);
    fresh.alpns = emptied(alpns);
    fresh.chain = emptied(chain);
    fresh.certificate.alternative_names = emptied(certificate.alternative_names);
    *this = std::move(fresh);
  }
};

/// JA3, JA3S and JA4, made on first use: by a rule that asks for them, or for the log.
struct Fingerprints {
  std::string_view ja3_string, ja3s_string;
  std::array<char, 32> ja3_hash{}, ja3s_hash{};
  std::array<char, 36> ja4{};
  bool has_ja3 = false, has_ja3s = false, has_ja4 = false;
};

struct TlsTransaction final : Transaction {
  /// Of the arena: most handshakes without certificates do with it.
  static constexpr std::size_t kFirstBlock = 512;

  explicit TlsTransaction(const TlsOptions& tls_options) : options(tls_options) {}

  const TlsOptions& options;
  Peer client, server;
  std::string_view sni;
  bool client_offers_tls13 = false;
  bool client_offers_ticket = false;  ///< of an earlier session, or asks for one (RFC 5077)
  bool certificate_hidden = false;    ///< TLS 1.3 was chosen: certificates are encrypted
  bool session_resumed = false;       ///< by session id
  bool certificate_requested = false;
  bool encrypted = false;                ///< application data was seen
  mutable bool store_requested = false;  ///< a rule with tls.store matched
  mutable Fingerprints fingerprints;     ///< a cache: const readers fill it
  mutable Arena arena{kFirstBlock};

  /// As new, for another connection.
  void clear() {
    static_cast<Transaction&>(*this) = Transaction{};
    client.clear();
    server.clear();
    sni = {};
    client_offers_tls13 = client_offers_ticket = certificate_hidden = session_resumed = false;
    certificate_requested = encrypted = store_requested = false;
    fingerprints = {};
    if (arena.used_bytes() <= kFirstBlock) {
      arena.clear();
    } else {
      std::destroy_at(&arena);
      std::construct_at(&arena, kFirstBlock);
    }
  }

  Peer& peer(Direction d) { return d == Direction::kToServer ? client : server; }
  const Peer& peer(Direction d) const { return d == Direction::kToServer ? client : server; }
  /// What the two ends agreed on, as far as it is known.
  Version version() const { return server.version > kSsl2 ? server.version : client.version; }

  void raise(Event event) { raise_anew(event); }
};

/// For `return fail(...)`, of what cannot be read: false.
inline bool fail(TlsTransaction& tx, Event event) {
  tx.raise(event);
  return false;
}

}  // namespace culvert::tls
