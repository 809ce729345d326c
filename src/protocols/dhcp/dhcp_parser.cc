#include "protocols/dhcp/dhcp_parser.h"

namespace culvert::dhcp {

ParseStatus DhcpParser::feed(const AppInput& input) {
  if (is_full()) return ParseStatus::kDone;
  auto transaction = std::make_unique<DhcpTransaction>();
  Message& message = transaction->message;
  if (!message.parse(input.bytes, transaction->arena)) return ParseStatus::kDone;
  const auto raise = [&](Event event) {
    transaction->events.add(static_cast<std::uint8_t>(event));
    transaction->new_events.add(static_cast<std::uint8_t>(event));
  };
  if (message.has_truncated_options) raise(Event::kTruncatedOptions);
  if (message.has_malformed_options) raise(Event::kMalformedOptions);
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::dhcp
