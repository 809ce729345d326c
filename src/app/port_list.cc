#include "app/port_list.h"

#include <charconv>

namespace culvert {
namespace {

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t[]");
  if (first == text.npos) return {};
  return text.substr(first, text.find_last_not_of(" \t[]") - first + 1);
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, port);
  if (failure != std::errc{} || stop != end) return std::nullopt;
  return port;
}

}  // namespace

std::optional<PortList> PortList::parse(std::string_view text) {
  PortList list;
  while (!text.empty()) {
    const auto comma = text.find(',');
    const std::string_view item = trim(text.substr(0, comma));
    text = comma == text.npos ? std::string_view{} : text.substr(comma + 1);
    if (item.empty()) continue;
    if (item == "any") {
      list.ranges_.emplace_back(0, 65535);
      continue;
    }
    const auto colon = item.find(':');
    const auto first = parse_port(trim(item.substr(0, colon)));
    auto last = first;
    if (colon != item.npos) {
      const std::string_view upper = trim(item.substr(colon + 1));
      last = upper.empty() ? std::optional<std::uint16_t>(65535) : parse_port(upper);
    }
    if (!first || !last || *first > *last) return std::nullopt;
    list.ranges_.emplace_back(*first, *last);
  }
  return list;
}

}  // namespace culvert
