#include "protocols/http/uri_decode.h"

#include <algorithm>
#include <cstdint>

#include "base/ascii_case.h"
#include "protocols/http/best_fit.h"
#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return hex_value(c) >= 0; });
}
/// What a careless decoder makes of two characters that need not be hexadecimal.
std::uint8_t careless_byte(char a, char b) {
  const auto value = [](char c) {
    const int n = static_cast<unsigned char>(c);
    return n >= 'A' ? (n & 0xdf) - 'A' + 10 : n - '0';
  };
  return static_cast<std::uint8_t>(value(a) * 16 + value(b));
}

/// One character of a URI, decoded.
struct Decoded {
  std::uint8_t byte = 0;
  std::size_t length = 1;   ///< of the escape, or 1
  bool is_escape = false;   ///< a valid one
  bool is_dropped = false;  ///< a "%" that is removed
};

Decoded decode_one(const HttpOptions& options, std::string_view in) {
  const Decoded as_is{.byte = static_cast<std::uint8_t>(in[0])};
  if (in[0] != '%') return as_is;
  using Invalid = HttpOptions::InvalidEscape;
  const bool careless = options.path_invalid_escape == Invalid::kDecode;
  const bool is_u = options.path_decode_u && in.size() > 1 && (in[1] | 0x20) == 'u';
  if (is_u && in.size() >= 6) {
    const std::string_view digits = in.substr(2, 4);
    if (is_hex(digits) || careless) {
      const char32_t code = static_cast<char32_t>(careless_byte(digits[0], digits[1])) << 8 |
                            careless_byte(digits[2], digits[3]);
      return {best_fit(code, options.utf8_replacement), 6, true, false};
    }
  } else if (!is_u && in.size() >= 3 && (is_hex(in.substr(1, 2)) || careless)) {
    return {careless_byte(in[1], in[2]), 3, true, false};
  }
  Decoded invalid = as_is;
  invalid.is_dropped = options.path_invalid_escape == Invalid::kRemovePercent;
  return invalid;
}

bool ends_at_nul(const HttpOptions& options, const Decoded& one) {
  if (one.byte != 0) return false;
  return one.is_escape ? options.path_nul_encoded_terminates : options.path_nul_raw_terminates;
}

}  // namespace

UriParts split_uri(std::string_view raw) {
  UriParts parts;
  std::string_view rest = raw;
  const std::size_t scheme_end = rest.find_first_of(":/?#");
  if (scheme_end != rest.npos && scheme_end > 0 && rest[scheme_end] == ':') {
    parts.scheme = rest.substr(0, scheme_end);
    rest.remove_prefix(scheme_end + 1);
    const bool has_slashes = rest.starts_with("//") && !rest.starts_with("///");
    if (has_slashes || !rest.starts_with('/')) {
      if (has_slashes) rest.remove_prefix(2);
      std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
      const std::size_t at = has_slashes ? authority.find('@') : authority.npos;
      if (at != authority.npos) {
        parts.has_user = true;
        parts.user = authority.substr(0, at);
        const std::size_t colon = parts.user.find(':');
        if (colon != parts.user.npos) {
          parts.password = parts.user.substr(colon + 1);
          parts.user = parts.user.substr(0, colon);
        }
        authority.remove_prefix(at + 1);
        rest.remove_prefix(at + 1);
      }
      std::size_t host_end = authority.find(':');
      if (authority.starts_with('[')) {
        const std::size_t bracket = authority.find(']');
        host_end = bracket == authority.npos ? authority.npos : authority.find(':', bracket);
      }
      host_end = std::min(host_end, authority.size());
      if (host_end != 0) parts.host = authority.substr(0, host_end);
      rest.remove_prefix(host_end);
      if (authority.size() > host_end + 1) {
        parts.port = authority.substr(host_end + 1);
        rest.remove_prefix(authority.size() - host_end);
      }
    }
  }
  const std::size_t hash = rest.find('#');
  if (hash != rest.npos) parts.fragment = rest.substr(hash);
  rest = rest.substr(0, hash);
  const std::size_t question = rest.find('?');
  if (question != rest.npos) parts.query = rest.substr(question);
  parts.path = rest.substr(0, question);
  return parts;
}

void decode_path(const HttpOptions& options, std::string_view in, UriText& out) {
  const std::size_t begin = out.size();
  while (!in.empty()) {
    const Decoded one = decode_one(options, in);
    if (ends_at_nul(options, one)) return;
    const std::string_view source = in.substr(0, one.length);
    in.remove_prefix(one.length);
    if (one.is_dropped) continue;
    char c = static_cast<char>(one.byte);
    const bool is_separator = c == '/' || (c == '\\' && options.path_backslash_to_slash);
    if (is_separator && one.is_escape && !options.path_decode_separators) {
      out.append(source);
      continue;
    }
    if (is_separator) {
      c = '/';
      if (options.path_compress_slashes && out.size() > begin && out.back() == '/') continue;
    }
    out.push_back(options.path_lower_case
                      ? static_cast<char>(ascii_lower(static_cast<std::uint8_t>(c)))
                      : c);
  }
}

void decode_query(const HttpOptions& options, std::string_view in, bool plus_to_space,
                  UriText& out) {
  while (!in.empty()) {
    const Decoded one = decode_one(options, in);
    if (ends_at_nul(options, one)) return;
    in.remove_prefix(one.length);
    if (one.is_dropped) continue;
    const char c = static_cast<char>(one.byte);
    out.push_back(plus_to_space && !one.is_escape && c == '+' ? ' ' : c);
  }
}

void fold_utf8(UriText& text, std::size_t begin, std::uint8_t replacement) {
  const auto is_lead = [](std::uint8_t b) { return b >= 0xc0 && b <= 0xf7; };
  std::size_t to = begin;
  std::size_t missing = 0;  // continuation bytes of the character under way
  char32_t code = 0;
  for (const char c : text.view().substr(begin)) {
    const auto b = static_cast<std::uint8_t>(c);
    if (missing != 0) {
      if ((b & 0xc0) == 0x80) {
        code = code << 6 | (b & 0x3f);
        if (--missing == 0) text[to++] = static_cast<char>(best_fit(code, replacement));
        continue;
      }
      text[to++] = static_cast<char>(replacement);
      missing = 0;
    }
    if (b < 0x80) {
      text[to++] = c;
    } else if (is_lead(b)) {
      missing = b >= 0xf0 ? 3 : b >= 0xe0 ? 2 : 1;
      code = b & (0x3fu >> missing);
    } else {
      text[to++] = static_cast<char>(replacement);
    }
  }
  text.cut(to);
}

void remove_dot_segments(UriText& path, std::size_t begin) {
  // The output is never longer than what has been read, so both are the same text.
  std::size_t to = begin, at = begin;
  const std::size_t size = path.size();
  const auto rest_is = [&](std::string_view what) { return path.view().substr(at) == what; };
  const auto begins = [&](std::string_view what) { return path.view().substr(at).starts_with(what); };
  while (at < size) {
    if (begins("../")) {
      at += 3;
      continue;
    }
    if (begins("./")) {
      at += 2;
      continue;
    }
    const bool one = begins("/./") || rest_is("/.");
    const bool two = !one && (begins("/../") || rest_is("/.."));
    if (one || two) {
      at += one ? 2 : 3;
      while (two && to > begin && path[--to] != '/') {
      }
      if (rest_is("/")) at = size;
      continue;
    }
    if (rest_is(".") || rest_is("..")) break;
    do {
      path[to++] = path[at++];
    } while (at < size && path[at] != '/');
  }
  path.cut(to);
}

}  // namespace culvert::http1
