#include "protocols/http/http_start_line.h"

#include <bit>

#include "protocols/http/http_text.h"
#include "protocols/http/uri_normalize.h"

namespace culvert::http1 {
namespace {


constexpr std::string_view kMethods[] = {
    "GET",      "POST",     "HEAD",       "PUT",        "DELETE",  "CONNECT",         "OPTIONS",
    "TRACE",    "PATCH",    "PROPFIND",   "PROPPATCH",  "MKCOL",   "COPY",            "MOVE",
    "LOCK",     "UNLOCK",   "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN",   "UPDATE",
    "LABEL",    "REPORT",   "MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL", "MERGE", "INVALID"};

bool is_known(std::string_view method) {
  for (const std::string_view known : kMethods) {
    if (equal_nocase(known, method)) return true;
  }
  return false;
}

constexpr bool is_white(char c) { return is_space(c); }

std::size_t find_white(std::string_view text, std::size_t from = 0) {
  for (std::size_t i = from; i < text.size(); ++i) {
    if (is_white(text[i])) return i;
  }
  return std::string_view::npos;
}

/// "HTTP/1.1" to a version. Requests may have zeros before the digits.
Version version_of(std::string_view protocol) {
  if (protocol.empty()) return Version::kUnknown;
  if (!starts_nocase(protocol, "HTTP/")) return Version::kInvalid;
  const std::string_view number = protocol.substr(5);
  if (number == "1.1") return Version::k11;
  if (number == "1.0") return Version::k10;
  if (number == "0.9") return Version::k09;
  return Version::kInvalid;
}

void check_delimiters(std::string_view white, Event event, HttpTransaction& tx) {
  if (white.find_first_not_of(' ') != std::string_view::npos) tx.raise(event);
}

/// What follows the method: the target, and the protocol if there is one.
void split_target(std::string_view rest, HttpTransaction& tx) {
  rest = trim_back(rest);
  if (rest.empty()) {
    tx.is_09 = true;
    return;
  }
  // At the last space; without any, at other white space.
  std::size_t at = rest.rfind(' ');
  if (find_white(rest) != std::string_view::npos && rest.find_first_of("\t\v\f\r") != std::string_view::npos) {
    tx.raise(Event::kUriDelimNonCompliant);
    if (at == std::string_view::npos) at = rest.find_last_of("\t\v\f\r");
  }
  if (at == std::string_view::npos) {
    tx.raw_uri = rest;
    tx.is_09 = true;
    return;
  }
  tx.request.protocol = rest.substr(at + 1);
  tx.raw_uri = trim_back(rest.substr(0, at));
}

}  // namespace

void parse_request_line(std::string_view line, HttpTransaction& tx) {
  tx.request.line = line;
  std::string_view rest = trim_front(line);
  if (rest.size() != line.size()) tx.raise(Event::kRequestLineLeadingWhitespace);
  const std::size_t end = find_white(rest);
  tx.method = rest.substr(0, end);
  rest = end == std::string_view::npos ? rest.substr(rest.size()) : rest.substr(end);
  const std::string_view after = trim_front(rest);
  check_delimiters(rest.substr(0, rest.size() - after.size()), Event::kMethodDelimNonCompliant, tx);
  split_target(after, tx);

  tx.request.version = tx.is_09 ? Version::k09 : version_of(tx.request.protocol);
  const bool known = is_known(tx.method);
  if (tx.is_09) {
    if (!known) tx.raise(Event::kRequestLineUnknownMethodNoProtocol);
  } else if (!known && !starts_nocase(tx.request.protocol, "HTTP/")) {
    tx.raise(Event::kRequestLineUnknownMethodInvalidProtocol);
  } else if (tx.request.version == Version::k09) {
    tx.raise(Event::kProtocolContainsExtraData);
  }

  tx.is_connect = equal_nocase(tx.method, "CONNECT");
  if (tx.raw_uri.data() == nullptr) return;
  const UriResult uri = normalize_uri(*tx.options, tx.raw_uri, tx.is_connect, tx.arena);
  tx.uri = uri.uri;
  tx.uri_host = uri.host;
  tx.uri_port = uri.port;
  for (std::uint64_t left = uri.events; left != 0; left &= left - 1) {
    tx.raise(static_cast<Event>(std::countr_zero(left)));
  }
}

void parse_status_line(std::string_view line, HttpTransaction& tx) {
  Message& response = tx.response;
  response.line = line;
  std::string_view rest = line;
  while (!rest.empty() && (is_space(rest.front()) || rest.front() == '\0')) rest.remove_prefix(1);
  rest = trim_back(rest);
  std::size_t end = find_white(rest);
  response.protocol = rest.substr(0, end);
  rest = end == std::string_view::npos ? rest.substr(rest.size()) : trim_front(rest.substr(end));
  end = find_white(rest);
  tx.status_text = rest.substr(0, end);
  tx.reason = end == std::string_view::npos ? rest.substr(rest.size()) : trim_front(rest.substr(end));

  response.version = version_of(response.protocol);
  if (response.version == Version::kInvalid) {
    tx.raise(Event::kResponseLineInvalidProtocol);
  } else if (response.version == Version::k09) {
    tx.raise(Event::kProtocolContainsExtraData);
  }
  unsigned status = 0;
  bool good = !tx.status_text.empty();
  for (const char c : tx.status_text) {
    good = good && is_digit(c) && status < 1000;
    if (good) status = status * 10 + static_cast<unsigned>(c - '0');
  }
  if (good && status >= 100 && status <= 999) {
    tx.status = static_cast<std::uint16_t>(status);
  } else {
    tx.raise(Event::kResponseLineInvalidResponseStatus);
  }
}

bool looks_like_status_line(std::string_view line) {
  while (!line.empty() && (is_space(line.front()) || line.front() == '\0')) line.remove_prefix(1);
  return starts_nocase(line, "HTTP");
}

bool may_become_status_line(std::string_view text) {
  while (!text.empty() && (is_space(text.front()) || text.front() == '\0')) text.remove_prefix(1);
  return text.size() < 4 && equal_nocase(text, std::string_view("HTTP").substr(0, text.size()));
}

bool has_known_method(std::string_view line) {
  line = trim_front(line);
  return is_known(line.substr(0, find_white(line)));
}

}  // namespace culvert::http1
