// Request line and status line (RFC 9112 sections 3 and 4), read as lenient servers and browsers do:
//
//     GET  /a b  HTTP/1.1      the target is what stands between the first white space and the last
//     GET /a                   a request of HTTP/0.9, or one that left out its protocol
//     http/1.1 0200            a status is a number
#pragma once

#include <string_view>

#include "protocols/http/http_transaction.h"

namespace culvert::http1 {

/// `line` is in the transaction's arena, and the texts of the transaction view it.
void parse_request_line(std::string_view line, HttpTransaction& transaction);
void parse_status_line(std::string_view line, HttpTransaction& transaction);

/// Whether a line can be a status line: "HTTP", in any case, after white space.
bool looks_like_status_line(std::string_view line);
/// Whether `text` may yet become one when more comes.
bool may_become_status_line(std::string_view text);
/// Whether a line begins with a method that there is.
bool has_known_method(std::string_view line);

}  // namespace culvert::http1
