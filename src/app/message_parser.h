// What protocols share whose every message is a transaction of its own, in its direction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "app/app_parser.h"

namespace culvert {

struct MessageTransaction : Transaction {
  Direction direction = Direction::kToServer;
};

/// Keeps the transactions of a flow. What derives from it makes one of a datagram and adds it.
class MessageParser : public AppParser {
 public:
  static constexpr std::string_view kRequestStates[] = {"request_started", "request_complete"};
  static constexpr std::string_view kResponseStates[] = {"response_started", "response_complete"};
  static constexpr std::uint8_t kComplete = 1;
  static constexpr std::size_t kMostTransactions = 1024;  ///< live ones of a flow

  ~MessageParser() override;

  void free_transaction(Transaction* transaction) override;
  bool is_idle() const override { return true; }
  bool recycle() override { return true; }

 protected:
  /// No room for more: what comes is passed over until detection is through with some.
  bool is_full() const { return transactions_.size() >= kMostTransactions; }
  /// Takes a whole message, which came with `input`.
  void add(std::unique_ptr<MessageTransaction> transaction, const AppInput& input);
};

}  // namespace culvert
