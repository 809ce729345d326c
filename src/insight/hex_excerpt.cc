#include "insight/hex_excerpt.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii_case.h"

namespace culvert {
namespace {

constexpr std::size_t kPerLine = 16;

bool is_printable(std::byte b) {
  const auto c = std::to_integer<unsigned>(b);
  return c >= 0x20 && c < 0x7f;
}

std::string dump_line(Bytes bytes, std::size_t at) {
  std::string hex, text;
  for (std::size_t i = 0; i < kPerLine; ++i) {
    if (i == kPerLine / 2) hex += ' ';
    if (at + i < bytes.size()) {
      const std::byte b = bytes[at + i];
      hex += fmt::format("{:02x} ", std::to_integer<unsigned>(b));
      text += is_printable(b) ? static_cast<char>(b) : '.';
    } else {
      hex += "   ";
    }
  }
  return fmt::format("{:04x}  {} {}", at, hex, text);
}

std::string mark_line(std::size_t at, std::size_t begin, std::size_t end) {
  std::string marks(6, ' ');
  for (std::size_t i = 0; i < kPerLine; ++i) {
    if (i == kPerLine / 2) marks += ' ';
    marks += at + i >= begin && at + i < end ? "^^ " : "   ";
  }
  marks.resize(marks.find_last_not_of(' ') + 1);
  return marks;
}

}  // namespace

std::vector<std::string> hex_excerpt(Bytes bytes, std::size_t begin, std::size_t end,
                                     std::size_t most_lines) {
  std::vector<std::string> lines;
  if (bytes.empty()) return lines;
  end = std::min(end, bytes.size());
  begin = std::min(begin, bytes.size() - 1);
  std::size_t at = begin / kPerLine * kPerLine;
  // One line of what comes before, when the place leaves room for it.
  const std::size_t needed = end > begin ? (end - 1) / kPerLine - begin / kPerLine + 1 : 1;
  if (at != 0 && needed < most_lines) at -= kPerLine;
  for (std::size_t n = 0; n < most_lines && at < bytes.size(); ++n, at += kPerLine) {
    lines.push_back(dump_line(bytes, at));
    if (end > begin && begin < at + kPerLine && end > at) {
      lines.push_back(mark_line(at, begin, end));
    }
    if (at + kPerLine >= end && n + 1 >= needed + 1) break;
  }
  return lines;
}

std::string quote_content(Bytes bytes, std::size_t most) {
  std::string text;
  bool in_hex = false;
  for (const std::byte b : bytes.first(std::min(most, bytes.size()))) {
    const char c = static_cast<char>(b);
    const bool plain = is_printable(b) && c != '"' && c != '|' && c != ';' && c != ':' && c != '\\';
    if (plain == in_hex) text += '|';
    if (!plain) text += fmt::format("{}{:02x}", in_hex ? " " : "", std::to_integer<unsigned>(b));
    if (plain) text += c;
    in_hex = !plain;
  }
  if (in_hex) text += '|';
  if (bytes.size() > most) text += "...";
  return text;
}

NearestPlace find_nearest(Bytes data, Bytes pattern, bool nocase, std::size_t begin,
                          std::size_t end) {
  constexpr std::size_t kMost = 64 * 1024;
  end = std::min({end, data.size(), begin + kMost});
  const auto lower = [](std::byte b) { return ascii_lower(std::to_integer<std::uint8_t>(b)); };
  NearestPlace best;
  for (std::size_t at = begin; at < end; ++at) {
    std::size_t equal = 0, folded = 0;
    for (std::size_t i = 0; i < pattern.size() && at + i < end; ++i) {
      if (data[at + i] == pattern[i]) ++equal;
      if (lower(data[at + i]) == lower(pattern[i])) ++folded;
    }
    if (nocase) equal = folded;
    const bool other_case = folded == pattern.size() && !nocase;
    if (equal > best.equal || (other_case && !best.other_case)) {
      if (best.other_case && !other_case) continue;
      best = {at, equal, other_case};
    }
  }
  return best;
}

}  // namespace culvert
