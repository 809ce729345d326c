#include "event/json_text.h"

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace culvert {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr std::size_t kMaxEscapeSize = 6;  // "\u001f"

constexpr bool is_plain(unsigned char c) { return c >= 0x20 && c < 0x80 && c != '"' && c != '\\'; }

/// Writes the escape of one byte that is not plain (and, of those >= 0x80, not UTF-8); returns its
/// end.
char* put_escape(char* out, unsigned char c) {
  *out++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *out++ = static_cast<char>(c);
      return out;
    case '\b':
      *out++ = 'b';
      return out;
    case '\t':
      *out++ = 't';
      return out;
    case '\n':
      *out++ = 'n';
      return out;
    case '\f':
      *out++ = 'f';
      return out;
    case '\r':
      *out++ = 'r';
      return out;
    default:
      break;
  }
  if (c >= 0x80) {
    *out++ = '\\';
    *out++ = 'x';
  } else {
    *out++ = 'u';
    *out++ = '0';
    *out++ = '0';
  }
  *out++ = kHexDigits[c >> 4];
  *out++ = kHexDigits[c & 15];
  return out;
}

/// Length of the UTF-8 sequence at the front, 0 if there is no valid one. REQUIRES: not empty.
std::size_t utf8_sequence(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i) {
    return i < text.size() && (byte(i) & 0xc0u) == 0x80;
  };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return continues(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!continues(1) || !continues(2)) return 0;
    if (first == 0xe0 && byte(1) < 0xa0) return 0;  // overlong
    if (first == 0xed && byte(1) > 0x9f) return 0;  // surrogates
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    if (first == 0xf0 && byte(1) < 0x90) return 0;  // overlong
    if (first == 0xf4 && byte(1) > 0x8f) return 0;  // above U+10FFFF
    return 4;
  }
  return 0;
}

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Two characters for each 12 bits.
constexpr auto kBase64Pairs = [] {
  std::array<std::array<char, 2>, 4096> pairs{};
  for (std::size_t i = 0; i < pairs.size(); ++i) pairs[i] = {kBase64[i >> 6], kBase64[i & 63]};
  return pairs;
}();

template <class Word>
Word load(std::string_view text, std::size_t at) {
  Word word;
  std::memcpy(&word, text.data() + at, sizeof word);
  return word;
}

/// The high bit of each byte that is not plain; perhaps of some above one that is marked rightly,
/// where a borrow came by: the lowest mark is what counts.
constexpr std::uint64_t special_marks(std::uint64_t word) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHigh = 0x8080808080808080;
  const std::uint64_t quote = word ^ kOnes * '"';
  const std::uint64_t backslash = word ^ kOnes * '\\';
  return ((word - kOnes * 0x20) | word | (quote - kOnes) | (backslash - kOnes)) & kHigh;
}
/// Which byte of a little-endian word. REQUIRES: marks != 0.
std::size_t first_mark(std::uint64_t marks) {
  return static_cast<std::size_t>(std::countr_zero(marks)) / 8;
}

}  // namespace

std::size_t plain_prefix_portable(std::string_view text) {
  const std::size_t size = text.size();
  std::size_t at = 0;
  if constexpr (std::endian::native == std::endian::little) {
    for (; at + 8 <= size; at += 8) {
      const std::uint64_t marks = special_marks(load<std::uint64_t>(text, at));
      if (marks != 0) return at + first_mark(marks);
    }
    if (size >= 8) {  // the last eight bytes, of which some have been seen to be plain
      const std::uint64_t marks = special_marks(load<std::uint64_t>(text, size - 8));
      return marks != 0 ? size - 8 + first_mark(marks) : size;
    }
    if (size >= 4) {  // two times four bytes that overlap
      const std::uint64_t marks = special_marks(
          load<std::uint32_t>(text, 0) | std::uint64_t{load<std::uint32_t>(text, size - 4)} << 32);
      if (marks == 0) return size;
      const std::size_t first = first_mark(marks);
      return first < 4 ? first : size - 8 + first;
    }
  }
  while (at < size && is_plain(static_cast<unsigned char>(text[at]))) ++at;
  return at;
}

