#include "event/json_writer.h"

#include <array>
#include <cstring>
#include <ctime>

namespace culvert {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";

/// Whether a byte can stand in a JSON string as it is, taken alone.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (unsigned i = 0x20; i < 0x7f; ++i) plain[i] = i != '"' && i != '\\';
  plain[0x7f] = true;
  return plain;
}();

bool is_plain(char c) { return kPlain[static_cast<unsigned char>(c)]; }

/// Length of the UTF-8 sequence at the front (RFC 3629 section 4), 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (first == 0xe0 && byte(1) < 0xa0) return 0;   // overlong
    if (first == 0xed && byte(1) > 0x9f) return 0;   // surrogates
    return tail(1) && tail(2) ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (first == 0xf0 && byte(1) < 0x90) return 0;
    if (first == 0xf4 && byte(1) > 0x8f) return 0;
    return tail(1) && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

}  // namespace

void JsonWriter::write_string(std::string_view value) {
  out_ += '"';
  std::size_t begin = 0;
  for (std::size_t i = 0; i < value.size();) {
    if (is_plain(value[i])) {
      ++i;
      continue;
    }
    if (const std::size_t length = utf8_length(value.substr(i)); length != 0) {
      i += length;
      continue;
    }
    out_.append(value, begin, i - begin);
    const auto c = static_cast<unsigned char>(value[i]);
    switch (c) {
      case '"':
        out_ += "\\\"";
        break;
      case '\\':
        out_ += "\\\\";
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      case '\b':
        out_ += "\\b";
        break;
      case '\f':
        out_ += "\\f";
        break;
      default:
        out_ += c < 0x20 ? "\\u00" : "\\\\x";
        out_ += kHexDigits[c >> 4];
        out_ += kHexDigits[c & 15];
    }
    begin = ++i;
  }
  out_.append(value, begin);
  out_ += '"';
}

void JsonWriter::write_double(double value) {
  char digits[32];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out_.append(digits, end);
}

void JsonWriter::write_hex(Bytes value) {
  out_ += '"';
  for (const std::byte byte : value) {
    out_ += kHexDigits[std::to_integer<unsigned>(byte) >> 4];
    out_ += kHexDigits[std::to_integer<unsigned>(byte) & 15];
  }
  out_ += '"';
}

void JsonWriter::write_base64(Bytes value) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  out_ += '"';
  const std::size_t at = out_.size();
  out_.resize(at + (value.size() + 2) / 3 * 4);
  char* to = out_.data() + at;
  while (!value.empty()) {
    const std::size_t have = value.size() < 3 ? value.size() : 3;
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < have ? std::to_integer<std::uint32_t>(value[i]) : 0u);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      *to++ = i <= have ? kAlphabet[bits >> (18 - 6 * i) & 63] : '=';
    }
    value = value.subspan(have);
  }
  out_ += '"';
}

void JsonWriter::write_printable(Bytes value) {
  out_ += '"';
  for (const char c : as_text(value)) {
    if (is_plain(c) && c != 0x7f) {
      out_ += c;
    } else if (c == '"' || c == '\\') {
      out_ += '\\';
      out_ += c;
    } else if (c == '\n') {
      out_ += "\\n";
    } else if (c == '\r') {
      out_ += "\\r";
    } else {
      out_ += '.';
    }
  }
  out_ += '"';
}

void JsonWriter::write_address(const IpAddress& value) {
  char text[IpAddress::kMaxTextSize];
  char* const end = value.format_full(text);
  out_ += '"';
  out_.append(text, static_cast<std::size_t>(end - text));
  out_ += '"';
}

void JsonWriter::write_time(Timestamp value) {
  const std::int64_t nanoseconds = value.time_since_epoch().count();
  constexpr std::int64_t kMinute = 60'000'000'000;
  std::int64_t minute = nanoseconds / kMinute;
  if (nanoseconds % kMinute < 0) --minute;
  if (minute != cached_minute_) {
    const std::time_t seconds = minute * 60;
    std::tm local{};
    ::localtime_r(&seconds, &local);
    std::strftime(cached_prefix_, sizeof cached_prefix_, "%Y-%m-%dT%H:%M:", &local);
    std::strftime(cached_zone_, sizeof cached_zone_, "%z", &local);
    cached_minute_ = minute;
  }
  std::int64_t micros = (nanoseconds - minute * kMinute) / 1000;
  char rest[9];  // "22.123456"
  for (int i = 8; i > 2; --i, micros /= 10) rest[i] = static_cast<char>('0' + micros % 10);
  rest[2] = '.';
  rest[1] = static_cast<char>('0' + micros % 10);
  rest[0] = static_cast<char>('0' + micros / 10);
  out_ += '"';
  out_ += cached_prefix_;
  out_.append(rest, sizeof rest);
  out_ += cached_zone_;
  out_ += '"';
}

}  // namespace culvert
