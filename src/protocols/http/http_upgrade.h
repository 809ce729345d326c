// The change to another protocol in the middle of a connection (RFC 9110 section 7.8).
#pragma once

#include <memory>

#include "protocols/http/http_transaction.h"
#include "protocols/http2/http2_upgrade.h"

namespace culvert::http1 {

/// To one that is parsed here too.
bool switches_protocol(const HttpTransaction& tx);

/// The request becomes the first stream of HTTP/2: pseudo header fields, then its own but those
/// that were about the upgrade (RFC 7540 section 3.2).
std::unique_ptr<http2::Upgrade> make_upgrade(const HttpTransaction& tx);

}  // namespace culvert::http1
