#include "protocols/http2/http2_buffers.h"

#include <algorithm>

#include "protocols/http/http_buffers.h"
#include "protocols/http2/http2_transaction.h"

namespace culvert::http2 {
namespace {

using http1::append;
using http1::text;

const Http2Transaction& http(const BufferRequest& request) {
  return static_cast<const Http2Transaction&>(request.transaction);
}
const Message& message(const BufferRequest& request) {
  return http(request).message(request.direction);
}
void append(BufferScratch& scratch, const Field& field) {
  append(scratch, field.name);
  append(scratch, ": ");
  append(scratch, field.value);
}

/// The value of a header field of the direction.
template <const std::string_view& kName>
std::optional<Bytes> get_value(const BufferRequest& r) {
  return text(message(r).exact_value_of(kName));
}
constexpr std::string_view kMethod = ":method", kPath = ":path", kStatus = ":status",
                           kUserAgent = "user-agent", kReferer = "referer", kAccept = "accept",
                           kAcceptEncoding = "accept-encoding", kAcceptLanguage = "accept-language",
                           kConnection = "connection", kContentLength = "content-length",
                           kContentType = "content-type", kLocation = "location",
                           kServer = "server", kCookie = "cookie", kSetCookie = "set-cookie";

// Fields of one name are joined, as in HTTP/1; cookies may come in crumbs (RFC 9113 section 8.2.3).
std::optional<Bytes> get_cookie(const BufferRequest& r) {
  const std::string_view name = r.direction == Direction::kToServer ? kCookie : kSetCookie;
  r.scratch.clear();
  bool any = false;
  for (const Field& field : message(r).fields) {
    if (field.is_size_update() || field.name != name) continue;
    if (any) append(r.scratch, ", ");
    append(r.scratch, field.value);
    any = true;
  }
  if (!any) return std::nullopt;
  return Bytes(r.scratch);
}
std::optional<Bytes> get_host(const BufferRequest& r) { return text(http(r).host); }
std::optional<Bytes> get_raw_host(const BufferRequest& r) { return text(http(r).authority); }
// There is always one, as there is nothing in the messages that could be.
std::optional<Bytes> get_protocol(const BufferRequest&) { return as_bytes("HTTP/2"); }
std::optional<Bytes> get_reason(const BufferRequest&) { return Bytes{}; }
std::optional<Bytes> get_request_line(const BufferRequest& r) {
  r.scratch.clear();
  append(r.scratch, message(r).value_of(kMethod));
  append(r.scratch, " ");
  append(r.scratch, message(r).value_of(kPath));
  append(r.scratch, " HTTP/2\r\n");
  return Bytes(r.scratch);
}
std::optional<Bytes> get_response_line(const BufferRequest& r) {
  r.scratch.clear();
  append(r.scratch, "HTTP/2 ");
  append(r.scratch, message(r).value_of(kStatus));
  append(r.scratch, "\r\n");
  return Bytes(r.scratch);
}

std::optional<Bytes> get_header(const BufferRequest& r) {
  r.scratch.clear();
  for (const Field& field : message(r).fields) {
    if (field.is_size_update()) continue;
    append(r.scratch, field);
    append(r.scratch, "\r\n");
  }
  if (r.scratch.empty()) return std::nullopt;
  return Bytes(r.scratch);
}
std::optional<Bytes> get_header_names(const BufferRequest& r) {
  r.scratch.clear();
  for (const Field& field : message(r).fields) {
    if (field.is_size_update()) continue;
    if (r.scratch.empty()) append(r.scratch, "\r\n");
    append(r.scratch, field.name);
    append(r.scratch, "\r\n");
  }
  if (r.scratch.empty()) return std::nullopt;
  append(r.scratch, "\r\n");
  return Bytes(r.scratch);
}

/// The header field of that number, not counting size updates.
const Field* find_field(const BufferRequest& r) {
  std::uint32_t number = 0;
  for (const Field& field : message(r).fields) {
    if (field.is_size_update()) continue;
    if (number++ == r.instance) return &field;
  }
  return nullptr;
}
std::optional<Bytes> get_one_header(const BufferRequest& r) {
  const Field* const field = find_field(r);
  if (field == nullptr) return std::nullopt;
  r.scratch.clear();
  append(r.scratch, *field);
  return Bytes(r.scratch);
}
std::optional<Bytes> get_header_name(const BufferRequest& r) {
  const Field* const field = find_field(r);
  if (field == nullptr) return std::nullopt;
  return as_bytes(field->name);
}

std::optional<Bytes> get_nothing(const BufferRequest&) { return std::nullopt; }

// What is new of it, and a window of what rules have seen before.
std::optional<Bytes> get_body(const BufferRequest& r) {
  constexpr std::uint64_t kWindow = 16 * 1024;
  const Message& of = message(r);
  if (of.body.end() == 0) return std::nullopt;
  const std::uint64_t window = std::min(kWindow, of.body.inspected());
  const Bytes bytes = of.body.from(of.body.inspected() - window);
  of.body.note_seen(of.body.end());
  if (r.extent != nullptr) {
    *r.extent = {.offset = of.body.end() - bytes.size(),
                 .end = of.body_complete || of.body_over_limit};
  }
  return bytes;
}
std::optional<Bytes> get_response_body(const BufferRequest& r) {
  if (r.direction == Direction::kToServer) return std::nullopt;
  return get_body(r);
}

constexpr AppProto kHttp2 = AppProto::kHttp2;
constexpr BufferSide kOfHead{true, kBody};

constexpr BufferSpec of_request(std::string_view name, std::string_view description,
                                std::optional<Bytes> (*get)(const BufferRequest&),
                                std::string_view alias = {}) {
  return {.name = name, .description = description, .proto = kHttp2, .to_server = kOfHead,
          .get = get, .alias = alias};
}
constexpr BufferSpec of_response(std::string_view name, std::string_view description,
                                 std::optional<Bytes> (*get)(const BufferRequest&),
                                 std::string_view alias = {}) {
  return {.name = name, .description = description, .proto = kHttp2, .to_client = kOfHead,
          .get = get, .alias = alias};
}
constexpr BufferSpec of_both(std::string_view name, std::string_view description,
                             std::optional<Bytes> (*get)(const BufferRequest&),
                             std::string_view alias = {}) {
  BufferSpec spec = of_request(name, description, get, alias);
  spec.to_client = kOfHead;
  return spec;
}
constexpr BufferSpec with_check(BufferSpec spec,
                                std::string_view (*complain)(std::string_view, bool)) {
  spec.complain = complain;
  return spec;
}
constexpr BufferSpec each(BufferSpec spec) {
  spec.multi_instance = true;
  return spec;
}
constexpr BufferSpec directed(BufferSpec spec) {
  spec.needs_direction = true;
  return spec;
}

}  // namespace

const BufferSpec kHttp2Buffers[29] = {
    with_check(of_request("http.method", "method of the request", get_value<kMethod>),
               http::complain_of_method),
    of_request("http.uri", "target of the request", get_value<kPath>),
    of_request("http.uri.raw", "target of the request", get_value<kPath>),
    with_check(of_both("http.protocol", "always \"HTTP/2\"", get_protocol, "http_protocol"),
               http::complain_of_protocol),
    of_request("http.request_line", "\"GET /a HTTP/2|0d 0a|\"", get_request_line,
               "http_request_line"),
    of_response("http.response_line", "\"HTTP/2 200|0d 0a|\"", get_response_line,
                "http_response_line"),
    of_response("http.stat_code", "status of the response", get_value<kStatus>),
    of_response("http.stat_msg", "always empty", get_reason),
    of_both("http.header", "header fields, one a line, with pseudo header fields", get_header),
    directed(of_both("http.header.raw", "the same as http.header", get_header)),
    of_both("http.header_names", "names of the header fields", get_header_names,
            "http_header_names"),
    each(of_request("http.request_header", "each header field of the request", get_one_header)),
    each(of_response("http.response_header", "none in HTTP/2, as in the reference", get_nothing)),
    of_both("http.cookie", "values of cookie in requests, of set-cookie in responses", get_cookie),
    of_request("http.user_agent", "value of user-agent", get_value<kUserAgent>),
    with_check(
        of_request("http.host", "host of the request, in lower case, without port", get_host),
        http::complain_of_host),
    of_request("http.host.raw", "authority of the request", get_raw_host),
    of_request("http.referer", "value of referer", get_value<kReferer>, "http_referer"),
    of_request("http.accept", "value of accept", get_value<kAccept>, "http_accept"),
    of_request("http.accept_enc", "value of accept-encoding", get_value<kAcceptEncoding>,
               "http_accept_enc"),
    of_request("http.accept_lang", "value of accept-language", get_value<kAcceptLanguage>,
               "http_accept_lang"),
    of_both("http.connection", "value of connection", get_value<kConnection>, "http_connection"),
    of_both("http.content_len", "value of content-length", get_value<kContentLength>,
            "http_content_len"),
    of_both("http.content_type", "value of content-type", get_value<kContentType>,
            "http_content_type"),
    of_response("http.location", "value of location", get_value<kLocation>),
    of_response("http.server", "value of server", get_value<kServer>),
    of_request("http.request_body", "body of the request, decoded", get_body),
    of_both("http.response_body", "body of the response, decoded", get_response_body),
    each(of_both("http2.header_name", "name of each header field", get_header_name)),
};

}  // namespace culvert::http2
