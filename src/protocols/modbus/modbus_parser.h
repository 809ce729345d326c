// Modbus over TCP: requests, and the responses to them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "app/exchange_parser.h"
#include "app/held_front.h"
#include "base/arena.h"
#include "protocols/modbus/modbus_message.h"

namespace culvert::modbus {

enum class Event : std::uint8_t {
  kInvalidProtocolId,
  kUnsolicitedResponse,
  kInvalidLength,
  kInvalidFunctionCode,
  kInvalidValue,
  kInvalidExceptionCode,
  kValueMismatch,
  kFlooded,
};
inline constexpr std::string_view kEventNames[] = {
    "invalid_protocol_id", "unsolicited_response",   "invalid_length", "invalid_function_code",
    "invalid_value",       "invalid_exception_code", "value_mismatch", "flooded"};

struct ModbusOptions {
  std::uint32_t request_flood = 500;  ///< requests that may wait for their response
};

struct ModbusTransaction final : Transaction {
  std::optional<Message> request, response;  ///< view the arena
  Arena arena{128};
};

class ModbusParser final : public ExchangeParser {
 public:
  explicit ModbusParser(const ModbusOptions& options) : options_(options) {}

  ParseStatus feed(const AppInput& input) override;

 private:
  /// `body`: what follows the header; empty when its length cannot be.
  void take(const AppInput& input, const Header& header, Bytes body);
  void take_request(const Header& header, Bytes body);
  void take_response(const Header& header, Bytes body);
  ModbusTransaction& begin();
  /// That waits for this response; null: none does.
  ModbusTransaction* find(const Message& response);
  /// A response that nobody has asked for yet; null: there is none.
  ModbusTransaction* find_response(std::uint16_t transaction);

  const ModbusOptions& options_;
  std::array<HeldFront, 2> held_;
  bool is_flooded_ = false;
};

}  // namespace culvert::modbus
