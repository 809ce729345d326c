#include "protocols/mime/url_finder.h"

#include "protocols/mime/mime_header.h"

namespace culvert::mime {

std::size_t find_scheme(std::string_view line, std::string_view scheme, std::size_t from) {
  // By the separator, which is rare: the scheme stands in front of it.
  for (std::size_t at = from;; ++at) {
    at = line.find("://", at);
    if (at == line.npos) return at;
    if (at >= from + scheme.size() &&
        equals_ignoring_case(line.substr(at - scheme.size(), scheme.size()), scheme)) {
      return at - scheme.size();
    }
  }
}

}  // namespace culvert::mime
