// EtherNet/IP: requests, and the responses to them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "base/arena.h"
#include "protocols/enip/enip_message.h"

namespace culvert::enip {

inline constexpr std::string_view kRequestStates[] = {"request_started", "request_complete"};
inline constexpr std::string_view kResponseStates[] = {"response_started", "response_complete"};
inline constexpr std::uint8_t kComplete = 1;

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
  void raise(Event event) {
    const auto number = static_cast<std::uint8_t>(event);
    if (events.has(number)) return;
    events.add(number);
    new_events.add(number);
  }
};

class EnipParser final : public AppParser {
 public:
  EnipParser(const EnipOptions& options, bool is_stream)
      : options_(options), is_stream_(is_stream) {}
  ~EnipParser() override;

  ParseStatus feed(const AppInput& input) override;
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;

 private:
  void take(const Header& header, Bytes data, Direction direction);
  /// Null: there are too many.
  EnipTransaction* begin();
  /// That waits for this response; null: none does. Older ones wait no more.
  EnipTransaction* find(const Message& response);

  const EnipOptions& options_;
  const bool is_stream_;
  std::array<std::vector<std::byte>, 2> held_;  ///< fronts of messages that came in pieces
  Timestamp time_{};
};

}  // namespace culvert::enip
