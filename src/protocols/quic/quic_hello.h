// A hello of TLS in QUIC (RFC 9001 section 4): its fingerprints, and its extensions for EVE.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "base/bytes.h"
#include "protocols/tls/tls_hello.h"
#include "protocols/tls/tls_transaction.h"

namespace culvert::quic {

/// Views the message, which the transaction keeps.
struct Hello {
  tls::HelloParts parts;
  tls::Peer peer;                 ///< its lists are as they came, with the values that grease them
  tls::Version best_version = 0;  ///< of the extension, by number; 0: it has none
  std::string_view server_name;

  /// `message` with its header of 4 bytes. Nothing: it is no hello, or malformed.
  static std::optional<Hello> parse(Bytes message);

  /// JA3, or JA3S of a server's; as text.
  std::string ja3() const;
  std::array<char, 36> ja4() const;
  bool is_client = false;
};

inline constexpr std::uint16_t kGreaseExtension = 0xfafa;

/// "server_name"; empty: it has no name.
std::string_view name_of_extension(std::uint16_t type);

/// Extensions in their order, up to the first that is malformed: on_extension(type, data).
template <class OnExtension>
void for_each_extension(const Hello& hello, OnExtension&& on_extension);
/// Whether the content of an extension is what it has to be.
bool is_well_formed(std::uint16_t type, Bytes data);

/// What EVE tells of an extension's content, as texts: on_value(std::string_view), each valid
/// during the call.
template <class OnValue>
void for_each_value(std::uint16_t type, Bytes data, OnValue&& on_value);
/// "Tls13"
std::string name_of_tls_version(tls::Version version);

// ------------------------------------------------------------------------------------------------

template <class OnExtension>
void for_each_extension(const Hello& hello, OnExtension&& on_extension) {
  tls::ExtensionReader reader(hello.parts.extensions);
  while (reader.next() && is_well_formed(reader.type(), reader.data())) {
    // Values that grease the list (RFC 8701) all count as the same, as with the reference.
    const bool is_grease = (reader.type() & 0x0f0f) == 0x0a0a;
    on_extension(is_grease ? kGreaseExtension : reader.type(), reader.data());
  }
}

template <class OnValue>
void for_each_value(std::uint16_t type, Bytes data, OnValue&& on_value) {
  using tls::Extension;
  switch (static_cast<Extension>(type)) {
    case Extension::kServerName: {
      ByteCursor in(tls::read_counted(data, 2).value_or(Bytes{}));
      while (!in.empty()) {
        in.skip(1);
        const Bytes name = in.take(in.u16());
        if (in.ok()) on_value(as_text(name));
      }
      break;
    }
    case Extension::kAlpn: {
      ByteCursor in(tls::read_counted(data, 2).value_or(Bytes{}));
      while (!in.empty()) {
        const Bytes name = in.take(in.u8());
        if (in.ok()) on_value(as_text(name));
      }
      break;
    }
    case Extension::kSignatureAlgorithms: {
      ByteCursor in(tls::read_counted(data, 2).value_or(Bytes{}));
      while (in.size() >= 2) on_value(std::to_string(in.u16()));
      break;
    }
    case Extension::kSupportedVersions: {
      ByteCursor in(data.size() == 2 ? data : tls::read_counted(data, 1).value_or(Bytes{}));
      while (in.size() >= 2) on_value(name_of_tls_version(in.u16()));
      break;
    }
    case Extension::kSupportedGroups:
    case Extension::kPointFormats:
    case Extension::kSessionTicket:
      break;
  }
}

}  // namespace culvert::quic
