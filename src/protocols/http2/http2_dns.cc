// DNS over HTTPS (RFC 8484) on HTTP/2: a message is in the body of a POST and of each response, or
// as base64url in the variable "dns" of a GET's target: "/dns-query?dns=AAABAAAB...".

#include <algorithm>

#include "protocols/http2/base64url.h"
#include "protocols/http2/http2_parser.h"

namespace culvert::http2 {
namespace {

constexpr std::string_view kDnsType = "application/dns-message";

/// The value of the variable "dns" in the query of `target`; empty: it has none.
std::string_view dns_variable(std::string_view target) {
  const std::size_t begin = target.find('?');
  if (begin == target.npos) return {};
  std::string_view query = target.substr(begin + 1);
  query = query.substr(0, query.find('#'));
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view variable = query.substr(0, end);
    if (variable.starts_with("dns=")) return variable.substr(4);
    if (end == query.npos) break;
    query.remove_prefix(end + 1);
  }
  return {};
}

}  // namespace

void Http2Parser::read_dns_target(Http2Transaction& tx) {
  if (tx.request().value_of(":method") != "GET") return;
  const std::string_view text = dns_variable(tx.request().value_of(":path"));
  std::vector<std::byte> message;
  if (!text.empty() && decode_base64url(text, message)) add_dns(tx, Direction::kToServer, message);
}

void Http2Parser::keep_dns_body(Http2Transaction& tx, Direction direction, Bytes bytes) {
  Message& message = tx.message(direction);
  if (!message.body_begun) message.carries_dns = message.value_of("content-type") == kDnsType;
  if (!message.carries_dns) return;
  if (message.dns_body.size() + bytes.size() > kMaxDnsBytes) {
    tx.raise(direction == Direction::kToServer ? Event::kDnsRequestTooLong
                                               : Event::kDnsResponseTooLong);
    message.carries_dns = false;
    message.dns_body = {};
    return;
  }
  message.dns_body.insert(message.dns_body.end(), bytes.begin(), bytes.end());
}

void Http2Parser::add_dns(Http2Transaction& tx, Direction direction, Bytes message) {
  auto dns = std::make_unique<dns::DnsTransaction>();
  if (dns->message.parse(message) != dns::MessageStatus::kOk) return;
  dns->direction = direction;
  tx.dns_messages[index_of(direction)] = std::move(dns);
  wishes.change_to = AppProto::kDoh2;
}

}  // namespace culvert::http2
