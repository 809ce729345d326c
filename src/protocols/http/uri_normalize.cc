#include "protocols/http/uri_normalize.h"

namespace culvert::http1 {

UriResult normalize_uri(const HttpOptions&, std::string_view raw, bool, Arena&) {
  return {.uri = raw};
}

std::string_view normalize_host(std::string_view raw, Arena&) { return raw; }

}  // namespace culvert::http1
