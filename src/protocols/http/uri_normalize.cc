#include "protocols/http/uri_normalize.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/ascii_case.h"
#include "net/address.h"
#include "protocols/http/uri_decode.h"

namespace culvert::http1 {
namespace {

/// Characters that `uri-include-all` may add: "://", ":", "@".
constexpr std::size_t kAddedByAll = 5;

/// Characters that make a URI more than what it looks like.
constexpr std::array<bool, 256> kSpecial = [] {
  std::array<bool, 256> table{};
  for (const char c : {'%', '\\', '\0'}) table[static_cast<unsigned char>(c)] = true;
  for (std::size_t i = 0x80; i < 256; ++i) table[i] = true;
  return table;
}();

/// Most URIs are: nothing changes them.
bool is_normal(const HttpOptions& options, std::string_view raw) {
  if (!raw.starts_with('/') || options.path_lower_case || options.query_plus_to_space) return false;
  bool in_path = true;
  char before = 0;
  for (const char c : raw) {
    if (kSpecial[static_cast<unsigned char>(c)]) return false;
    if (in_path && before == '/' && (c == '/' || c == '.')) return false;
    if (c == '?' || c == '#') in_path = false;
    before = c;
  }
  return true;
}

void lower(UriText& text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>(ascii_lower(static_cast<std::uint8_t>(text[i])));
  }
}

std::int32_t read_port(std::string_view text) {
  std::uint32_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool good = error == std::errc{} && end == text.data() + text.size();
  return good && port >= 1 && port <= 65535 ? static_cast<std::int32_t>(port) : -2;
}

/// Decodes again where that is configured; says whether it made a difference.
template <class Decode>
bool decode_twice(bool wanted, UriText& text, std::size_t begin, Arena& arena,
                  const Decode& decode) {
  if (!wanted) return false;
  const std::string_view once = arena.copy(text.view().substr(begin));
  text.cut(begin);
  decode(once);
  return text.view().substr(begin) != once;
}

void take_host(UriResult& result, std::string_view host, Arena& arena) {
  static const HttpOptions kPlain;
  UriText text(arena, host.size());
  decode_query(kPlain, host, false, text);
  lower(text);
  if (text.size() > 1 && text.back() == '.') text.cut(text.size() - 1);
  if (!is_valid_host(text.view())) result.raise(Event::kRequestUriHostInvalid);
  result.host = text.view();
}

UriResult normalize_authority(std::string_view raw, Arena& arena) {
  UriResult result;
  raw = raw.substr(0, raw.find_first_of("/?#"));
  std::size_t colon = raw.find(':');
  if (raw.starts_with('[')) {
    const std::size_t bracket = raw.find(']');
    colon = bracket == raw.npos ? raw.npos : raw.find(':', bracket);
  }
  const std::string_view host = raw.substr(0, colon);
  if (host.empty()) return result;
  take_host(result, host, arena);
  if (!is_valid_host(host)) result.raise(Event::kRequestUriHostInvalid);
  if (colon != raw.npos) {
    result.port = read_port(raw.substr(colon + 1));
    if (result.port == -2) result.raise(Event::kRequestUriHostInvalid);
  }
  return result;
}

}  // namespace

bool is_valid_host(std::string_view host) {
  constexpr std::size_t kLongestName = 255, kLongestLabel = 63;
  if (host.starts_with('[')) {
    if (!host.ends_with(']')) return false;
    const auto address = IpAddress::parse(host.substr(1, host.size() - 2));
    return address.has_value() && !address->is_v4();
  }
  if (host.empty() || host.size() > kLongestName) return false;
  std::size_t label = 0;
  for (std::size_t i = 0; i < host.size(); ++i) {
    const char c = host[i];
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
      continue;
    }
    const bool is_good = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                         (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    if (!is_good || ++label > kLongestLabel) return false;
  }
  return true;
}

std::string_view normalize_host(std::string_view raw, Arena& arena) {
  std::string_view host = raw;
  if (host.starts_with('[') && host.find(']') != host.npos) {
    host = host.substr(0, host.find(']') + 1);
  } else {
    host = host.substr(0, host.find_first_of(":/?"));
  }
  if (host.empty()) return {};
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::ranges::none_of(host, is_upper)) return host;
  std::byte* const copy = arena.allocate(host.size());
  std::ranges::transform(host, copy, [](char c) {
    return static_cast<std::byte>(ascii_lower(static_cast<std::uint8_t>(c)));
  });
  return as_text({copy, host.size()});
}

UriResult normalize_uri(const HttpOptions& options, std::string_view raw, bool is_connect,
                        Arena& arena) {
  if (is_connect) return normalize_authority(raw, arena);
  UriResult result;
  if (is_normal(options, raw)) {
    result.uri = raw;
    return result;
  }
  const UriParts parts = split_uri(raw);
  if (parts.host.data() != nullptr) take_host(result, parts.host, arena);
  if (parts.port.data() != nullptr) {
    result.port = read_port(parts.port);
    if (result.port == -2) result.raise(Event::kRequestUriHostInvalid);
  }

  UriText uri(arena, raw.size() + kAddedByAll + result.host.size());
  if (options.uri_include_all && parts.scheme.data() != nullptr) {
    uri.append(parts.scheme);
    lower(uri);
    uri.append("://");
    if (parts.has_user) {
      decode_query(options, parts.user, false, uri);
      uri.push_back(':');
      decode_query(options, parts.password, false, uri);
      uri.push_back('@');
    }
    uri.append(result.host);
  }
  const std::size_t path = uri.size();
  decode_path(options, parts.path, uri);
  bool twice = decode_twice(options.double_decode_path, uri, path, arena,
                            [&](std::string_view once) { decode_path(options, once, uri); });
  if (options.path_decode_utf8) fold_utf8(uri, path, options.utf8_replacement);
  remove_dot_segments(uri, path);
  const std::size_t query = uri.size();
  decode_query(options, parts.query, options.query_plus_to_space, uri);
  const bool query_twice =
      decode_twice(options.double_decode_query, uri, query, arena, [&](std::string_view once) {
        decode_query(options, once, options.query_plus_to_space, uri);
      });
  decode_query(options, parts.fragment, false, uri);
  twice = twice || query_twice;
  if (twice) result.raise(Event::kDoubleEncodedUri);
  if (!uri.empty()) result.uri = uri.view();
  return result;
}

}  // namespace culvert::http1
