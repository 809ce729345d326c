#include "protocols/smb/smb_text.h"

#include <algorithm>
#include <cstdint>

#include "base/byte_cursor.h"

namespace culvert::smb {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (c < 0x80) {
    put(c);
  } else if (c < 0x800) {
    put(0xc0 | c >> 6), put(0x80 | (c & 63));
  } else if (c < 0x10000) {
    put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 63)), put(0x80 | (c & 63));
  } else {
    put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 63)), put(0x80 | (c >> 6 & 63)),
        put(0x80 | (c & 63));
  }
}

}  // namespace

std::string from_utf16(Bytes bytes) {
  constexpr std::uint32_t kReplacement = 0xfffd;
  std::string out;
  ByteCursor in(bytes);
  while (in.size() >= 2) {
    std::uint32_t c = in.u16_little();
    if (c == 0) continue;
    if (c >= 0xd800 && c < 0xdc00) {
      ByteCursor ahead = in;
      const std::uint32_t low = ahead.u16_little();
      if (ahead.ok() && low >= 0xdc00 && low < 0xe000) {
        c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
        in = ahead;
      } else {
        c = kReplacement;
      }
    } else if (c >= 0xdc00 && c < 0xe000) {
      c = kReplacement;
    }
    append_utf8(out, c);
  }
  return out;
}

std::string take_text(Bytes& rest, bool unicode) {
  const std::size_t width = unicode ? 2 : 1;
  std::size_t end = 0;
  const auto is_end = [&] {
    return rest[end] == std::byte{0} && (width == 1 || rest[end + 1] == std::byte{0});
  };
  while (end + width <= rest.size() && !is_end()) end += width;
  const Bytes text = rest.first(end);
  rest = rest.subspan(std::min(rest.size(), end + width));
  return unicode ? from_utf16(text) : std::string(as_text(text));
}

}  // namespace culvert::smb
