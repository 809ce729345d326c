// URLs in the text of a mail.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

namespace culvert::mime {

/// Calls found(std::string_view url) for each "scheme://..." in `line`, scheme by scheme in their
/// order, schemes in any case. A URL goes up to white space, a quote, an angle or closing square
/// bracket, or the end of the line, whose ending then belongs to it, as in the reference.
template <class Found>
void find_urls(std::string_view line, const std::vector<std::string>& schemes, bool with_scheme,
               Found&& found);

/// Where the next "scheme://" begins, from `from` on; or npos.
std::size_t find_scheme(std::string_view line, std::string_view scheme, std::size_t from);

template <class Found>
void find_urls(std::string_view line, const std::vector<std::string>& schemes, bool with_scheme,
               Found&& found) {
  constexpr std::string_view kSeparator = "://", kEnds = " \t\"'<>]";
  if (line.find(kSeparator) == line.npos) return;
  for (const std::string& scheme : schemes) {
    std::size_t at = 0;
    while ((at = find_scheme(line, scheme, at)) != line.npos) {
      const std::size_t begin = at + scheme.size() + kSeparator.size();
      std::size_t end = line.find_first_of(kEnds, begin);
      if (end == line.npos) end = line.size();
      found(with_scheme ? line.substr(at, end - at) : line.substr(begin, end - begin));
      at = end;
    }
  }
}

}  // namespace culvert::mime
