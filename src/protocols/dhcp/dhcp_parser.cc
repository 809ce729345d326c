#include "protocols/dhcp/dhcp_parser.h"

namespace culvert::dhcp {

ParseStatus DhcpParser::feed(const AppInput& input) {
  if (is_full()) return ParseStatus::kDone;
  auto transaction = std::make_unique<DhcpTransaction>();
  Message& message = transaction->message;
  if (!message.parse(input.bytes, transaction->arena)) return ParseStatus::kDone;
  if (message.has_truncated_options) transaction->raise(Event::kTruncatedOptions);
  if (message.has_malformed_options) transaction->raise(Event::kMalformedOptions);
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::dhcp
