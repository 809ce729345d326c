#include "protocols/mime/mime_decoders.h"

#include <algorithm>
#include <array>

namespace culvert::mime {
namespace {

constexpr std::uint8_t kSkip = 0xff, kPad = 0xfe;

constexpr std::array<std::uint8_t, 256> kBase64 = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kSkip);
  for (unsigned i = 0; i < 26; ++i) {
    table['A' + i] = static_cast<std::uint8_t>(i);
    table['a' + i] = static_cast<std::uint8_t>(26 + i);
  }
  for (unsigned i = 0; i < 10; ++i) table['0' + i] = static_cast<std::uint8_t>(52 + i);
  table['+'] = 62;
  table['/'] = 63;
  table['='] = kPad;
  return table;
}();

int hex_digit(std::byte byte) {
  const int c = std::to_integer<int>(byte);
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

/// As many whole groups without padding as `in` begins with, up to a line's worth. How many bytes
/// of `in` those are.
std::size_t decode_groups(Bytes in, std::vector<std::byte>& out) {
  constexpr std::size_t kMostGroups = 32;
  const std::size_t most = std::min(in.size() / 4, kMostGroups);
  std::array<std::byte, kMostGroups * 3> decoded;
  std::size_t groups = 0;
  for (; groups < most; ++groups) {
    const auto value = [&](std::size_t i) {
      return std::uint32_t{kBase64[std::to_integer<std::uint8_t>(in[groups * 4 + i])]};
    };
    const std::uint32_t a = value(0), b = value(1), c = value(2), d = value(3);
    if ((a | b | c | d) > 63) break;
    const std::uint32_t group = a << 18 | b << 12 | c << 6 | d;
    decoded[groups * 3] = static_cast<std::byte>(group >> 16);
    decoded[groups * 3 + 1] = static_cast<std::byte>(group >> 8 & 0xff);
    decoded[groups * 3 + 2] = static_cast<std::byte>(group & 0xff);
  }
  out.insert(out.end(), decoded.begin(), decoded.begin() + static_cast<std::ptrdiff_t>(groups * 3));
  return groups * 4;
}

}  // namespace

bool Base64Decoder::decode(Bytes in, std::vector<std::byte>& out) {
  if (failed_) return false;
  while (!in.empty()) {
    if (count_ == 0) {
      in = in.subspan(decode_groups(in, out));
      if (in.empty()) break;
    }
    const std::uint8_t value = kBase64[std::to_integer<std::uint8_t>(in.front())];
    in = in.subspan(1);
    if (value == kSkip) continue;
    const bool is_pad = value == kPad;
    if (is_pad ? count_ < 2 : padding_ != 0) {
      failed_ = true;
      return false;
    }
    padding_ = static_cast<std::uint8_t>(padding_ + (is_pad ? 1 : 0));
    group_ = group_ << 6 | (is_pad ? 0u : value);
    if (++count_ < 4) continue;
    out.push_back(static_cast<std::byte>(group_ >> 16 & 0xff));
    if (padding_ < 2) out.push_back(static_cast<std::byte>(group_ >> 8 & 0xff));
    if (padding_ < 1) out.push_back(static_cast<std::byte>(group_ & 0xff));
    group_ = 0;
    count_ = padding_ = 0;
  }
  return true;
}

void Base64Decoder::finish(std::vector<std::byte>& out) {
  const unsigned characters = failed_ ? 0u : static_cast<unsigned>(count_ - padding_);
  const std::uint32_t group = group_ << 6 * (4 - count_);
  if (characters >= 2) out.push_back(static_cast<std::byte>(group >> 16 & 0xff));
  if (characters >= 3) out.push_back(static_cast<std::byte>(group >> 8 & 0xff));
  reset();
}

QuotedPrintableLine decode_quoted_printable(Bytes line, std::vector<std::byte>& out) {
  QuotedPrintableLine result;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line[i] != std::byte{'='}) {
      out.push_back(line[i]);
      continue;
    }
    const std::size_t after = line.size() - i - 1;
    if (after == 0) {
      result.soft_break = true;
      break;
    }
    const int high = after >= 2 ? hex_digit(line[i + 1]) : -1;
    const int low = after >= 2 ? hex_digit(line[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      out.push_back(static_cast<std::byte>(high << 4 | low));
    } else {
      ++result.mistakes;
    }
    i += after >= 2 ? 2 : after;
  }
  return result;
}

}  // namespace culvert::mime
