#include "protocols/http/content_range.h"

#include <charconv>

#include "protocols/http/http_text.h"

namespace culvert::http1 {

std::optional<ContentRange> parse_content_range(std::string_view value) {
  if (!starts_nocase(value, "bytes")) return std::nullopt;
  value = trim_front(value.substr(5));
  ContentRange found;
  const char* const end = value.data() + value.size();
  const auto first = std::from_chars(value.data(), end, found.range.start);
  if (first.ec != std::errc{} || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, found.range.end);
  if (second.ec != std::errc{} || found.range.end < found.range.start) return std::nullopt;
  std::uint64_t total = 0;
  if (second.ptr != end && *second.ptr == '/' &&
      std::from_chars(second.ptr + 1, end, total).ec == std::errc{}) {
    found.total = total;
  }
  return found;
}

}  // namespace culvert::http1
