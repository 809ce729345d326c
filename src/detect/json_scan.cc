#include "detect/json_scan.h"

#include <cstdint>

namespace culvert {
namespace {

constexpr unsigned kMostLevels = 64;

class Scanner {
 public:
  Scanner(std::string_view text, std::size_t at) : text_(text), at_(at) {}

  std::size_t at() const { return at_; }
  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' ||
                                  text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  bool string() {
    if (!take('"')) return false;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2u : 1u;
    if (at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool value(unsigned level = 0) {
    skip_space();
    if (at_ == text_.size() || level == kMostLevels) return false;
    const char c = text_[at_];
    if (c == '"') return string();
    if (c == '{' || c == '[') return members(c == '{', level);
    const std::size_t begin = at_;
    constexpr std::string_view kBare = "+-.0123456789aeEflnrstu";
    while (at_ < text_.size() && kBare.find(text_[at_]) != kBare.npos) ++at_;
    return at_ != begin;
  }

 private:
  bool members(bool object, unsigned level) {
    const char close = object ? '}' : ']';
    ++at_;
    if (take(close)) return true;
    do {
      if (object && (!string() || !take(':'))) return false;
      if (!value(level + 1)) return false;
    } while (take(','));
    return take(close);
  }
  std::string_view text_;
  std::size_t at_;
};

void append_utf8(std::uint32_t code, std::string& out) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xc0 | code >> 6);
    put(0x80 | (code & 0x3f));
  } else if (code < 0x10000) {
    put(0xe0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  } else {
    put(0xf0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3f));
    put(0x80 | (code >> 6 & 0x3f));
    put(0x80 | (code & 0x3f));
  }
}

std::uint32_t hex4(std::string_view text, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = at; i < at + 4 && i < text.size(); ++i) {
    const char c = text[i];
    const int digit = c >= '0' && c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
    value = value << 4 | static_cast<std::uint32_t>(digit & 0xf);
  }
  return value;
}

}  // namespace

std::optional<JsonValue> scan_json(std::string_view text, std::size_t& at) {
  Scanner scanner(text, at);
  scanner.skip_space();
  const std::size_t begin = scanner.at();
  if (!scanner.value() || scanner.at() > text.size()) return std::nullopt;
  at = scanner.at();
  return JsonValue{text.substr(begin, at - begin)};
}

std::vector<std::pair<std::string, JsonValue>> JsonValue::members() const {
  std::vector<std::pair<std::string, JsonValue>> found;
  if (!is_object()) return found;
  std::size_t at = 1;
  for (;;) {
    const auto name = scan_json(text, at);
    if (!name || name->text.front() != '"') return found;
    at = text.find(':', at) + 1;
    const auto value = scan_json(text, at);
    if (!value) return found;
    found.emplace_back(name->plain(), *value);
    at = text.find_first_of(",}", at);
    if (at == text.npos || text[at] == '}') return found;
    ++at;
  }
}

std::vector<JsonValue> JsonValue::items() const {
  std::vector<JsonValue> found;
  if (!is_array()) return found;
  std::size_t at = 1;
  for (;;) {
    const auto value = scan_json(text, at);
    if (!value) return found;
    found.push_back(*value);
    at = text.find_first_of(",]", at);
    if (at == text.npos || text[at] == ']') return found;
    ++at;
  }
}

std::optional<JsonValue> JsonValue::find(std::string_view path) const {
  JsonValue here = *this;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    const std::string_view name = path.substr(0, dot);
    path = dot == path.npos ? std::string_view() : path.substr(dot + 1);
    std::optional<JsonValue> next;
    for (const auto& [key, value] : here.members()) {
      if (key == name) next = value;
    }
    if (!next) return std::nullopt;
    here = *next;
  }
  return here;
}

std::string JsonValue::plain() const {
  if (text.empty() || text.front() != '"') return std::string(text);
  std::string out;
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    const char c = text[++i];
    constexpr std::string_view kFrom = "bfnrt", kTo = "\b\f\n\r\t";
    if (const std::size_t known = kFrom.find(c); known != kFrom.npos) {
      out += kTo[known];
    } else if (c == 'u') {
      std::uint32_t code = hex4(text, i + 1);
      i += 4;
      if (code >= 0xd800 && code < 0xdc00 && text.substr(i + 1, 2) == "\\u") {
        code = 0x10000 + ((code & 0x3ff) << 10) + (hex4(text, i + 3) & 0x3ff);
        i += 6;
      }
      append_utf8(code, out);
    } else {
      out += c;
    }
  }
  return out;
}

std::string JsonValue::compact() const {
  std::string out;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < text.size()) {
        out += text[++i];
      } else if (c == '"') {
        in_string = false;
      }
      continue;
    }
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r') continue;
    in_string = c == '"';
    out += c;
  }
  return out;
}

}  // namespace culvert
