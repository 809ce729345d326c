#include "protocols/http/http_buffers.h"

#include <algorithm>
#include <cstring>
#include <functional>

#include "protocols/http/http_text.h"
#include "protocols/http/http_transaction.h"
#include "protocols/http/http_upgrade.h"

namespace culvert::http1 {
namespace {

const HttpTransaction& http(const BufferRequest& request) {
  return static_cast<const HttpTransaction&>(request.transaction);
}
const Message& message(const BufferRequest& request) {
  return http(request).message(request.direction);
}

/// Bytes put together of pieces. Those that follow one another in memory are not copied: a head
/// that was sent as rules are to see it is shown where it stands.
class Pieces {
 public:
  /// `raw`: the bytes that most pieces are from.
  Pieces(BufferScratch& scratch, std::string_view raw) : scratch_(scratch), raw_(raw) {
    scratch_.clear();
  }

  void add(std::string_view piece) {
    if (run_.data() + run_.size() == piece.data()) {
      run_ = {run_.data(), run_.size() + piece.size()};
      return;
    }
    flush();
    run_ = piece;
  }
  /// "Name: value"
  void add(const Header& header) {
    add(header.name);
    add_or_same(": ");
    add(header.value);
  }
  void add_line_end() { add_or_same("\r\n"); }
  /// From another block of raw bytes from now on.
  void continue_in(std::string_view raw) { raw_ = raw; }

  Bytes take() {
    if (scratch_.empty()) return as_bytes(run_);
    flush();
    return scratch_;
  }

 private:
  /// The raw bytes behind the last piece are taken where they say the same.
  void add_or_same(std::string_view piece) {
    const char* const end = run_.data() + run_.size();
    const std::less<const char*> before;
    const bool inside = !run_.empty() && !before(run_.data(), raw_.data()) &&
                        !before(raw_.data() + raw_.size(), end);
    const std::string_view there =
        inside ? std::string_view(end, raw_.data() + raw_.size()).substr(0, piece.size()) : "";
    add(there == piece ? there : piece);
  }
  void flush() {
    append(scratch_, run_);
    run_ = {};
  }

