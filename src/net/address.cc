#include "net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>

namespace culvert {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

/// Each byte in decimal; behind it how many digits it has.
constexpr auto kDecimals = [] {
  std::array<std::array<char, 4>, 256> table{};
  for (unsigned value = 0; value < 256; ++value) {
    const unsigned size = value < 10 ? 1 : value < 100 ? 2 : 3;
    for (unsigned i = size, rest = value; i-- > 0; rest /= 10) {
      table[value][i] = static_cast<char>('0' + rest % 10);
    }
    table[value][3] = static_cast<char>(size);
  }
  return table;
}();

/// REQUIRES: room for 16 characters.
char* put_v4(char* out, const std::uint8_t* bytes) {
  for (int i = 0; i < 4; ++i) {
    if (i != 0) *out++ = '.';
    const std::array<char, 4>& digits = kDecimals[bytes[i]];
    std::memcpy(out, digits.data(), 4);  // with what is written over, or beyond the end
    out += digits[3];
  }
  return out;
}

/// A group of IPv6 without leading zeros.
char* put_group(char* out, unsigned group) { return std::to_chars(out, out + 4, group, 16).ptr; }

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  char buffer[kMaxTextSize + 1] = {};  // inet_pton wants a NUL
  if (text.empty() || text.size() > kMaxTextSize || text.find('\0') != text.npos)
    return std::nullopt;
  std::copy(text.begin(), text.end(), buffer);
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, buffer, bytes.data()) == 1)
    return from_bytes(std::as_bytes(std::span(bytes)).first(4));
  if (inet_pton(AF_INET6, buffer, bytes.data()) == 1) return v6(bytes);
  return std::nullopt;
}

IpAddress IpAddress::masked(unsigned prefix, std::uint8_t fill) const {
  IpAddress result = *this;
  const std::size_t size = is_v6_ ? 16 : 4;
  prefix = std::min(prefix, bits());
  for (std::size_t i = 0; i < size; ++i) {
    const unsigned kept = std::clamp(static_cast<int>(prefix) - static_cast<int>(8 * i), 0, 8);
    const auto mask = static_cast<std::uint8_t>(0xff00u >> kept);
    result.bytes_[i] = static_cast<std::uint8_t>((bytes_[i] & mask) | (fill & ~mask));
  }
  return result;
}

char* IpAddress::format(char* out) const {
  if (!is_v6_) return put_v4(out, bytes_.data());
  if (high() == 0 && low() >> 32 == 0xffff) {  // RFC 5952 section 5
    constexpr std::string_view kMapped = "::ffff:";
    return put_v4(std::copy(kMapped.begin(), kMapped.end(), out), bytes_.data() + 12);
  }
  std::array<unsigned, 8> groups{};
  for (std::size_t i = 0; i < 8; ++i) groups[i] = bytes_[2 * i] * 256u + bytes_[2 * i + 1];

  // The longest run of two or more zero groups, the first of equals (section 4.2).
  std::size_t best = 8, best_size = 1;
  for (std::size_t i = 0; i < 8;) {
    std::size_t end = i;
    while (end < 8 && groups[end] == 0) ++end;
    if (end - i > best_size) {
      best = i;
      best_size = end - i;
    }
    i = end + 1;
  }
  for (std::size_t i = 0; i < 8;) {
    if (i == best) {
      *out++ = ':';
      *out++ = ':';
      i += best_size;
      continue;
    }
    if (i != 0 && i != best + best_size) *out++ = ':';
    out = put_group(out, groups[i]);
    ++i;
  }
  return out;
}

char* IpAddress::format_full(char* out) const {
  if (!is_v6_) return put_v4(out, bytes_.data());
  for (std::size_t i = 0; i < 16; ++i) {
    if (i != 0 && i % 2 == 0) *out++ = ':';
    *out++ = kDigits[bytes_[i] >> 4];
    *out++ = kDigits[bytes_[i] & 15];
  }
  return out;
}

std::string IpAddress::text() const {
  char buffer[kMaxTextSize];
  return {buffer, format(buffer)};
}

std::string IpAddress::full_text() const {
  char buffer[kMaxTextSize];
  return {buffer, format_full(buffer)};
}

std::optional<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  unsigned prefix = address->bits();
  if (slash != text.npos) {
    const std::string_view number = text.substr(slash + 1);
    const char* const end = number.data() + number.size();
    const auto [stop, failure] = std::from_chars(number.data(), end, prefix);
    if (failure != std::errc{} || stop != end || prefix > address->bits()) return std::nullopt;
  }
  return IpNetwork{address->network(prefix), prefix};
}

}  // namespace culvert
