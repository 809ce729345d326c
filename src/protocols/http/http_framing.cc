#include "protocols/http/http_framing.h"

#include "protocols/http/http_text.h"
#include "protocols/http/uri_normalize.h"

namespace culvert::http1 {
namespace {

constexpr std::uint64_t kMaxLength = std::uint64_t{1} << 58;

/// Names are compared as if NULs were not there: some clients drop them.
bool equal_without_nul(std::string_view text, std::string_view word) {
  if (text.find('\0') == std::string_view::npos) return equal_nocase(text, word);
  std::size_t at = 0;
  for (const char c : text) {
    if (c == '\0') continue;
    if (at == word.size() || !equal_nocase(std::string_view(&c, 1), word.substr(at, 1)))
      return false;
    ++at;
  }
  return at == word.size();
}
bool contains_without_nul(std::string_view text, std::string_view word) {
  for (std::size_t from = 0; from < text.size(); ++from) {
    std::size_t at = 0;
    for (std::size_t i = from; i < text.size() && at < word.size(); ++i) {
      if (text[i] == '\0') continue;
      if (!equal_nocase(text.substr(i, 1), word.substr(at, 1))) break;
      ++at;
    }
    if (at == word.size()) return true;
  }
  return false;
}

/// `name`: that of `field`.
const Header* find_field(const Message& message, Field field, std::string_view name) {
  if (!message.has_nul) return message.headers.find(field);
  for (const Header& header : message.headers) {
    if (equal_without_nul(header.name, name)) return &header;
  }
  return nullptr;
}

/// The first number in a Content-Length: what stands before and after it is for events only.
bool settle_length(const Header& header, Direction direction, Message& message,
                   HttpTransaction& tx) {
  const std::string_view value = header.value;
  std::size_t i = 0;
  while (i < value.size() && !is_digit(value[i])) ++i;
  const std::size_t digits = i;
  std::uint64_t length = 0;
  bool good = i < value.size();
  for (; i < value.size() && is_digit(value[i]); ++i) {
    good = good && length <= kMaxLength;
    if (good) length = length * 10 + static_cast<std::uint64_t>(value[i] - '0');
  }
  if (!good) {
    tx.raise(direction == Direction::kToServer ? Event::kInvalidContentLengthFieldInRequest
                                               : Event::kInvalidContentLengthFieldInResponse);
    return false;
  }
  if (digits != 0) tx.raise(Event::kContentLengthExtraDataStart);
  if (i != value.size()) tx.raise(Event::kContentLengthExtraDataEnd);
  message.body_kind = BodyKind::kLength;
  message.content_length = length;
  return true;
}

bool is_multipart(const Message& message) {
  const Header* const type = find_field(message, Field::kContentType, "Content-Type");
  return type != nullptr && starts_nocase(type->value, "multipart/");
}

/// "example.com:8080", "[::1]:80", "[::1]".
struct HostPort {
  std::string_view host;
  std::int32_t port = -1;  ///< -1: none, -2: not a port
};
HostPort split_host(std::string_view value) {
  HostPort out{value};
  std::size_t colon = value.rfind(':');
  if (!value.empty() && value.front() == '[') {
    const std::size_t close = value.find(']');
    if (close == std::string_view::npos) return out;
    colon =
        close + 1 < value.size() && value[close + 1] == ':' ? close + 1 : std::string_view::npos;
  }
  if (colon == std::string_view::npos) return out;
  out.host = trim_back(value.substr(0, colon));
  out.port = 0;
  const std::string_view digits = trim(value.substr(colon + 1));
  if (digits.empty()) out.port = -2;
  for (const char c : digits) {
    if (!is_digit(c) || out.port > 65535) {
      out.port = -2;
      return out;
    }
    out.port = out.port * 10 + (c - '0');
  }
  if (out.port == 0 || out.port > 65535) out.port = -2;
  return out;
}

void settle_host(std::uint16_t, HttpTransaction& tx) {
  const Header* const header = find_field(tx.request, Field::kHost, "Host");
  if (header == nullptr) {
    // Of CONNECT it is told when it is refused: a tunnel needs none, as in the reference.
    if (tx.request.version == Version::k11 && !tx.is_connect) tx.raise(Event::kMissingHostHeader);
  } else {
    const HostPort of = split_host(header->value);
    if (!header->value.empty() && (!is_valid_host(of.host) || of.port == -2))
      tx.raise(Event::kRequestHeaderHostInvalid);
    tx.host_port = of.port > 0 ? of.port : -1;
    if (tx.uri_host.data() == nullptr) {
      tx.raw_host = header->value;
      tx.host = normalize_host(of.host, tx.arena);
    } else {
      const bool same_name = equal_nocase(trim_back(tx.uri_host), of.host);
      const bool same_port = of.port < 0 || tx.uri_port < 0 || of.port == tx.uri_port;
      if (!same_name || !same_port) tx.raise(Event::kHostHeaderAmbiguous);
    }
  }
  if (tx.uri_host.data() != nullptr) {
    tx.raw_host = tx.uri_host;
    tx.host = normalize_host(tx.uri_host, tx.arena);
  }
}

void settle_authorization(HttpTransaction& tx) {
  const Header* const header = find_field(tx.request, Field::kAuthorization, "Authorization");
  if (header == nullptr) return;
  for (const std::string_view known : {"Basic", "Digest", "Bearer"}) {
    if (starts_nocase(header->value, known)) return;
  }
  tx.raise(Event::kRequestAuthUnrecognized);
}

}  // namespace

bool settle_request(std::uint16_t server_port, HttpTransaction& tx) {
  Message& request = tx.request;
  settle_host(server_port, tx);
  settle_authorization(tx);
  request.is_multipart = is_multipart(request);
  if (tx.is_connect) return true;
  if (const Header* const coding =
          find_field(request, Field::kTransferEncoding, "Transfer-Encoding")) {
    const bool is_chunked = contains_without_nul(coding->value, "chunked");
    if (!is_chunked || request.version != Version::k11) {
      tx.raise(Event::kInvalidTransferEncodingValueInRequest);
    }
    request.body_kind = BodyKind::kChunked;
    return is_chunked;
  }
  const Header* const length = find_field(request, Field::kContentLength, "Content-Length");
  return length == nullptr || settle_length(*length, Direction::kToServer, request, tx);
}

void settle_response(HttpTransaction& tx) {
  Message& response = tx.response;
  response.is_multipart = is_multipart(response);
  const Header* const coding = find_field(response, Field::kTransferEncoding, "Transfer-Encoding");
  const Header* const length = find_field(response, Field::kContentLength, "Content-Length");
  const bool is_chunked = coding != nullptr && contains_without_nul(coding->value, "chunked");
  response.body_kind = BodyKind::kUntilClose;
  if (equal_nocase(tx.method, "HEAD")) {
    response.body_kind = BodyKind::kNone;
    return;
  }
  if ((tx.status >= 100 && tx.status < 200) || tx.status == 204 || tx.status == 304) {
    if (!is_chunked && length == nullptr) {
      response.body_kind = BodyKind::kNone;
      return;
    }
    tx.raise(tx.status == 101 ? Event::kSwitchingProtoWithContentLength
                              : Event::kResponseBodyUnexpected);
  }
  if (is_chunked) {
    if (!equal_nocase(coding->value, "chunked")) {
      tx.raise(Event::kResponseAbnormalTransferEncoding);
    }
    if (response.version != Version::k11) tx.raise(Event::kResponseChunkedOldProto);
    response.body_kind = BodyKind::kChunked;
  } else if (length != nullptr) {
    settle_length(*length, Direction::kToClient, response, tx);
  } else {
    const Header* const type = find_field(response, Field::kContentType, "Content-Type");
    if (type != nullptr && contains_nocase(type->value, "multipart/byteranges")) {
      tx.raise(Event::kResponseMultipartByteranges);
    }
  }
}

}  // namespace culvert::http1
