// The target of a request (RFC 9112 section 3.2) as rules see it: path normalised and percent
// escapes decoded, as the server that the options stand for would.
//
//   http://U:p@Example.com:80/a/%2e%2e/b//c%2fd?x=%41   host example.com, port 80
//   path: escapes and slashes, then UTF-8, then dot segments       -> /b/c/d
//   query and fragment: escapes only                               -> ?x=A
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "protocols/http/http_events.h"
#include "protocols/http/http_options.h"

namespace culvert::http1 {

struct UriResult {
  std::string_view uri = {};   ///< normalised; in the arena, or in `raw`; null: nothing is left
  std::string_view host = {};  ///< host that the URI names, decoded, in lower case; null: none
  std::int32_t port = -1;      ///< -1: none, -2: one that is no port
  std::uint64_t events = 0;    ///< bit set of Event

  void raise(Event event) { events |= std::uint64_t{1} << static_cast<unsigned>(event); }
};

/// `raw`: the target as sent. `is_connect`: it is host:port (RFC 9112 section 3.2.3).
UriResult normalize_uri(const HttpOptions& options, std::string_view raw, bool is_connect,
                        Arena& arena);

/// A host name in lower case, without port and what does not belong there; of a Host header. Views
/// `raw` when nothing changes. Null: nothing is left.
std::string_view normalize_host(std::string_view raw, Arena& arena);

/// Whether it is a name of labels (RFC 1035 section 2.3.4; "_" counts as a letter, one full stop may
/// end it), or an IPv6 address in brackets. Without port.
bool is_valid_host(std::string_view host);

}  // namespace culvert::http1
