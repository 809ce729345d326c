#include "protocols/snmp/snmp_parser.h"

namespace culvert::snmp {

ParseStatus SnmpParser::feed(const AppInput& input) {
  if (version_ == 0) version_ = version_of(input.bytes).value_or(0);
  if (is_full()) return ParseStatus::kDone;
  auto transaction = std::make_unique<SnmpTransaction>();
  const Message& message = transaction->message;
  if (!transaction->message.parse(input.bytes, transaction->arena)) {
    return ParseStatus::kMalformed;
  }
  transaction->version = version_;
  if (message.version != version_) transaction->raise(Event::kVersionMismatch);
  if (message.has_unknown_security) transaction->raise(Event::kUnknownSecurityModel);
  add(std::move(transaction), input);
  return ParseStatus::kDone;
}

}  // namespace culvert::snmp