#if defined(__SSE2__)
std::size_t plain_prefix(std::string_view text) {
  std::size_t at = 0;
  for (; at + 16 <= text.size(); at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at));
    // Signed: bytes >= 0x80 are negative, so one comparison finds them and the controls.
    const __m128i special = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"')),
                                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\'))));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(special));
    if (mask != 0) return at + static_cast<std::size_t>(std::countr_zero(mask));
  }
  return at + plain_prefix_portable({text.data() + at, text.size() - at});
}
#else
std::size_t plain_prefix(std::string_view text) { return plain_prefix_portable(text); }
#endif

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    text.remove_prefix(plain_prefix(text));
    if (text.empty()) break;
    const std::size_t size = utf8_sequence(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

void append_json_escaped(TextBuffer& out, std::string_view text) {
  enum class High { kNotSeen, kUtf8, kBytes } high = High::kNotSeen;
  while (!text.empty()) {
    const std::size_t plain = plain_prefix(text);
    char* const begin = out.room(plain + kMaxEscapeSize);
    std::memcpy(begin, text.data(), plain);
    char* end = begin + plain;
    text.remove_prefix(plain);
    if (!text.empty()) {
      const auto c = static_cast<unsigned char>(text.front());
      // What stands before is ASCII, so the rest decides for the whole.
      if (c >= 0x80 && high == High::kNotSeen) {
        high = is_valid_utf8(text) ? High::kUtf8 : High::kBytes;
      }
      if (c >= 0x80 && high == High::kUtf8) {
        *end++ = static_cast<char>(c);
      } else {
        end = put_escape(end, c);
      }
      text.remove_prefix(1);
    }
    out.advance(static_cast<std::size_t>(end - begin));
  }
}

void append_json_lossy(TextBuffer& out, std::string_view text) {
  while (!text.empty()) {
    std::size_t valid = 0;
    while (valid < text.size()) {
      const std::size_t plain = plain_prefix(text.substr(valid));
      if (plain != 0) {
        valid += plain;
        continue;
      }
      const std::size_t size = utf8_sequence(text.substr(valid));
      if (size == 0) break;
      valid += size;
    }
    append_json_escaped(out, text.substr(0, valid));
    text.remove_prefix(valid);
    if (text.empty()) return;
    out.append("\xef\xbf\xbd");
    // Behind the bad start, continuation bytes that could have followed it belong to it.
    const auto lead = static_cast<unsigned char>(text.front());
    std::size_t wanted = lead >= 0xf0 && lead <= 0xf4 ? 3 : lead >= 0xe0 ? 2 : lead >= 0xc2 ? 1 : 0;
    if (lead > 0xf4) wanted = 0;
    text.remove_prefix(1);
    for (bool first = true; wanted > 1 && !text.empty(); --wanted, first = false) {
      const auto c = static_cast<unsigned char>(text.front());
      const unsigned low = first && lead == 0xe0 ? 0xa0 : first && lead == 0xf0 ? 0x90 : 0x80;
      const unsigned high = first && lead == 0xed ? 0x9f : first && lead == 0xf4 ? 0x8f : 0xbf;
      if (c < low || c > high) break;
      text.remove_prefix(1);
    }
  }
}

void append_json_escaped_slowly(TextBuffer& out, std::string_view text) {
  bool utf8 = true;
  for (std::string_view rest = text; !rest.empty() && utf8;) {
    const std::size_t size = utf8_sequence(rest);
    utf8 = size > 0;
    rest.remove_prefix(size);
  }
  for (const char each : text) {
    const auto c = static_cast<unsigned char>(each);
    if (is_plain(c) || (c >= 0x80 && utf8)) {
      out.push_back(each);
    } else {
      char* const begin = out.room(kMaxEscapeSize);
      out.advance(static_cast<std::size_t>(put_escape(begin, c) - begin));
    }
  }
}

void append_base64(TextBuffer& out, Bytes bytes) {
  const std::size_t size = (bytes.size() + 2) / 3 * 4;
  char* to = out.room(size);
  std::size_t at = 0;
  const auto byte = [bytes](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  for (; at + 3 <= bytes.size(); at += 3, to += 4) {
    const std::uint32_t bits = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    std::memcpy(to, kBase64Pairs[bits >> 12].data(), 2);
    std::memcpy(to + 2, kBase64Pairs[bits & 0xfff].data(), 2);
  }
  if (at < bytes.size()) {
    const bool two = bytes.size() - at == 2;
    const std::uint32_t bits = byte(at) << 16 | (two ? byte(at + 1) << 8 : 0);
    std::memcpy(to, kBase64Pairs[bits >> 12].data(), 2);
    to[2] = two ? kBase64[bits >> 6 & 63] : '=';
    to[3] = '=';
  }
  out.advance(size);
}

void append_hex(TextBuffer& out, Bytes bytes) {
  char* to = out.room(bytes.size() * 2);
  for (const std::byte each : bytes) {
    const auto value = std::to_integer<unsigned>(each);
    *to++ = kHexDigits[value >> 4];
    *to++ = kHexDigits[value & 15];
  }
  out.advance(bytes.size() * 2);
}

void append_json_printable(TextBuffer& out, Bytes bytes) {
  char* const begin = out.room(bytes.size() * 2);
  char* to = begin;
  for (const std::byte each : bytes) {
    const auto c = std::to_integer<unsigned char>(each);
    if (c == '\n' || c == '\r' || c == '"' || c == '\\') {
      to = put_escape(to, c);
    } else {
      *to++ = c >= 0x20 && c < 0x7f ? static_cast<char>(c) : '.';
    }
  }
  out.advance(static_cast<std::size_t>(to - begin));
}

}  // namespace culvert
