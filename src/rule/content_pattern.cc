#include "rule/content_pattern.h"

#include "rule/value.h"

namespace culvert {
namespace {

/// The value of a hex digit, or -1.
int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

tl::unexpected<Error> refuse(std::string_view pattern, const std::string& why) {
  return failure("in the pattern \"" + std::string(pattern.substr(0, 80)) + "\": " + why);
}

}  // namespace

Result<std::string> parse_content_pattern(std::string_view text) {
  std::string bytes;
  bytes.reserve(text.size());
  bool in_hex = false;
  int high = -1;  // the first digit of a byte in hex
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '|') {
      if (high >= 0) return refuse(text, "half a byte before '|'; write two hex digits for each");
      in_hex = !in_hex;
    } else if (in_hex) {
      if (c == ' ' || c == '\t') continue;
      const int digit = hex_digit(c);
      if (digit < 0)
        return refuse(text, "'" + std::string(1, c) + "' between bars is no hex digit");
      if (high >= 0) bytes += static_cast<char>(high << 4 | digit);
      high = high >= 0 ? -1 : digit;
    } else if (c == '"') {
      return refuse(text, "write \\\" for a double quote inside a pattern");
    } else if (c != '\\') {
      bytes += c;
    } else if (i + 1 == text.size()) {
      bytes += c;  // nothing to escape: itself, as in the reference
    } else if (can_be_escaped(text[i + 1])) {
      bytes += text[++i];
    } else {
      return refuse(text, "write \\\\ for a backslash; it escapes \" ; : and itself only");
    }
  }
  if (in_hex) return refuse(text, "a '|' is missing after hex bytes; write |7c| for a bar itself");
  if (bytes.empty()) return refuse(text, "it has no bytes");
  return bytes;
}

std::string print_content_pattern(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  bool in_hex = false;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool hex =
        byte < 0x20 || byte > 0x7e || c == '|' || c == '"' || c == ';' || c == ':' || c == '\\';
    if (hex != in_hex) text += '|';
    if (hex && in_hex) text += ' ';
    in_hex = hex;
    if (hex) {
      text += kDigits[byte >> 4];
      text += kDigits[byte & 15];
    } else {
      text += c;
    }
  }
  if (in_hex) text += '|';
  return text;
}

}  // namespace culvert
