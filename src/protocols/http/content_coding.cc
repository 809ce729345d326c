#include "protocols/http/content_coding.h"

#include <algorithm>
#include <optional>

#include "protocols/http/http_text.h"

namespace culvert::http1 {
namespace {

struct Name {
  std::string_view text;
  std::optional<Coding> coding;
};
constexpr Name kNames[] = {
    {"gzip", Coding::kGzip},        {"x-gzip", Coding::kGzip}, {"deflate", Coding::kDeflate},
    {"x-deflate", Coding::kDeflate}, {"lzma", Coding::kLzma},   {"br", Coding::kBrotli},
    {"identity", std::nullopt},     {"none", std::nullopt},    {"inflate", std::nullopt},
};

constexpr bool is_separator(char c) { return c == ',' || is_space(c); }

void add(ContentCodings& list, Coding coding) { list.codings[list.count++] = coding; }

void add_token(ContentCodings& list, std::string_view token) {
  const auto known = std::ranges::find(kNames, token, &Name::text);
  if (known != std::end(kNames)) {
    if (known->coding) add(list, *known->coding);
    return;
  }
  list.is_abnormal = true;
  if (contains_nocase(token, "gzip")) {
    add(list, Coding::kGzip);
  } else if (contains_nocase(token, "deflate")) {
    add(list, Coding::kDeflate);
  }
}

}  // namespace

ContentCodings parse_content_coding(std::string_view value, std::size_t layer_limit) {
  ContentCodings list;
  layer_limit = std::min(layer_limit, ContentCodings::kMost);
  if (layer_limit == 0) return list;
  // NUL is no character of any name; servers' libraries tend to lose it.
  std::array<char, 64> clean;
  std::size_t size = 0;
  value = trim(value);
  for (const char c : value) {
    if (c == '\0') continue;
    if (size == clean.size()) break;
    clean[size++] = c;
  }
  if (size < clean.size()) value = trim(std::string_view(clean.data(), size));

  // The plain case, in any letters.
  for (const Name& name : kNames) {
    if (!equal_nocase(value, name.text)) continue;
    if (name.coding) add(list, *name.coding);
    return list;
  }
  std::size_t layers = 0;
  while (!value.empty()) {
    if (is_separator(value.front())) {
      value.remove_prefix(1);
      continue;
    }
    const auto* const end = std::find_if(value.begin(), value.end(), is_separator);
    if (layers++ == layer_limit) {
      list.too_many_layers = true;
      break;
    }
    add_token(list, value.substr(0, static_cast<std::size_t>(end - value.begin())));
    value.remove_prefix(static_cast<std::size_t>(end - value.begin()));
  }
  return list;
}

}  // namespace culvert::http1
