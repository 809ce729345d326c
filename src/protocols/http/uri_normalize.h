// The target of a request (RFC 9112 section 3.2) as rules see it: path normalised and percent
// escapes decoded, as the server that the options stand for would.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "protocols/http/http_events.h"
#include "protocols/http/http_options.h"

namespace culvert::http1 {

struct UriResult {
  std::string_view uri = {};   ///< normalised; in the arena, or in `raw`
  std::string_view host = {};  ///< host that the URI names, as sent: views `raw`; null: none
  std::int32_t port = -1;      ///< -1: none, -2: one that is no port
  std::uint64_t events = 0;    ///< bit set of Event

  void raise(Event event) { events |= std::uint64_t{1} << static_cast<unsigned>(event); }
};

/// `raw`: the target as sent. `is_connect`: it is host:port (RFC 9112 section 3.2.3).
UriResult normalize_uri(const HttpOptions& options, std::string_view raw, bool is_connect,
                        Arena& arena);

/// A host name in lower case, without port, trailing full stops; of a Host header or a URI. Views
/// `raw` when nothing changes.
std::string_view normalize_host(std::string_view raw, Arena& arena);

}  // namespace culvert::http1
