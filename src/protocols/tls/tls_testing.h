// Builders of TLS messages, for tests only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "protocols/tls/tls_types.h"
#include "testing/hex.h"

namespace culvert::tls {

using Octets = std::vector<std::byte>;

inline Octets operator+(Octets a, const Octets& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}
/// A number of `width` bytes, most significant first.
inline Octets number(std::uint64_t value, std::size_t width) {
  Octets out(width);
  for (std::size_t i = 0; i < width; ++i) {
    out[width - 1 - i] = static_cast<std::byte>(value >> 8 * i & 0xff);
  }
  return out;
}
inline Octets counted(std::size_t width, const Octets& body) {
  return number(body.size(), width) + body;
}
inline Octets numbers(std::initializer_list<std::uint16_t> values) {
  Octets out;
  for (const std::uint16_t value : values) out = out + number(value, 2);
  return out;
}

inline Octets record(std::uint8_t type, const Octets& body) {
  return number(type, 1) + number(0x0303, 2) + counted(2, body);
}
inline Octets handshake(std::uint8_t type, const Octets& body) {
  return number(type, 1) + counted(3, body);
}
inline Octets extension(std::uint16_t type, const Octets& data) {
  return number(type, 2) + counted(2, data);
}
inline Octets sni_extension(std::string_view name) {
  return extension(0, counted(2, number(0, 1) + counted(2, text_bytes(name))));
}
inline Octets alpn_extension(std::initializer_list<std::string_view> names) {
  Octets list;
  for (const std::string_view name : names) list = list + counted(1, text_bytes(name));
  return extension(16, counted(2, list));
}
inline Octets versions_extension(std::initializer_list<std::uint16_t> versions) {
  return extension(43, counted(1, numbers(versions)));
}
inline Octets selected_version_extension(std::uint16_t version) {
  return extension(43, number(version, 2));
}

struct HelloFields {
  Version version = kTls12;
  Octets session_id = {};
};
/// Offers ciphers 0x1301, 0xc02f and 0xc030.
inline Octets client_hello(std::initializer_list<Octets> extensions,
                           const HelloFields& fields = {}) {
  Octets list;
  for (const Octets& e : extensions) list = list + e;
  return handshake(1, number(fields.version, 2) + Octets(32, std::byte{0xcc}) +
                          counted(1, fields.session_id) +
                          counted(2, numbers({0x1301, 0xc02f, 0xc030})) + counted(1, Octets(1)) +
                          counted(2, list));
}
/// Drafts of TLS 1.3 have neither session id nor compression.
inline Octets server_hello(std::initializer_list<Octets> extensions,
                           const HelloFields& fields = {}) {
  Octets list;
  for (const Octets& e : extensions) list = list + e;
  const bool draft = fields.version == kTls13 || fields.version >> 8 == 0x7f;
  return handshake(2, number(fields.version, 2) + Octets(32, std::byte{0x55}) +
                          (draft ? Octets{} : counted(1, fields.session_id)) + number(0xc02f, 2) +
                          Octets(draft ? 0 : 1) + counted(2, list));
}
inline Octets certificates(std::initializer_list<Octets> ders) {
  Octets list;
  for (const Octets& der : ders) list = list + counted(3, der);
  return handshake(11, counted(3, list));
}

/// Self-signed, P-256, serial 97:E6:47:09:8E:EA:C9:B4, four alternative names, until 2036.
inline Octets example_certificate() {
  return hex(
      "308201f83082019ea00302010202090097e647098eeac9b4300a06082a8648ce3d040302303c310b30090603"
      "5504061302555331133011060355040a0c0a41636d652c20496e632e3118301606035504030c0f7777772e65"
      "78616d706c652e636f6d301e170d3236313132313037333031315a170d3336313131383037333031315a303c"
      "310b300906035504061302555331133011060355040a0c0a41636d652c20496e632e3118301606035504030c"
      "0f7777772e6578616d706c652e636f6d3059301306072a8648ce3d020106082a8648ce3d0301070342000442"
      "1817e4fd73fcf536fd0067d7d6b84aaedec9e71ac8270f0852ccfb32de5ae8b0dd2f6330ce6cc03d7dfdc44d"
      "964fc551eb7a6ab8d9da61bb39e41e7eca9bc4a38188308185301d0603551d0e0416041468c82565d46f8b50"
      "fd9a26a02cd084c059854549301f0603551d2304183016801468c82565d46f8b50fd9a26a02cd084c0598545"
      "49300f0603551d130101ff040530030101ff30320603551d11042b3029820f7777772e6578616d706c652e63"
      "6f6d87040a00000181056140622e638609687474703a2f2f782f300a06082a8648ce3d040302034800304502"
      "2100c24d871dd774987290e5f1403097a330144a8c95e5fe9b48461fcbbaa2d08af402207178b5e21d140ce1"
      "e7494b5abbfa8b32550a64ddb866cd8eeb099ffdb2536247");
}

}  // namespace culvert::tls
