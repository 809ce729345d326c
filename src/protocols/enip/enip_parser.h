// EtherNet/IP: requests, and the responses to them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "app/exchange_parser.h"
#include "app/held_front.h"
#include "base/arena.h"
#include "protocols/enip/enip_message.h"

namespace culvert::enip {

enum class Event : std::uint8_t { kTooManyTransactions, kInvalidPdu };
inline constexpr std::string_view kEventNames[] = {"too_many_transactions", "invalid_pdu"};

struct EnipOptions {
  std::uint32_t max_transactions = 1024;
};

struct EnipTransaction final : Transaction {
  std::optional<Message> request, response;  ///< view the arena
  Arena arena{256};

  const std::optional<Message>& of(Direction direction) const {
    return direction == Direction::kToServer ? request : response;
  }
};

class EnipParser final : public ExchangeParser {
 public:
  EnipParser(const EnipOptions& options, bool is_stream)
      : options_(options), is_stream_(is_stream) {}

  ParseStatus feed(const AppInput& input) override;

 private:
  void take(const Header& header, Bytes data, Direction direction);
  /// That waits for this response; null: none does. Older ones wait no more.
  EnipTransaction* find(const Message& response);

  const EnipOptions& options_;
  const bool is_stream_;
  std::array<HeldFront, 2> held_;
};

}  // namespace culvert::enip
