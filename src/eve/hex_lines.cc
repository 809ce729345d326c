#include "eve/hex_lines.h"

#include <algorithm>

namespace culvert {

void append_hex_lines(Bytes bytes, std::string& out) {
  constexpr std::size_t kPerLine = 16, kHalf = 8;
  constexpr char kDigits[] = "0123456789ABCDEF";
  for (std::size_t at = 0; at < bytes.size(); at += kPerLine) {
    out += ' ';
    const int top = at > 0xffff ? 28 : 12;
    for (int shift = top; shift >= 0; shift -= 4) out += kDigits[at >> shift & 15];
    out += "  ";
    const Bytes line = bytes.subspan(at, std::min(kPerLine, bytes.size() - at));
    for (std::size_t i = 0; i < kPerLine; ++i) {
      if (i == kHalf) out += ' ';
      if (i < line.size()) {
        const auto byte = std::to_integer<unsigned>(line[i]);
        out += kDigits[byte >> 4];
        out += kDigits[byte & 15];
        out += ' ';
      } else {
        out += "   ";
      }
    }
    out += "  ";
    for (std::size_t i = 0; i < line.size(); ++i) {
      if (i == kHalf) out += ' ';
      const auto c = static_cast<char>(line[i]);
      out += c >= 0x20 && c < 0x7f ? c : '.';
    }
    out += '\n';
  }
}

}  // namespace culvert
