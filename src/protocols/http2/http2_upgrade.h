// What a HTTP/1 connection leaves to HTTP/2 when the server agrees to "Upgrade: h2c" (RFC 7540 section
// 3.2): the request becomes stream 1, and the header HTTP2-Settings the client's first settings.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "app/app_parser.h"

namespace culvert::http2 {

struct Upgrade final : AppParser::Handover {
  std::vector<std::pair<std::string, std::string>> fields;  ///< of the request, ":method" first
  std::string settings;                                     ///< base64url
};

}  // namespace culvert::http2