  BufferScratch& scratch_;
  std::string_view raw_;
  std::string_view run_ = {};  ///< the last pieces, not yet copied
};

template <std::string_view HttpTransaction::*kField>
std::optional<Bytes> get_field(const BufferRequest& r) {
  return text(http(r).*kField);
}
// An empty URI is none: "/a/..".
std::optional<Bytes> get_uri(const BufferRequest& r) {
  if (http(r).uri.empty()) return std::nullopt;
  return as_bytes(http(r).uri);
}
std::optional<Bytes> get_request_line(const BufferRequest& r) { return text(message(r).line); }
std::optional<Bytes> get_protocol(const BufferRequest& r) {
  if (message(r).protocol.empty()) return std::nullopt;
  return as_bytes(message(r).protocol);
}
std::optional<Bytes> get_response_line(const BufferRequest& r) {
  if (message(r).line.data() == nullptr) return std::nullopt;
  r.scratch.clear();
  append(r.scratch, message(r).line);
  append(r.scratch, "\r\n");
  return Bytes(r.scratch);
}
// A status line without a reason has an empty one.
std::optional<Bytes> get_reason(const BufferRequest& r) {
  const HttpTransaction& tx = http(r);
  if (tx.reason.data() == nullptr && tx.status_text.data() == nullptr) return std::nullopt;
  return as_bytes(tx.reason);
}

/// One header field's value.
template <Field kField>
std::optional<Bytes> get_value(const BufferRequest& r) {
  return text(message(r).value_of(kField));
}

std::optional<Bytes> get_cookie(const BufferRequest& r) {
  const bool to_server = r.direction == Direction::kToServer;
  return text(message(r).value_of(to_server ? Field::kCookie : Field::kSetCookie));
}

/// Adds each header field, then each trailer, as a line; but none of `without`.
void add_fields(const Message& of, std::optional<Field> without, Pieces& pieces) {
  const Header* const left_out = without ? of.headers.find(*without) : nullptr;
  for (const Header& header : of.headers) {
    if (&header == left_out) continue;
    pieces.add(header);
    pieces.add_line_end();
  }
  if (of.trailers.empty()) return;
  pieces.continue_in(of.raw_trailers);
  const Header* const left_out_late = without ? of.trailers.find(*without) : nullptr;
  for (const Header& header : of.trailers) {
    if (&header == left_out_late) continue;
    pieces.add(header);
    pieces.add_line_end();
  }
}

// All but cookies, which have a buffer of their own.
/// As in the reference, rules see the header as a whole neither of a request for a tunnel, unless
/// it is refused, nor of an answer that changes the protocol.
bool hides_header(const BufferRequest& r) {
  const HttpTransaction& tx = http(r);
  if (r.direction == Direction::kToClient) return switches_protocol(tx);
  return tx.is_connect &&
         (tx.is_tunnel || tx.progress[index_of(Direction::kToServer)] < kRequestComplete);
}

std::optional<Bytes> get_header(const BufferRequest& r) {
  if (hides_header(r)) return std::nullopt;
  const Message& of = message(r);
  Pieces pieces(r.scratch, of.raw_headers);
  add_fields(of, r.direction == Direction::kToServer ? Field::kCookie : Field::kSetCookie, pieces);
  const Bytes bytes = pieces.take();
  if (bytes.empty()) return std::nullopt;
  return bytes;
}
std::optional<Bytes> get_header_raw(const BufferRequest& r) {
  const Message& of = message(r);
  if (of.raw_headers.empty() || hides_header(r)) return std::nullopt;
  if (of.raw_trailers.empty()) return as_bytes(of.raw_headers);
  r.scratch.clear();
  append(r.scratch, of.raw_headers);
  append(r.scratch, of.raw_trailers);
  return Bytes(r.scratch);
}
// "\r\nHost\r\nAccept\r\n\r\n"
std::optional<Bytes> get_header_names(const BufferRequest& r) {
  const Message& of = message(r);
  if ((of.headers.empty() && of.trailers.empty()) || hides_header(r)) return std::nullopt;
  constexpr std::string_view kLineEnd = "\r\n";
  std::size_t size = 2 * kLineEnd.size();
  const HeaderTable* const tables[] = {&of.headers, &of.trailers};
  for (const HeaderTable* const table : tables) {
    for (const Header& header : *table) size += header.name.size() + kLineEnd.size();
  }
  r.scratch.resize(size);
  std::byte* out = r.scratch.data();
  const auto put = [&](std::string_view text) {
    std::memcpy(out, text.data(), text.size());
    out += text.size();
  };
  put(kLineEnd);
  for (const HeaderTable* const table : tables) {
    for (const Header& header : *table) {
      put(header.name);
      put(kLineEnd);
    }
  }
  put(kLineEnd);
  return Bytes(r.scratch);
}
std::optional<Bytes> get_one_header(const BufferRequest& r) {
  const Message& of = message(r);
  const std::size_t count = of.headers.size();
  if (r.instance >= count + of.trailers.size()) return std::nullopt;
  const bool late = r.instance >= count;
  Pieces pieces(r.scratch, late ? of.raw_trailers : of.raw_headers);
  pieces.add(late ? of.trailers[r.instance - count] : of.headers[r.instance]);
  return pieces.take();
}
// Line and header fields. The status line has its line end twice.
std::optional<Bytes> get_start(const BufferRequest& r) {
  const Message& of = message(r);
  if (of.line.data() == nullptr || hides_header(r)) return std::nullopt;
  Pieces pieces(r.scratch, of.raw_headers);
  pieces.add(of.line);
  pieces.add(r.direction == Direction::kToServer ? "\r\n" : "\r\n\r\n");
  add_fields(of, std::nullopt, pieces);
  if (!of.headers.empty() || !of.trailers.empty()) pieces.add_line_end();
  return pieces.take();
}

// Not before there is enough of it, so that it is not looked through again for each packet; then
// what is new, and a window of what has been looked at before that.
std::optional<Bytes> get_body(const BufferRequest& r) {
  const Message& of = message(r);
  const BodyWindow& body = of.body;
  if (body.end() == 0) return std::nullopt;
  const BodyOptions& options = http(r).body_options(r.direction);
  const bool is_last = of.body_complete || of.body_over_limit;
  const std::uint64_t fresh = body.end() - std::min(body.end(), body.inspected());
  if (!is_last && !http(r).options->body_inline && fresh < options.minimal_inspect_size) {
    return std::nullopt;
  }
  const std::uint64_t window = std::min<std::uint64_t>(options.inspect_window, body.inspected());
  const Bytes bytes = body.from(body.inspected() - window);
  body.note_seen(body.end());
  if (r.extent != nullptr) {
    const std::uint64_t offset = body.end() - bytes.size();
    *r.extent = {.offset = offset, .end = is_last};
    if (of.stream_at != BufferExtent::kNowhere) r.extent->stream_at = of.stream_at + offset;
  }
  return bytes;
}
constexpr AppProto kHttp = AppProto::kHttp1;
// From the progress on at which the part has come whole.
constexpr BufferSide kOfRequestLine{true, kRequestHeaders}, kOfRequestHeaders{true, kRequestBody},
    kOfRequestBody{true, kRequestBody};
/// Rules of that direction may name it, and never match, not even as absent.
constexpr BufferSide kNever{true, 255};
constexpr BufferSide kOfStatusLine{true, kResponseHeaders}, kOfResponseHeaders{true, kResponseBody},
    kOfResponseBody{true, kResponseBody};

}  // namespace

const BufferSpec kHttpBuffers[29] = {
    {.name = "http.method",
     .description = "method of the request: \"GET\"",
     .proto = kHttp,
     .to_server = kOfRequestLine,
     .get = get_field<&HttpTransaction::method>,
     .complain = http::complain_of_method},
    {.name = "http.uri",
     .description = "target of the request, normalised",
     .proto = kHttp,
     .to_server = kOfRequestLine,
     .get = get_uri},
    {.name = "http.uri.raw",
     .description = "target of the request, as sent",
     .proto = kHttp,
     .to_server = kOfRequestLine,
     .get = get_field<&HttpTransaction::raw_uri>},
    {.name = "http.protocol",
     .description = "version in the request or status line: \"HTTP/1.1\"",
     .proto = kHttp,
     .to_server = kOfRequestLine,
     .to_client = kOfStatusLine,
     .get = get_protocol,
     .alias = "http_protocol",
     .complain = http::complain_of_protocol},
    {.name = "http.request_line",
     .description = "the request line, without its line end",
     .proto = kHttp,
     .to_server = kOfRequestLine,
     .get = get_request_line,
     .alias = "http_request_line"},
    {.name = "http.response_line",
     .description = "the status line, with its line end",
     .proto = kHttp,
     .to_client = kOfStatusLine,
     .get = get_response_line,
     .alias = "http_response_line"},
    {.name = "http.stat_code",
     .description = "status of the response: \"200\"",
     .proto = kHttp,
     .to_client = kOfStatusLine,
     .get = get_field<&HttpTransaction::status_text>},
    {.name = "http.stat_msg",
     .description = "reason in the status line: \"Not Found\"",
     .proto = kHttp,
     .to_client = kOfStatusLine,
     .get = get_reason},
    {.name = "http.header",
     .description = "header fields, one a line, without cookies; fields of one name joined",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_header},
    {.name = "http.header.raw",
     .description = "header lines as sent",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_header_raw,
     .needs_direction = true},
    {.name = "http.header_names",
     .description = "names of the header fields: \"|0d 0a|Host|0d 0a|Accept|0d 0a 0d 0a|\"",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_header_names,
     .alias = "http_header_names"},
    {.name = "http.request_header",
     .description = "each header field of the request: \"Host: example.com\"",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_one_header,
     .multi_instance = true},
    {.name = "http.response_header",
     .description = "each header field of the response",
     .proto = kHttp,
     .to_client = kOfResponseHeaders,
     .get = get_one_header,
     .multi_instance = true},
    {.name = "http.start",
     .description = "request or status line and header fields",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_start,
     .alias = "http_start"},
    {.name = "http.cookie",
     .description = "values of Cookie in requests, of Set-Cookie in responses",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_cookie},
    {.name = "http.user_agent",
     .description = "value of User-Agent",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_value<Field::kUserAgent>},
    {.name = "http.host",
     .description = "host that the request is for, in lower case, without port",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_field<&HttpTransaction::host>,
     .complain = http::complain_of_host},
    {.name = "http.host.raw",
     .description = "host that the request is for, as sent",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_field<&HttpTransaction::raw_host>},
    {.name = "http.referer",
     .description = "value of Referer",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_value<Field::kReferer>,
     .alias = "http_referer"},
    {.name = "http.accept",
     .description = "value of Accept",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_value<Field::kAccept>,
     .alias = "http_accept"},
    {.name = "http.accept_enc",
     .description = "value of Accept-Encoding",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_value<Field::kAcceptEncoding>,
     .alias = "http_accept_enc"},
    {.name = "http.accept_lang",
     .description = "value of Accept-Language",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .get = get_value<Field::kAcceptLanguage>,
     .alias = "http_accept_lang"},
    {.name = "http.connection",
     .description = "value of Connection",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_value<Field::kConnection>,
     .alias = "http_connection"},
    {.name = "http.content_len",
     .description = "value of Content-Length",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_value<Field::kContentLength>,
     .alias = "http_content_len"},
    {.name = "http.content_type",
     .description = "value of Content-Type",
     .proto = kHttp,
     .to_server = kOfRequestHeaders,
     .to_client = kOfResponseHeaders,
     .get = get_value<Field::kContentType>,
     .alias = "http_content_type"},
    {.name = "http.location",
     .description = "value of Location",
     .proto = kHttp,
     .to_client = kOfResponseHeaders,
     .get = get_value<Field::kLocation>},
    {.name = "http.server",
     .description = "value of Server",
     .proto = kHttp,
     .to_client = kOfResponseHeaders,
     .get = get_value<Field::kServer>},
    {.name = "http.request_body",
     .description = "body of the request, decoded",
     .proto = kHttp,
     .to_server = kOfRequestBody,
     .get = get_body,
     .in_stream = true},
    {.name = "http.response_body",
     .description = "body of the response, decoded",
     .proto = kHttp,
     .to_server = kNever,
     .to_client = kOfResponseBody,
     .get = get_body,
     .in_stream = true},
};

}  // namespace culvert::http1

namespace culvert::http {

std::string_view complain_of_method(std::string_view pattern, bool) {
  if (pattern.empty()) return {};
  if (pattern.front() == ' ' || pattern.front() == '\t') {
    return "http.method never begins with a space";
  }
  if (pattern.back() == ' ' || pattern.back() == '\t') return "http.method never ends with a space";
  return {};
}

std::string_view complain_of_host(std::string_view pattern, bool nocase) {
  if (nocase)
    return "http.host keyword specified along with \"nocase\". The hostname buffer is normalized "
           "to lowercase, specifying nocase is redundant.";
  const auto is_upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (std::ranges::any_of(pattern, is_upper)) {
    return "A pattern with uppercase characters detected for http.host. The hostname buffer is "
           "normalized to lowercase, please specify a lowercase pattern.";
  }
  return {};
}

std::string_view complain_of_protocol(std::string_view pattern, bool) {
  if (pattern.find(' ') == pattern.npos) return {};
  return "http.protocol has no spaces in it";
}

}  // namespace culvert::http
