// IPv4 and IPv6 addresses as one small value.
#pragma once

#include <array>
#include <bit>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/bytes.h"
#include "base/hash.h"

namespace culvert {

/// An IPv4 or IPv6 address. Trivially copyable, 20 bytes. An IPv4 address is never equal to an IPv6
/// one, not even to its mapped form (::ffff:a.b.c.d). Order: all IPv4 before all IPv6, numerically
/// within. The default is 0.0.0.0.
class IpAddress {
 public:
  static constexpr std::size_t kMaxTextSize = 46;  ///< room that any text form needs, without NUL

  constexpr IpAddress() = default;

  static constexpr IpAddress v4(std::uint32_t host_order) {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i)
      address.bytes_[i] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
    return address;
  }
  static constexpr IpAddress v6(const std::array<std::uint8_t, 16>& bytes) {
    IpAddress address;
    address.bytes_ = bytes;
    address.is_v6_ = true;
    return address;
  }
  /// IPv6 from its upper and lower half in host order.
  static constexpr IpAddress v6(std::uint64_t high, std::uint64_t low) {
    IpAddress address;
    address.is_v6_ = true;
    for (std::size_t i = 0; i < 8; ++i) {
      address.bytes_[i] = static_cast<std::uint8_t>(high >> (56 - 8 * i));
      address.bytes_[8 + i] = static_cast<std::uint8_t>(low >> (56 - 8 * i));
    }
    return address;
  }
  /// From an address field on the wire: 4 bytes are IPv4, 16 are IPv6. Any other size gives 0.0.0.0
  /// (as a spoilt ByteCursor hands out).
  static IpAddress from_bytes(Bytes field) {
    IpAddress address;
    if (field.size() == 4) {
      std::memcpy(address.bytes_.data(), field.data(), 4);
    } else if (field.size() == 16) {
      std::memcpy(address.bytes_.data(), field.data(), 16);
      address.is_v6_ = true;
    }
    return address;
  }
  /// Dotted quad, or IPv6 in any form of RFC 4291 section 2.2 without zone. No surrounding space.
  static std::optional<IpAddress> parse(std::string_view text);

  constexpr bool is_v4() const { return !is_v6_; }
  constexpr bool is_v6() const { return is_v6_; }
  /// Size in bits: 32 or 128.
  constexpr unsigned bits() const { return is_v6_ ? 128 : 32; }

  /// The 4 or 16 bytes in network order; views this object.
  Bytes bytes() const { return std::as_bytes(std::span(bytes_)).first(is_v6_ ? 16 : 4); }

  /// IPv4 in host order. REQUIRES: is_v4().
  constexpr std::uint32_t v4_value() const { return static_cast<std::uint32_t>(half(0) >> 32); }
  /// Upper and lower half of an IPv6 address in host order.
  constexpr std::uint64_t high() const { return half(0); }
  constexpr std::uint64_t low() const { return half(8); }

  /// The address with all but the first `prefix` bits zero, and with them one: the ends of a
  /// network.
  IpAddress network(unsigned prefix) const { return masked(prefix, 0x00); }
  IpAddress last_of_network(unsigned prefix) const { return masked(prefix, 0xff); }
  bool in_network(const IpAddress& base, unsigned prefix) const {
    return is_v6_ == base.is_v6_ && network(prefix) == base.network(prefix);
  }

  bool is_unspecified() const { return high() == 0 && low() == 0; }
  /// 224.0.0.0/4 or ff00::/8.
  constexpr bool is_multicast() const {
    return is_v6_ ? bytes_[0] == 0xff : (bytes_[0] & 0xf0) == 0xe0;
  }

  /// Shortest text form, RFC 5952 ("2001:db8::1"). Writes at most kMaxTextSize characters to `out`
  /// and returns the end.
  char* format(char* out) const;
  /// The form of EVE: IPv6 with all eight groups of four digits
  /// ("2001:0db8:0000:0000:0000:0000:0000:0001").
  char* format_full(char* out) const;
  std::string text() const;
  std::string full_text() const;

  std::uint64_t hash(std::uint64_t seed) const { return hash_bytes(bytes(), seed); }

  /// The bytes as two words of the machine's own order: for hashing and comparing.
  constexpr std::array<std::uint64_t, 2> words() const {
    return std::bit_cast<std::array<std::uint64_t, 2>>(bytes_);
  }

  friend constexpr bool operator==(const IpAddress& a, const IpAddress& b) {
    const auto x = a.words(), y = b.words();
    return ((x[0] ^ y[0]) | (x[1] ^ y[1]) | std::uint64_t{a.is_v6_ != b.is_v6_}) == 0;
  }
  friend constexpr std::strong_ordering operator<=>(const IpAddress& a, const IpAddress& b) {
    if (const auto family = a.is_v6_ <=> b.is_v6_; family != 0) return family;
    if (const auto upper = a.half(0) <=> b.half(0); upper != 0) return upper;
    return a.half(8) <=> b.half(8);
  }

 private:
  constexpr std::uint64_t half(std::size_t at) const {
    const std::uint64_t value = words()[at / 8];
    return std::endian::native == std::endian::little ? __builtin_bswap64(value) : value;
  }
  IpAddress masked(unsigned prefix, std::uint8_t fill) const;

  alignas(4) std::array<std::uint8_t, 16> bytes_{};  ///< IPv4 in the first four, the rest zero
  bool is_v6_ = false;
};

static_assert(sizeof(IpAddress) == 20 && std::is_trivially_copyable_v<IpAddress>);

/// A network in CIDR notation. `base` has no bits set beyond the prefix.
struct IpNetwork {
  IpAddress base;
  unsigned prefix = 0;

  /// "10.0.0.0/8", "2001:db8::/32", or a single address. Bits beyond the prefix are cleared.
  static std::optional<IpNetwork> parse(std::string_view text);
  bool contains(const IpAddress& address) const { return address.in_network(base, prefix); }
  std::string text() const { return base.text() + "/" + std::to_string(prefix); }
  friend bool operator==(const IpNetwork&, const IpNetwork&) = default;
};

}  // namespace culvert
