// Helpers of this folder's tests.
#pragma once

#include <string>
#include <string_view>

#include "protocols/http/http_parser.h"

namespace culvert::http1 {

/// A connection: a parser with what it is fed.
class Connection {
 public:
  Connection() = default;
  explicit Connection(const HttpOptions& options) { context_.defaults = options; }

  ParseStatus to_server(std::string_view text) { return feed(Direction::kToServer, text); }
  ParseStatus to_client(std::string_view text) { return feed(Direction::kToClient, text); }
  ParseStatus feed(Direction direction, std::string_view text) {
    return parser_.feed(
        {.flow = flow_, .direction = direction, .bytes = as_bytes(text), .time = {}});
  }
  ParseStatus gap(Direction direction, std::size_t missing) {
    return parser_.gap({.flow = flow_, .direction = direction, .bytes = {}, .time = {}}, missing);
  }
  void end() {
    parser_.finish(Direction::kToServer);
    parser_.finish(Direction::kToClient);
  }

  HttpParser& parser() { return parser_; }
  std::size_t count() const { return parser_.transactions().size(); }
  HttpTransaction& tx(std::size_t n) {
    return static_cast<HttpTransaction&>(*parser_.transactions().at(n));
  }
  /// "GET /a [Host=a.b] req|abc -> 200 [Content-Length=3] resp|abc done/done;" for each transaction.
  std::string described();
  /// Names of the events of a transaction, with spaces between.
  std::string events(std::size_t n);

 private:
  Flow flow_;
  HttpContext context_;
  HttpParser parser_{context_};
};

inline std::string Connection::events(std::size_t n) {
  std::string names;
  for (std::size_t i = 0; i < kEventCount; ++i) {
    if (!tx(n).events.has(static_cast<std::uint8_t>(i))) continue;
    if (!names.empty()) names += ' ';
    names += kEventNames[i];
  }
  return names;
}

inline std::string Connection::described() {
  std::string out;
  const auto fields = [&](const Message& message) {
    out += " [";
    for (const Header& header : message.headers) {
      if (out.back() != '[') out += "|";
      out += std::string(header.name) + "=" + std::string(header.value);
    }
    for (const Header& header : message.trailers) {
      out += "+" + std::string(header.name) + "=" + std::string(header.value);
    }
    out += "]";
    if (!message.body.empty()) out += " <" + std::string(as_text(message.body.bytes())) + ">";
  };
  for (std::size_t i = 0; i < count(); ++i) {
    const HttpTransaction& t = tx(i);
    out += std::string(t.method) + " " + std::string(t.raw_uri);
    fields(t.request);
    out += " " + std::string(kRequestStates[t.progress[0]].substr(8)) + " -> " +
           std::string(t.status_text);
    fields(t.response);
    out += " " + std::string(kResponseStates[t.progress[1]].substr(9)) + ";\n";
  }
  return out;
}

}  // namespace culvert::http1
