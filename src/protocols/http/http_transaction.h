// A HTTP/1 request and its response (RFC 9112), as far as they have come.
//
// All texts view the transaction's arena, and stay as they are until it ends. A text that the
// message does not have is null (data() == nullptr); one that is there and empty is not.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "app/buffer.h"
#include "app/transaction.h"
#include "base/arena.h"
#include "files/file_ranges.h"
#include "protocols/http/content_decoder.h"
#include "protocols/http/header_table.h"
#include "protocols/http/http_body.h"
#include "protocols/http/http_events.h"
#include "protocols/http/http_options.h"
#include "protocols/http/multipart.h"

namespace culvert {
class File;
}

namespace culvert::http1 {

/// Progress to server: what is being received. At kRequestHeaders the request line is complete, at
/// kRequestBody the headers are, and so on.
enum RequestState : std::uint8_t {
  kRequestStarted,
  kRequestLine,
  kRequestHeaders,
  kRequestBody,
  kRequestTrailer,
  kRequestComplete,
};
/// Progress to client.
enum ResponseState : std::uint8_t {
  kResponseStarted,
  kResponseLine,
  kResponseHeaders,
  kResponseBody,
  kResponseTrailer,
  kResponseComplete,
};
inline constexpr std::array<std::string_view, 6> kRequestStates{
    "request_started", "request_line",    "request_headers",
    "request_body",    "request_trailer", "request_complete"};
inline constexpr std::array<std::string_view, 6> kResponseStates{
    "response_started", "response_line",    "response_headers",
    "response_body",    "response_trailer", "response_complete"};

enum class Version : std::uint8_t {
  kUnknown,  ///< none was given, on a status line
  kInvalid,  ///< something else is in its place
  k09,
  k10,
  k11,
};

/// How a body is delimited (RFC 9112 section 6.3).
enum class BodyKind : std::uint8_t { kNone, kLength, kChunked, kUntilClose };

/// What is the same for requests and responses.
struct Message {
  std::string_view line = {};      ///< request line or status line, without its line end
  std::string_view protocol = {};  ///< "HTTP/1.1", as sent
  Version version = Version::kUnknown;

  HeaderTable headers = {};
  HeaderTable trailers = {};          ///< after a chunked body
  std::string_view raw_headers = {};  ///< the lines as sent, with the empty one at the end
  std::string_view raw_trailers = {};
  bool has_nul = false;  ///< a NUL stands in raw_headers, maybe within a name

  BodyKind body_kind = BodyKind::kNone;
  std::uint64_t content_length = 0;  ///< REQUIRES: kLength
  bool is_multipart = false;         ///< Content-Type: multipart/...

  /// Of the body on the wire, without the transfer coding: EVE `http.length`.
  std::uint64_t message_bytes = 0;
  std::uint64_t entity_bytes = 0;  ///< of the body, as far as it was decoded
  BodyWindow body = {};            ///< decoded, up to the limit of the options
  /// Where in the stream it begins, while it has come unchanged and in one piece.
  std::uint64_t stream_at = BufferExtent::kNowhere;
  bool body_complete = false;    ///< no more of it will come
  bool body_over_limit = false;  ///< more came than is kept
  bool body_has_gap = false;     ///< bytes of it were lost
  ContentDecoder decoder = {};

  bool files_begun = false;  ///< the body has been looked at as a file, or as a form with some
  File* file = nullptr;      ///< that its bytes go to; the worker's FileTracker's
  std::unique_ptr<FileRanges::Part> part = {};  ///< of a response with a range; else null
  std::unique_ptr<MultipartParser> form = {};   ///< of an upload; kept for the next

  /// The value of that header field; null: there is none.
  std::string_view value_of(Field field) const {
    const Header* const header = headers.find(field);
    return header == nullptr ? std::string_view{} : header->value;
  }
  std::string_view value_of(std::string_view name) const {
    const Header* const header = headers.find(name);
    return header == nullptr ? std::string_view{} : header->value;
  }
};

struct HttpTransaction final : Transaction {
  explicit HttpTransaction(const HttpOptions& of) : options(&of) {}

  const HttpOptions* options;  ///< of the server; outlives it
  Arena arena{4096};

  // The request line.
  std::string_view method = {};
  std::string_view raw_uri = {};   ///< as sent
  std::string_view uri = {};       ///< normalised, as http.uri shows it
  std::string_view uri_host = {};  ///< the host in the URI, as sent
  std::string_view host = {};      ///< normalised: of the URI, else of the Host header
  std::string_view raw_host = {};  ///< the same, as sent
  std::int32_t uri_port = -1;      ///< in the URI or the target of CONNECT; -1: none
  std::int32_t host_port = -1;     ///< in the Host header
  bool is_09 = false;              ///< a request of HTTP/0.9: a line and nothing more
  bool is_connect = false;

  // The status line.
  std::string_view status_text = {};  ///< "200"
  std::uint16_t status = 0;           ///< 0: none, or not a number in 100..999
  std::string_view reason = {};       ///< "OK"

  Message request, response;
  std::uint8_t interim_responses = 0;  ///< 100 Continue, before the answer proper
  bool is_tunnel = false;              ///< what follows is another protocol: CONNECT, Upgrade
  bool has_response_only = false;      ///< the request of this response was not seen

  Message& message(Direction d) { return d == Direction::kToServer ? request : response; }
  const Message& message(Direction d) const {
    return d == Direction::kToServer ? request : response;
  }
  const BodyOptions& body_options(Direction d) const {
    return d == Direction::kToServer ? options->request_body : options->response_body;
  }

  bool has_event(Event event) const { return events.has(static_cast<std::uint8_t>(event)); }

  /// As new, for another request.
  void clear();
};

}  // namespace culvert::http1
