// What the head of a message says of its body and of who it is for, once the head is complete.
#pragma once

#include "protocols/http/http_transaction.h"

namespace culvert::http1 {

/// Body of a request (RFC 9112 section 6), Host, Authorization. `server_port`: of the connection.
/// False: where the body ends cannot be told.
[[nodiscard]] bool settle_request(std::uint16_t server_port, HttpTransaction& transaction);
/// Body of a response.
void settle_response(HttpTransaction& transaction);

}  // namespace culvert::http1
