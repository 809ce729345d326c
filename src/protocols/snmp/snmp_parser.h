// SNMP: each datagram that is a message is a transaction.
#pragma once

#include <cstdint>
#include <string_view>

#include "app/message_parser.h"
#include "protocols/snmp/snmp_message.h"

namespace culvert::snmp {

enum class Event : std::uint8_t { kMalformedData, kUnknownSecurityModel, kVersionMismatch };
inline constexpr std::string_view kEventNames[] = {"malformed_data", "unknown_security_model",
                                                   "version_mismatch"};

struct SnmpTransaction final : MessageTransaction {
  std::uint8_t version = 0;  ///< of the flow
  Message message;
  Arena arena{256};
};

class SnmpParser final : public MessageParser {
 public:
  ParseStatus feed(const AppInput& input) override;
  bool is_idle() const override { return version_ == 0; }  // the flow's version is to stay
  bool recycle() override {
    version_ = 0;
    return true;
  }

 private:
  std::uint8_t version_ = 0;  ///< of the flow's first message; 0: there was none
};

}  // namespace culvert::snmp
