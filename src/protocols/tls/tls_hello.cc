#include "protocols/tls/tls_hello.h"

#include <algorithm>
#include <optional>

#include "base/byte_cursor.h"
#include "net/fields.h"

namespace culvert::tls {
namespace {

/// Calls with each of a list of 16-bit numbers, without grease; an odd last byte is left.
template <class OnNumber>
void each_number(Bytes bytes, OnNumber&& on_number) {
  for (std::size_t at = 0; at + 2 <= bytes.size(); at += 2) {
    const std::uint16_t number = load_u16(bytes, at);
    if (!is_grease(number)) on_number(number);
  }
}
void read_numbers(Bytes bytes, std::vector<std::uint16_t>& out) {
  out.clear();
  out.reserve(bytes.size() / 2);
  each_number(bytes, [&](std::uint16_t number) { out.push_back(number); });
}

/// RFC 6066 section 3: a list of (type, name); only the first name counts.
bool read_server_name(Bytes data, TlsTransaction& tx) {
  if (data.empty()) return true;  // a server's answer, or a client with nothing to say
  ByteCursor in(data);
  in.skip(2);  // length of the list
  const std::uint8_t type = in.u8();
  if (in.ok() && type != 0) return fail(tx, Event::kInvalidSniType);
  const Bytes name = in.take(in.u16());
  if (!in.ok() || name.empty()) return fail(tx, Event::kInvalidSniLength);
  if (!tx.sni.empty()) return fail(tx, Event::kMultipleSniExtensions);
  tx.sni = tx.arena.copy(as_text(name));
  return true;
}

bool read_alpn(Bytes data, Peer& peer, Arena& arena) {  // RFC 7301 section 3.1
  const auto list = read_counted(data, 2);
  if (!list) return false;
  ByteCursor in(*list);
  while (in.ok() && !in.empty()) {
    const Bytes name = in.take(in.u8());
    if (in.ok() && !name.empty()) peer.alpns.push_back(arena.copy(as_text(name)));
  }
  return in.ok();
}

bool read_number_list(Bytes data, std::vector<std::uint16_t>& out) {
  const auto list = read_counted(data, 2);
  if (list) read_numbers(*list, out);
  return list.has_value();
}

/// How new a version is; drafts of 1.3 count as 1.3.
Version rank(Version version) { return is_draft(version) ? kTls13 : version; }

bool read_client_versions(Bytes data, TlsTransaction& tx) {  // RFC 8446 section 4.2.1
  const auto list = read_counted(data, 1);
  if (!list || list->empty()) return false;
  tx.client_offers_tls13 = true;
  each_number(*list, [&tx](Version version) {
    if (rank(version) > rank(tx.client.version)) tx.client.version = version;
  });
  return true;
}

bool read_server_version(Bytes data, TlsTransaction& tx) {
  ByteCursor in(data);
  const Version version = in.u16();
  if (!in.ok()) return false;
  tx.server.version = version;
  tx.certificate_hidden = tx.client_offers_tls13;
  return true;
}

/// False: malformed, and the event is raised.
bool read_extension(std::uint16_t type, Bytes data, bool client, Peer& peer, TlsTransaction& tx) {
  bool good = true;
  switch (static_cast<Extension>(type)) {
    case Extension::kServerName:
      return !client || read_server_name(data, tx);
    case Extension::kSupportedGroups:
      good = read_number_list(data, peer.groups);
      break;
    case Extension::kPointFormats: {
      const auto formats = read_counted(data, 1);
      if (formats) peer.point_formats = tx.arena.copy(*formats);
      good = formats.has_value();
      break;
    }
    case Extension::kSignatureAlgorithms:
      good = read_number_list(data, peer.signature_algorithms);
      break;
    case Extension::kAlpn:
      good = !peer.alpns.empty() || read_alpn(data, peer, tx.arena);
      break;
    case Extension::kSessionTicket:
      tx.client_offers_ticket = tx.client_offers_ticket || client;
      break;
    case Extension::kSupportedVersions:
      good = client ? read_client_versions(data, tx) : read_server_version(data, tx);
      break;
  }
  return good || fail(tx, Event::kHandshakeInvalidLength);
}

/// Drafts before 22 named themselves in the server's hello, which had neither session id nor
/// compression.
bool is_early_draft(Version version) { return version == kTls13 || version >> 8 == 0x7f; }

bool read_extensions(Bytes block, bool client, Peer& peer, TlsTransaction& tx) {
  ExtensionReader reader(block);
  bool seen_server_name = false;
  while (reader.next()) {
    const std::uint16_t type = reader.type();
    if (is_grease(type)) continue;
    if (type == static_cast<std::uint16_t>(Extension::kServerName)) {
      if (seen_server_name) return fail(tx, Event::kMultipleSniExtensions);
      seen_server_name = true;
    }
    if (!read_extension(type, reader.data(), client, peer, tx)) return false;
    peer.extensions.push_back(type);
  }
  return reader.ok() || fail(tx, Event::kHandshakeInvalidLength);
}

}  // namespace

HelloParts HelloParts::parse_client(Bytes body) {
  ByteCursor in(body);
  HelloParts parts;
  parts.version = in.u16();
  parts.random = in.take(kRandomSize);
  parts.session_id = in.take(in.u8());
  parts.ciphers = in.take(in.u16());
  in.skip(in.u8());  // compression methods
  parts.extensions = in.rest();
  parts.ok = in.ok() && parts.ciphers.size() % 2 == 0;
  return parts;
}

HelloParts HelloParts::parse_server(Bytes body) {
  ByteCursor in(body);
  HelloParts parts;
  parts.version = in.u16();
  const bool early_draft = is_early_draft(parts.version);
  parts.random = in.take(kRandomSize);
  if (!early_draft) parts.session_id = in.take(in.u8());
  parts.ciphers = in.take(2);
  if (!early_draft) in.skip(1);  // compression method
  parts.extensions = in.rest();
  parts.ok = in.ok();
  return parts;
}

ExtensionReader::ExtensionReader(Bytes block) : list_(Bytes{}) {
  if (block.empty()) return;
  ByteCursor in(block);
  list_ = ByteCursor(in.take(in.u16()));
  ok_ = in.ok();
}

bool ExtensionReader::next() {
  if (!ok() || list_.empty()) return false;
  type_ = list_.u16();
  data_ = list_.take(list_.u16());
  return list_.ok();
}

std::optional<Bytes> read_counted(Bytes data, std::size_t width) {
  ByteCursor in(data);
  const Bytes bytes = in.take(static_cast<std::size_t>(in.read(width)));
  if (!in.ok()) return std::nullopt;
  return bytes;
}

bool parse_client_hello(Bytes body, TlsTransaction& tx) {
  Peer& client = tx.client;
  if (client.hello) {
    // After a HelloRetryRequest it is due (RFC 8446 section 4.1.2), before it somebody tries it on.
    if (!tx.sni.empty() && !tx.server.hello) tx.raise(Event::kMultipleSniExtensions);
    return true;
  }
  const HelloParts parts = HelloParts::parse_client(body);
  client.legacy_version = client.version = parts.version;
  tx.client_offers_tls13 = is_tls13(client.version);
  if (!parts.ok) return fail(tx, Event::kHandshakeInvalidLength);
  client.random = tx.arena.copy(parts.random);
  client.session_id = tx.arena.copy(parts.session_id);
  read_numbers(parts.ciphers, client.ciphers);
  client.hello = read_extensions(parts.extensions, true, client, tx);
  return client.hello;
}

bool parse_server_hello(Bytes body, TlsTransaction& tx) {
  Peer& server = tx.server;
  if (server.hello) return true;
  const HelloParts parts = HelloParts::parse_server(body);
  const Version version = parts.version;
  server.legacy_version = version;
  if (body.size() < 2) return fail(tx, Event::kHandshakeInvalidLength);
  server.version = version;
  if (!is_early_draft(version) && name_of_version(version).empty()) return false;
  const bool before_16 = version == kTls13 || version == 0x7f0e || version == 0x7f0f;
  server.version = before_16 ? kTls13EarlyDraft : version;
  tx.certificate_hidden = is_early_draft(version);
  if (!parts.ok) return fail(tx, Event::kHandshakeInvalidLength);
  server.random = tx.arena.copy(parts.random);
  server.session_id = tx.arena.copy(parts.session_id);
  server.ciphers.assign(1, ByteCursor(parts.ciphers).u16());
  server.hello = read_extensions(parts.extensions, false, server, tx);
  // RFC 5246 section 7.3: the same non-empty session id means an abbreviated handshake. In TLS 1.3
  // the id is only echoed.
  tx.session_resumed = !is_tls13(server.version) && !parts.session_id.empty() &&
                       std::ranges::equal(parts.session_id, tx.client.session_id);
  return server.hello;
}

bool parse_sslv2_client_hello(Bytes body, TlsTransaction& tx) {
  if (tx.client.hello) return true;
  ByteCursor in(body);
  const Version version = in.u16();
  tx.client.legacy_version = tx.client.version = version == 2 ? kSsl2 : version;
  const std::size_t ciphers = in.u16(), session_id = in.u16(), challenge = in.u16();
  in.skip(ciphers);
  tx.client.session_id = tx.arena.copy(in.take(session_id));
  in.skip(challenge);
  if (!in.ok()) return fail(tx, Event::kInvalidSslv2Header);
  tx.client.hello = true;
  return true;
}

}  // namespace culvert::tls
