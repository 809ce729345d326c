// A stream of HTTP/2, or one frame of the connection itself (stream 0).
//
// Texts view the transaction's arena, and stay as they are until it ends.
#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "app/transaction.h"
#include "base/arena.h"
#include "files/file_ranges.h"
#include "protocols/dns/dns_transaction.h"
#include "protocols/http/content_decoder.h"
#include "protocols/http/http_body.h"
#include "protocols/http2/http2_events.h"
#include "protocols/http2/http2_frame.h"

namespace culvert {
class File;
}

namespace culvert::http2 {

/// Progress of a direction: what is being received. At kBody the header fields are complete.
enum StreamState : std::uint8_t { kStarted, kHead, kBody, kComplete };
inline constexpr std::array<std::string_view, 4> kRequestStates{
    "request_started", "request_headers", "request_data", "request_complete"};
inline constexpr std::array<std::string_view, 4> kResponseStates{
    "response_started", "response_headers", "response_data", "response_complete"};

/// A header field; or, with a null name, a size update of the dynamic table.
struct Field {
  std::string_view name, value;
  std::uint32_t size_update = 0;

  bool is_size_update() const { return name.data() == nullptr; }
};

/// What has come in one direction.
struct Message {
  std::vector<Field> fields = {};  ///< trailers follow the header fields
  std::bitset<256> frame_types = {};
  std::uint32_t frames = 0;
  std::vector<Setting> settings = {};
  std::optional<std::uint32_t> error = {};  ///< of RST_STREAM or GOAWAY
  bool error_is_goaway = false;
  std::optional<std::uint8_t> priority = {};  ///< weight, as sent: 0..255
  std::vector<std::uint32_t> windows = {};    ///< increments of WINDOW_UPDATE, the first few
  http1::BodyWindow body = {};                ///< decoded
  http1::ContentDecoder decoder = {};
  std::uint64_t body_bytes = 0;  ///< decoded
  bool body_begun = false, body_complete = false;
  bool body_over_limit = false;                 ///< more came than rules see
  File* file = nullptr;                         ///< that the body goes to; null: none
  std::unique_ptr<FileRanges::Part> part = {};  ///< of a response with a range; else null
  bool carries_dns = false;                     ///< says its Content-Type, and it is not too long
  std::vector<std::byte> dns_body = {};         ///< of a body with DNS, as far as it has come

  /// The value of the first field of that name, in any case; null: there is none.
  std::string_view value_of(std::string_view name) const;
  /// The same of a name in lower case, as RFC 9113 section 8.2 wants names: fields that an upgrade
  /// brought along as HTTP/1 spelled them are others.
  std::string_view exact_value_of(std::string_view name) const;
};

struct Http2Transaction final : Transaction, dns::Carrier {
  std::uint32_t stream = 0;
  bool is_global = false;  ///< a frame on stream 0
  bool upgraded = false;   ///< its request came as one of HTTP/1
  Arena arena{2048};
  std::size_t field_bytes = 0;  ///< names and values kept
  std::array<Message, 2> messages;
  std::string_view authority = {};  ///< of the request: ":authority", else "host"
  std::string_view host = {};       ///< the same in lower case, without user and port

  /// DNS over HTTPS: what request and response carry; null: nothing.
  std::array<std::unique_ptr<dns::DnsTransaction>, 2> dns_messages;

  const dns::DnsTransaction* dns(Direction d) const override {
    return dns_messages[index_of(d)].get();
  }
  bool has_dns() const { return dns_messages[0] != nullptr || dns_messages[1] != nullptr; }

  Message& message(Direction d) { return messages[index_of(d)]; }
  const Message& message(Direction d) const { return messages[index_of(d)]; }
  const Message& request() const { return messages[0]; }
  const Message& response() const { return messages[1]; }

  /// As new, for another stream.
  void clear();
};

}  // namespace culvert::http2
